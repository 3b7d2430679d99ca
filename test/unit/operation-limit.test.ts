import { describe, expect, test } from 'vitest'
import {
  type Look,
  limitAfter,
  maxCommandMs,
  maxLoopDelayMs,
  maxOperations,
  maxTimesUnqueued,
  minOperations,
  type OperationLimit,
  recoveringOperations,
  restingLimit,
  restingOperations,
  windowMs,
} from '../../src/server/limits/operation-limit.ts'

const pollEveryMs = 10
const calm: Look = { loopDelayMs: 1, commandMs: 8, silentMs: 0, maxUnderWay: 30 }
const full = { ...calm, maxUnderWay: Infinity }
const late: Look = { ...calm, loopDelayMs: 2 * maxLoopDelayMs, maxUnderWay: restingOperations }
const slow: Look = { ...calm, commandMs: 2 * maxCommandMs, maxUnderWay: restingOperations }
const silent: Look = { ...calm, commandMs: null, silentMs: 2 * maxCommandMs, maxUnderWay: restingOperations }

/** The limit after looks for so long, each look given by its number. */
function looked(limit: OperationLimit, ms: number, lookOf: (index: number) => Look): OperationLimit {
  const { beganAt } = limit.window
  return Array.from({ length: ms / pollEveryMs }, (_, index) => index).reduce(
    (next, index) => limitAfter(next, lookOf(index), beganAt + (index + 1) * pollEveryMs),
    limit,
  )
}

/** A gateway whose fastest command took so long in calm times. */
const resting = (commandMs = 8) => looked(restingLimit(1_000), windowMs, () => ({ ...calm, commandMs }))

describe('the limit of operations', () => {
  test('rests while nothing is late', () => {
    expect(looked(resting(), 5_000, () => calm).operations).toBe(restingOperations)
  })

  test.each([
    ['the fastest command of a window takes twice what it may', slow],
    ['the ledger is silent for twice what a command may take', silent],
  ])('shrinks to a half of what is under way where %s', (_, look) => {
    expect(looked(resting(), windowMs, () => look).operations).toBe(restingOperations / 2)
    expect(looked(resting(), windowMs, () => ({ ...look, maxUnderWay: 600 })).operations).toBe(300)
  })

  test('shrinks by less where the event loop is late at every look of a window', () => {
    expect(looked(resting(), windowMs, () => late).operations).toBe(0.7 * restingOperations)
  })

  test('shrinks to a fifth where the event loop is late by a whole window at every look', () => {
    const stuck = { ...late, loopDelayMs: 2 * windowMs }
    expect(looked(resting(), windowMs, () => stuck).operations).toBe(0.2 * restingOperations)
  })

  test('shrinks by a tenth where the delay is hardly more than it may be', () => {
    const hardly = { ...late, loopDelayMs: 1.01 * maxLoopDelayMs }
    expect(looked(resting(), windowMs, () => hardly).operations).toBe(0.9 * restingOperations)
  })

  test('shrinks once for what was accepted before it shrank', () => {
    const slower = { ...slow, commandMs: 300, maxUnderWay: 2_000 }
    const once = looked(resting(), windowMs, () => slower)
    expect(once.operations).toBe(400)
    expect(looked(once, windowMs - pollEveryMs, () => slower).operations).toBe(400)
    expect(limitAfter(once, slower, once.window.beganAt - 1)).toBe(once)
  })

  test('never falls below its minimum, and so few operations never shrink it', () => {
    expect(looked(resting(), 5_000, () => ({ ...late, loopDelayMs: 1_000 })).operations).toBe(minOperations)
    const few = { ...slow, maxUnderWay: minOperations - 1 }
    expect(looked(resting(), 5_000, () => few).operations).toBe(restingOperations)
  })

  test('stays where one look of a window is in time: what is late then is a burst', () => {
    const burst = (index: number) => (index % 10 === 4 ? { ...late, loopDelayMs: 0 } : late)
    expect(looked(resting(), 2_000, burst).operations).toBeGreaterThanOrEqual(restingOperations)
  })

  test('stays after a single long pause', () => {
    const limit = resting()
    const { beganAt } = limit.window
    const paused = limitAfter(limit, { ...late, loopDelayMs: 700, maxUnderWay: 400 }, beganAt + 710)
    expect(limitAfter(paused, calm, beganAt + 720).operations).toBe(restingOperations)
  })

  test('lets a slow database take twice what it takes without a queue', () => {
    const commandMs = 3 * maxCommandMs
    const twice = { ...slow, commandMs: maxTimesUnqueued * commandMs }
    expect(looked(resting(commandMs), windowMs, () => twice).operations).toBe(1.1 * restingOperations)
    expect(looked(resting(), windowMs, () => twice).operations).toBeLessThan(restingOperations)
  })

  test('learns at its minimum that the database has become slower', () => {
    const slower = (maxUnderWay: number) => ({ ...slow, commandMs: 5 * maxCommandMs, maxUnderWay })
    let limit = resting()
    for (let round = 0; round < 200 && limit.operations <= minOperations * 5; round += 1) {
      limit = looked(limit, windowMs, () => slower(limit.operations))
    }
    expect(limit.operations).toBeGreaterThan(minOperations * 5)
  })

  test('comes back by itself when nothing is late any more: within five seconds for what a gateway does, then for bursts', () => {
    const small = looked(resting(), 5_000, () => late)
    expect(small.operations).toBe(minOperations)
    const recovering = looked(small, 5_000, () => calm)
    expect(recovering.operations).toBeGreaterThanOrEqual(recoveringOperations)
    expect(recovering.operations).toBeLessThan(1.5 * recoveringOperations)
    expect(looked(recovering, 5_000, () => calm).operations).toBe(restingOperations)
  })

  test('grows beyond its rest only while it is reached, up to its maximum', () => {
    expect(looked(resting(), windowMs, () => full).operations).toBe(1.1 * restingOperations)
    const large = looked(resting(), 10_000, () => full)
    expect(large.operations).toBe(maxOperations)
    expect(looked(large, 10_000, () => calm).operations).toBe(restingOperations)
  })
})
