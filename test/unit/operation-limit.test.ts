import { describe, expect, test } from 'vitest'
import {
  type Look,
  limitAfter,
  maxLedgerDelayMs,
  maxLoopDelayMs,
  maxOperations,
  minOperations,
  type OperationLimit,
  restingLimit,
  restingOperations,
  windowMs,
} from '../../src/server/operation-limit.ts'

const lookEveryMs = 10
const calm: Look = { loopDelayMs: 1, ledgerDelayMs: 8, maxUnderWay: 20 }
const late: Look = { ...calm, loopDelayMs: 2 * maxLoopDelayMs, maxUnderWay: restingOperations }
const slow: Look = { ...calm, ledgerDelayMs: 2 * maxLedgerDelayMs, maxUnderWay: restingOperations }

/** The limit after looks of so many windows, each look given by its number. */
function looked(limit: OperationLimit, windows: number, lookOf: (index: number) => Look): OperationLimit {
  const looks = (windows * windowMs) / lookEveryMs
  const { beganAt } = limit.window
  return Array.from({ length: looks }, (_, index) => index).reduce(
    (next, index) => limitAfter(next, lookOf(index), beganAt + (index + 1) * lookEveryMs),
    limit,
  )
}

const resting = restingLimit(1_000)

describe('the limit of operations', () => {
  test('rests while nothing is late', () => {
    expect(looked(resting, 50, () => calm).operations).toBe(restingOperations)
  })

  test.each([
    ['event loop', late],
    ['ledger', slow],
  ])('shrinks where the %s is late at every look of a window, from what is under way', (_, look) => {
    expect(looked(resting, 1, () => look).operations).toBe(restingOperations / 2)
    expect(looked(resting, 1, () => ({ ...look, maxUnderWay: 300 })).operations).toBe(150)
  })

  test('shrinks by a tenth where the delay is hardly more than it may be', () => {
    const hardly = { ...late, loopDelayMs: 1.01 * maxLoopDelayMs }
    expect(looked(resting, 1, () => hardly).operations).toBe(0.9 * restingOperations)
  })

  test('never falls below its minimum', () => {
    expect(looked(resting, 50, () => ({ ...late, loopDelayMs: 1_000 })).operations).toBe(minOperations)
    expect(looked(resting, 1, () => ({ ...late, maxUnderWay: 1 })).operations).toBe(minOperations)
  })

  test('stays where one look of a window is in time: what is late then is a burst', () => {
    const burst = (index: number) => (index % 10 === 4 ? { ...late, loopDelayMs: 0 } : late)
    expect(looked(resting, 20, burst).operations).toBeGreaterThanOrEqual(restingOperations)
  })

  test('stays after a single long pause', () => {
    const paused = limitAfter(resting, { ...late, loopDelayMs: 700, maxUnderWay: 400 }, 1_710)
    expect(limitAfter(paused, calm, 1_720).operations).toBe(restingOperations)
  })

  test('comes back by itself when nothing is late any more, within three seconds', () => {
    const small = looked(resting, 50, () => late)
    expect(small.operations).toBe(minOperations)
    expect(looked(small, 30, () => calm).operations).toBe(restingOperations)
  })

  test('comes back also where nothing looked meanwhile, because nothing was under way', () => {
    const small = looked(resting, 50, () => late)
    const at = small.window.beganAt + 10_000
    expect(limitAfter(limitAfter(small, calm, at), calm, at + 10).operations).toBe(restingOperations)
  })

  test('grows beyond its rest only while it is reached, up to its maximum', () => {
    const full = { ...calm, maxUnderWay: Infinity }
    expect(looked(resting, 1, () => full).operations).toBe(1.1 * restingOperations)
    const large = looked(resting, 100, () => full)
    expect(large.operations).toBe(maxOperations)
    expect(looked(large, 100, () => calm).operations).toBe(restingOperations)
  })
})
