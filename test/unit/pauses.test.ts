import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fullPause } from '../../src/concurrency/pauses.ts'

test('a full pause is never shorter than it says, while a timer may end a millisecond early', async () => {
  const ends = async (_: unknown, index: number) => {
    await delay(index % 20)
    const over = performance.now() + 5 + (index % 7)
    await fullPause(over - performance.now())
    return performance.now() < over
  }
  const early = await Promise.all(Array.from({ length: 500 }, ends))
  expect(early.filter(Boolean)).toEqual([])
})
