import { describe, expect, test } from 'vitest'
import type { Ending } from '../../../web/client/session.ts'
import { failedAttempts, waitBefore } from '../../../web/client/waiting.ts'

const ending = (why: Ending['why'], retryAfterMs?: number): Ending => ({
  why,
  code: '',
  message: '',
  heardAt: 0,
  retryAfterMs,
})
const shortest = (why: Ending['why'], attempt: number) => waitBefore(ending(why), attempt, 0)
const longest = (why: Ending['why'], attempt: number) => waitBefore(ending(why), attempt, 1)

describe('the wait before a client comes back', () => {
  test('is spread from 0 on and doubles its most up to 30 seconds', () => {
    expect([0, 1, 2, 3, 6, 60, 2_000].map((attempt) => longest('lost', attempt))).toEqual([
      500, 1_000, 2_000, 4_000, 30_000, 30_000, 30_000,
    ])
    expect([0, 1, 60].map((attempt) => shortest('lost', attempt))).toEqual([0, 0, 0])
  })

  test('is spread over 3 seconds after a restart, and grows where restarts go on', () => {
    expect([shortest('restart', 0), longest('restart', 0), longest('restart', 5)]).toEqual([0, 3_000, 16_000])
  })

  test('is 3 to 15 seconds for whom the gateway asks to come later, and what it says on top', () => {
    expect([shortest('overload', 0), longest('overload', 0), longest('overload', 9)]).toEqual([3_000, 15_000, 30_000])
    expect(waitBefore(ending('overload', 60_000), 0, 0)).toBe(63_000)
  })

  test('is none for a token that has ended, once', () => {
    expect([longest('token', 0), longest('token', 1), longest('token', 9)]).toEqual([0, 1_000, 30_000])
  })
})

describe('attempts that failed', () => {
  test('are made up for by two seconds of a session each, and by no shorter one', () => {
    expect(
      [null, 0, 1_999, 2_000, 5_000, 60_000].map((livedMs) => failedAttempts(4, 'lost', livedMs, Infinity)),
    ).toEqual([4, 4, 4, 3, 2, 0])
  })

  test('do not hold up the next token where one that was taken has ended, however short the session', () => {
    expect(failedAttempts(9, 'token', 300, Infinity)).toBe(0)
    expect(waitBefore(ending('token'), failedAttempts(9, 'token', 300, Infinity), 1)).toBe(0)
  })

  test('do where a token was refused, or the one before has ended just now', () => {
    expect(failedAttempts(9, 'token', null, Infinity)).toBe(9)
    expect(failedAttempts(9, 'token', 300, 300)).toBe(9)
  })
})
