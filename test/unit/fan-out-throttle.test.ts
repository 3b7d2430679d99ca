import { expect, test } from 'vitest'
import { restAfter } from '../../src/live/fan-out-throttle.ts'

test('while few commands wait for their answers, telling has all the time there is', () => {
  expect(restAfter(40, 0)).toBe(0)
  expect(restAfter(40, 7)).toBe(0)
})

test('while many wait, it takes a twentieth of the time', () => {
  expect(restAfter(40, 256)).toBeCloseTo(760)
  expect(40 / (40 + restAfter(40, 256))).toBeCloseTo(0.05)
})

test('while many wait, a state is told twenty times a second at most, and every two seconds at least', () => {
  expect(restAfter(0.1, 8)).toBe(50)
  expect(restAfter(500, 8)).toBe(2_000)
})
