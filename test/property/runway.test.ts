import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Grant } from '../../src/domain/grant.ts'
import { grantId, holdId } from '../../src/domain/identity.ts'
import { finest, type LiveSession } from '../../src/domain/live-session.ts'
import { cutOffOf, runwaySeconds } from '../../src/domain/runway.ts'
import { accountWith, at, unused } from '../setup/sessions.ts'

/* In micro-credits and milliseconds: small numbers meet more often. */

type Session = { perMs: { of: number; in: number }; held: number; agoMs: number }
/** A lock ends before its grant. */
type Fund = { available: number; endsIn: number | null; lock: { amount: number; endsIn: number } | null }

const session = fc.record<Session>({
  perMs: fc.record({ of: fc.integer({ min: 1, max: 30 }), in: fc.integer({ min: 1, max: 7 }) }),
  held: fc.integer({ min: 0, max: 400 }),
  agoMs: fc.integer({ min: 0, max: 60 }),
})
const sessions = fc.array(session, { minLength: 1, maxLength: 4 })
const lock = fc.record({ amount: fc.integer({ min: 1, max: 500 }), endsIn: fc.integer({ min: 1, max: 200 }) })
const fund = fc
  .record<Fund>({
    available: fc.integer({ min: 1, max: 500 }),
    endsIn: fc.option(fc.integer({ min: 1, max: 300 })),
    lock: fc.option(lock, { freq: 2 }),
  })
  .filter((one) => one.lock === null || one.endsIn === null || one.lock.endsIn < one.endsIn)
const funds = fc.array(fund, { maxLength: 4 })

const sessionOf = ({ perMs, held, agoMs }: Session, index: number): LiveSession => ({
  holdId: holdId(index + 1),
  rate: (BigInt(perMs.of) * finest) / BigInt(perMs.in),
  since: at - agoMs,
  held: BigInt(held),
})

const grantOf = ({ available, endsIn, lock }: Fund, index: number): Grant => ({
  id: grantId(index + 1),
  kind: 'PACKAGE',
  priority: index,
  startsAt: at,
  granted: BigInt(available),
  expiresAt: endsIn === null ? null : at + endsIn,
  available: BigInt(available),
  ...unused,
  ...lockOf(lock),
})

const lockOf = (lock: Fund['lock']): Pick<Grant, 'locked' | 'lock'> =>
  lock === null
    ? { locked: 0n, lock: null }
    : { locked: BigInt(lock.amount), lock: { amount: BigInt(lock.amount), until: at + lock.endsIn } }

const accountOf = (live: readonly Session[], there: readonly Fund[]) =>
  accountWith(live.map(sessionOf), there.map(grantOf))

/** Milliseconds from `at` to the cut-off. */
const cutOffIn = (live: readonly Session[], there: readonly Fund[]): number => {
  const cutOff = cutOffOf(accountOf(live, there), at)
  if (cutOff === null) throw new Error('There is a live session')
  return cutOff - at
}

/** The credits that a session needs beyond those it holds, in whole micro-credits, `ms` after `at`. */
const needOf = ({ perMs, held, agoMs }: Session, ms: number): number =>
  Math.max(0, ((ms + agoMs) * perMs.of) / perMs.in - held)

/**
 * Charges every session each millisecond. Returns the last one at which all could be charged; null: not even the first.
 */
function lastCharged(live: readonly Session[], there: readonly Fund[]): number | null {
  const purse = there.map((one) => ({ ...one }))
  let drawn = 0
  for (let ms = 0; ; ms += 1) {
    const needed = live.reduce((sum, one) => sum + needOf(one, ms), 0)
    let due = needed - drawn
    for (const one of purse) {
      const taken = Math.min(one.available, Math.max(0, due))
      one.available -= taken
      due -= taken
    }
    if (due > 1e-6) return ms === 0 ? null : ms - 1
    drawn = needed
    for (const one of purse) {
      if (one.endsIn !== null && one.endsIn <= ms) one.available = 0
      if (one.lock?.endsIn === ms) one.available += one.lock.amount
    }
  }
}

describe('the cut-off', () => {
  test('is when sessions that are charged each millisecond can no longer be', () => {
    fc.assert(
      fc.property(sessions, funds, (live, there) => {
        const last = lastCharged(live, there)
        const found = cutOffIn(live, there)
        if (last === null) expect(found).toBeLessThan(0)
        else expect(found).toBe(last)
      }),
      { numRuns: 2_000 },
    )
  })

  test('does not come sooner for having more, nor later for another session', () => {
    fc.assert(
      fc.property(sessions, funds, session, fund, (live, there, another, more) => {
        const cutOff = cutOffIn(live, there)
        expect(cutOffIn(live, [...there, more])).toBeGreaterThanOrEqual(cutOff)
        expect(cutOffIn(live, [more, ...there])).toBeGreaterThanOrEqual(cutOff)
        expect(cutOffIn([...live, another], there)).toBeLessThanOrEqual(cutOff)
        expect(
          cutOffIn(
            live.map((one) => ({ ...one, held: one.held + 1 })),
            there,
          ),
        ).toBeGreaterThanOrEqual(cutOff)
      }),
      { numRuns: 2_000 },
    )
  })

  test('stays where it is while captures say what the pace says', () => {
    fc.assert(
      fc.property(sessions, fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 100 }), (live, there, ms) => {
        const whole = live.map((one) => ({ ...one, perMs: { of: one.perMs.of, in: 1 } }))
        const cutOff = cutOffIn(whole, [{ available: there, endsIn: null, lock: null }])
        fc.pre(cutOff > ms)
        const needed = whole.reduce((sum, one) => sum + needOf(one, ms), 0)
        const captured = whole.map((one) => ({
          ...one,
          held: Math.max(0, one.held - (ms + one.agoMs) * one.perMs.of),
          agoMs: -ms,
        }))
        expect(cutOffIn(captured, [{ available: there - needed, endsIn: null, lock: null }])).toBe(cutOff)
      }),
    )
  })

  test('is counted down in whole seconds, never below 0', () => {
    fc.assert(
      fc.property(sessions, funds, fc.nat(2_000), fc.nat(2_000), (live, there, one, more) => {
        const cutOff = at + cutOffIn(live, there)
        const then = runwaySeconds(cutOff, at + one)
        const later = runwaySeconds(cutOff, at + one + more)
        expect(later).toBeGreaterThanOrEqual(0)
        expect(later).toBeLessThanOrEqual(then ?? 0)
        expect(Number.isInteger(later)).toBe(true)
      }),
    )
  })
})
