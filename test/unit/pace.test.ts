import { expect, test } from 'vitest'
import { restAfter } from '../../src/live/pace.ts'

test('telling has all the time that other work leaves', () => {
  expect(restAfter(40, 0)).toBe(0)
  expect(restAfter(40, 0.29)).toBe(0)
})

test('beside much other work it takes a twentieth of the time', () => {
  expect(restAfter(40, 0.5)).toBeCloseTo(760)
  expect(40 / (40 + restAfter(40, 1))).toBeCloseTo(0.05)
})

test('beside much other work a state is told twenty times a second at most, and once at least', () => {
  expect(restAfter(0.1, 0.9)).toBe(50)
  expect(restAfter(500, 0.9)).toBe(1_000)
})
