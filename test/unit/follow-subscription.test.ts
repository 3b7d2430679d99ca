import { describe, expect, test } from 'vitest'
import { type Account, nextBoundary, nextDeposit, type PlanTerms, type Policy } from '../../src/domain/account.ts'
import type { Command, FollowSubscription } from '../../src/domain/decisions/command.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { runsOutAt } from '../../src/domain/decisions/forecast.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import { teamId } from '../../src/domain/identity.ts'
import { contextAt, type World } from '../../src/domain/rules.ts'
import { card, policy } from '../property/model/world.ts'

const day = 86_400_000
const hour = 3_600_000
/** A Wednesday. */
const start = Date.parse('2026-11-18T12:00:00Z')
const [monday, month] = [Date.parse('2026-11-23T00:00:00Z'), Date.parse('2026-12-18T12:00:00Z')]

const allowance = { credits: 1_000n, perSeat: false, interval: null, rollover: 'none' } as const
const ofPlan = (id: string, allowances: PlanTerms['allowances']): [string, PlanTerms] => [
  id,
  { id, allowances, addOn: null, creditLine: null, trial: null, topUp: true, contact: null },
]
const known = new Map([
  ofPlan('weekly', [{ ...allowance, id: 'week', every: 'WEEK', anchor: 'calendar' }]),
  ofPlan('monthly', [{ ...allowance, id: 'month', every: 'MONTH', anchor: 'subscription' }]),
  ofPlan('odd', [
    { ...allowance, id: 'one', every: 'MONTH', anchor: 'subscription', interval: 'YEAR' },
    { ...allowance, id: 'other', every: 'WEEK', anchor: 'subscription', interval: 'MONTH' },
  ]),
])
const own: Policy = { ...policy, timeZone: 'America/New_York', plan: (id) => known.get(id) }
const world: World = { rulesAt: () => ({ card, policy: own }), cardOf: () => card }

const stands = (given: Partial<FollowSubscription> = {}): FollowSubscription => ({
  kind: 'follow-subscription',
  subscription: 'sub_1',
  planId: 'monthly',
  seats: 1,
  interval: 'MONTH',
  anchor: start,
  addOnUnits: 0,
  paidThrough: month,
  renews: true,
  ended: false,
  refunded: false,
  isTrialing: false,
  ...given,
})

const roll = (account: Account, at: number) => rollForward(account, noHolds, world.rulesAt, at)

function told(account: Account | null, command: Command, at = start) {
  const context = contextAt(world, at)
  const rolled = account === null ? newAccount(teamId('team'), context) : roll(account, at).account
  return decide(rolled, command, {}, context)
}

const subscribed = (given: Partial<FollowSubscription> = {}): Account => told(null, stands(given)).account

describe('a team that follows a subscription', () => {
  test('has no boundary where its next period is not paid for', () => {
    const { account } = roll(subscribed(), month)
    expect(account.available).toBe(0n)
    expect(nextBoundary(account, month)).toBe(null)
    expect(roll(account, month + 400 * day).postings).toEqual([])
  })

  test.each([
    ['4 hours before the end of what is paid for', -4, 1_000n],
    ['3 hours before it', -3, 0n],
    ['as it ends', 0, 0n],
  ])('gets a period that begins %s only if it is of it', (_, hours, available) => {
    const begins = monday + 5 * hour
    const team = subscribed({ planId: 'weekly', paidThrough: begins - hours * hour })
    expect(roll(team, begins).account.available).toBe(available)
  })

  test('counts on its renewal while it is paid, and on nothing once that is overdue', () => {
    const team = subscribed()
    expect(nextDeposit(team, start)).toBe(month)
    expect(nextDeposit(team, month - 1)).toBe(month)
    expect(nextDeposit(roll(team, month).account, month)).toBe(null)
    const weekly = subscribed({ planId: 'weekly', paidThrough: start + day })
    expect(nextDeposit(weekly, start + day)).toBe(null)
  })

  test('counts on what is paid for alone once it is cancelled', () => {
    expect(nextDeposit(told(subscribed(), stands({ renews: false })).account, start)).toBe(null)
    const weekly = subscribed({ planId: 'weekly', renews: false })
    expect(nextDeposit(weekly, start)).toBe(monday + 5 * hour)
    expect(nextDeposit(roll(weekly, month - day).account, month - day)).toBe(null)
    expect(nextDeposit(told(weekly, stands({ planId: 'weekly' })).account, start)).toBe(monday + 5 * hour)
  })

  test('is forecast to run out with what is paid for alone', () => {
    expect(runsOutAt(subscribed(), 30n, world.rulesAt, start)).toBe(month)
    const paid = told(subscribed(), stands({ paidThrough: Date.parse('2027-01-18T12:00:00Z') })).account
    expect(runsOutAt(paid, 30n, world.rulesAt, start)).toBe(Date.parse('2027-01-18T12:00:00Z'))
  })

  test.each<[string, Partial<FollowSubscription>]>([
    ['paid', {}],
    ['overdue', { paidThrough: start + day }],
    ['on trial', { anchor: start + 9 * day, paidThrough: start + 9 * day }],
    ['without an interval', { planId: 'odd', interval: null }],
  ])('moves nothing when it is said again: %s', (_, given) => {
    const team = subscribed(given)
    for (const at of [start, start + 2 * day, month + day]) {
      const first = told(team, stands(given), at)
      const again = told(first.account, stands(given), at)
      expect(again).toMatchObject({ account: first.account, postings: [], notices: [] })
      expect(first.notices.filter(({ type }) => type === 'PLAN_CHANGED')).toEqual([])
    }
  })

  test('names what it deposits on one day, before the end of a trial and from a new anchor on, apart', () => {
    const end = Date.parse('2027-01-18T12:00:00Z')
    const trial = subscribed({ anchor: end, paidThrough: end })
    const anchor = start + 5 * hour
    const { account } = told(trial, stands({ anchor }), anchor)
    expect(account.grants.map(({ source }) => source)).toEqual([
      'plan:monthly:month:2026-11-18:2',
      'plan:monthly:month:2026-11-18:3',
    ])
  })

  test('is not asked for a plan when it ends, and is for every other', () => {
    expect(told(null, stands({ planId: 'gone' })).outcome).toMatchObject({ failure: { code: 'UNKNOWN_PLAN' } })
    expect(told(subscribed(), stands({ planId: 'gone', ended: true })).account.planId).toBe(null)
  })
})
