import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Charge } from '../../../src/domain/charge.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import { memberId } from '../../../src/domain/identity.ts'
import { type LimitPeriod, limitAt, limitPeriods } from '../../../src/domain/spending-limit.ts'
import { takeCheckpoint } from '../../../src/ledger/history/take-checkpoint.ts'
import {
  at,
  capture,
  charge,
  day,
  extendHold,
  grantOf,
  hour,
  limit,
  openScene,
  placeHold,
  plainIn,
  refund,
  release,
  type Scene,
  settle,
  submission,
  use,
} from './scene.ts'

let scene: Scene
let clock = at('2026-11-26T09:00:00Z')
beforeAll(async () => {
  scene = await openScene(undefined, clock)
})
afterAll(() => scene.close())

type Ask =
  | { do: 'charge' | 'hold'; amount: number }
  | { do: 'extend' | 'capture' | 'settle'; of: number; amount: number }
  | { do: 'release' | 'refund'; of: number }
  | { do: 'wait'; hours: number }

const amount = fc.integer({ min: 1, max: 9 })
const of = fc.nat(3)
const ask: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('charge', 'hold'), amount }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('extend', 'capture', 'settle'), of, amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('release', 'refund'), of }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), hours: fc.integer({ min: 1, max: 30 }) }) },
)

/** A calendar window in UTC, without the code under test. */
function windowStart(per: LimitPeriod, now: number): number {
  const date = new Date(now)
  const back = per === 'DAY' ? 0 : per === 'WEEK' ? (date.getUTCDay() + 6) % 7 : date.getUTCDate() - 1
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() - back)
}

/** All that was ever taken (above 0) or given back: `since` is when it was taken. */
type Log = { at: number; since: number; amount: number }[]

function used(log: Log, per: LimitPeriod, now: number): number {
  const start = windowStart(per, now)
  const counted = log.filter((one) => one.at >= start && one.since >= start)
  return counted.reduce((sum, one) => sum + one.amount, 0)
}

const most = { DAY: 30, WEEK: 60, MONTH: 100 } as const
const lasts = 20 * hour

test('limits count what a list of all that was taken and given back tells, in every window', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ask, { minLength: 20, maxLength: 50 }), async (asks) => {
      const team = await scene.team()
      await scene.submit(team, grantOf(100_000, 'pack'))
      for (const per of limitPeriods) await scene.submit(team, limit('ben', most[per], { per }))
      const log: Log = []
      const holds: { hold: Hold; remaining: number; closed: boolean }[] = []
      const charges: { charge: Charge; since: number; refunded: boolean }[] = []
      const took = (taken: number, since = clock, when = clock) => log.push({ at: when, since, amount: taken })

      for (const one of asks) {
        if (one.do === 'wait') {
          clock += one.hours * hour
          await scene.setClock(clock)
          for (const open of holds.filter(({ hold, closed }) => !closed && hold.expiresAt <= clock)) {
            open.closed = true
            took(-open.remaining, open.hold.placedAt, open.hold.expiresAt)
          }
          continue
        }
        const open = 'of' in one ? holds.filter(({ closed }) => !closed).at(-1 - one.of) : undefined
        const paid = 'of' in one ? charges.filter(({ refunded }) => !refunded).at(-1 - one.of) : undefined
        const command = commandOf(one, open?.hold, paid?.charge)
        if (command === null) continue
        const { outcome } = await scene.submit(team, command)
        const asked = one.do === 'charge' || one.do === 'hold' || one.do === 'extend' ? one.amount : 0
        const passes = asked > 0 && limitPeriods.some((per) => used(log, per, clock) + asked > most[per])
        if (passes) {
          expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'SPENDING_LIMIT_REACHED' } })
          continue
        }
        expect(outcome.kind).not.toBe('refused')
        took(asked)
        if (outcome.kind === 'hold' && one.do === 'hold') {
          holds.push({ hold: outcome.hold, remaining: one.amount, closed: false })
        }
        if (open !== undefined && one.do === 'extend') open.remaining += one.amount
        if (open !== undefined && one.do === 'release') {
          open.closed = true
          took(-open.remaining, open.hold.placedAt)
        }
        if (open !== undefined && (one.do === 'capture' || one.do === 'settle')) {
          took(Math.max(0, one.amount - open.remaining))
          open.remaining = Math.max(0, open.remaining - one.amount)
          open.closed = one.do === 'settle'
          if (open.closed) took(-open.remaining, open.hold.placedAt)
        }
        if (outcome.kind === 'charge') {
          charges.push({ charge: outcome.charge, since: open?.hold.placedAt ?? clock, refunded: false })
        }
        if (outcome.kind === 'refund' && paid !== undefined) {
          paid.refunded = true
          took(-Number(outcome.refund.amount) / 1e6, paid.since)
        }
      }
      const { account } = await scene.account(team)
      const counted = account.limits.map((known) => [known.per, Number(limitAt(known, 'UTC', clock).used) / 1e6])
      expect(Object.fromEntries(counted)).toEqual(
        Object.fromEntries(limitPeriods.map((per) => [per, used(log, per, clock)])),
      )
      clock += day
      await scene.setClock(clock)
    }),
    { numRuns: 25 },
  )
  expect(await scene.verify()).toEqual([])
})

function commandOf(
  one: Exclude<Ask, { do: 'wait' }>,
  hold: Hold | undefined,
  paid: Charge | undefined,
): Command | null {
  const ben = { memberId: memberId('ben') }
  if (one.do === 'charge') return charge(one.amount, ben)
  if (one.do === 'hold') return placeHold(one.amount, { ...ben, expiresInSeconds: lasts / 1000 })
  if (!('amount' in one)) {
    if (one.do === 'refund') return paid === undefined ? null : refund(paid)
    return hold === undefined ? null : release(hold)
  }
  if (hold === undefined) return null
  if (one.do === 'extend') return extendHold(hold, { usage: use(one.amount) })
  return one.do === 'capture' ? capture(hold, one.amount) : settle(hold, one.amount)
}

test('a new limit of a member counts its hours and entries of the window, before and after a checkpoint', async () => {
  const india = await openScene(plainIn('Asia/Kolkata'), at('2026-11-25T18:00:00Z'))
  try {
    const team = await india.team()
    const ana = { memberId: memberId('ana') }
    await india.submit(team, grantOf(10_000, 'pack'))
    await india.submit(team, charge(100, ana))
    // The day begins in India. Later checkpoints cover this half hour, whole hours and a part of the last one.
    await india.setClock(at('2026-11-25T18:40:00Z'))
    await india.submit(team, charge(7, ana))
    await india.setClock(at('2026-11-25T20:10:00Z'))
    const others = Array.from({ length: 1_000 }, (_, i) =>
      submission(team, charge(1, { memberId: memberId('ben') }), `${i}`),
    )
    await india.ledger.submitAll([...others, submission(team, charge(20, ana), 'ana')])
    const used = async (id: string) => {
      for (const most of [null, 5_000]) await india.submit(team, limit(id, most))
      const { account } = await india.account(team)
      return Number(account.limits.find((one) => one.id === id)?.used) / 1e6
    }
    expect([await used('ana'), await used('ben'), await used('eve')]).toEqual([27, 1_000, 0])
    await takeCheckpoint(india.database, team)
    await india.submit(team, charge(4, ana))
    await india.submit(team, placeHold(3, ana))
    expect([await used('ana'), await used('ben'), await used('eve')]).toEqual([34, 1_000, 0])
  } finally {
    await india.close()
  }
})
