import { describe, expect, test } from 'vitest'
import { rulesOf } from '../../src/catalog/rules.ts'
import { nextArrival, nextBoundary } from '../../src/domain/account.ts'
import { previewPlanChange } from '../../src/domain/decisions/preview-plan-change.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import { UnknownPlan } from '../../src/domain/errors.ts'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const day = 86_400_000
const start = Date.parse('2026-12-01T12:00:00Z')
const monthOf = (credits: number) => `[{ id: month, credits: ${credits}, every: MONTH, anchor: subscription }]`
const plans = `
  - { id: free, name: Free, topUp: true, allowances: ${monthOf(16)} }
  - { id: pro, name: Pro, topUp: true, allowances: ${monthOf(150)}, trial: { credits: 40, days: 7 } }
  - { id: team, name: Team, topUp: true, allowances: ${monthOf(300)}, trial: { credits: 90, days: 14 } }
  - { id: plain, name: Plain, topUp: true, allowances: ${monthOf(60)} }
`
const catalogOf = (settings: string) => catalogWith(plans, `timeZone: UTC\n${settings}`)
const catalog = catalogOf('defaultPlan: free')
const onPro = (of = catalog) => {
  const team = new PlanTeam(of, start)
  team.assign('pro', 1)
  return team
}
const withoutTrial = {
  kind: 'assign-plan',
  teamName: null,
  seats: 1,
  interval: null,
  anchor: null,
  trial: false,
} as const
const rulesAt = () => rulesOf(catalog)
const later = (team: PlanTeam, at: number) => rollForward(team.account, noHolds, rulesAt, at).account

describe('a trial', () => {
  test('comes once, before the allowances of its plan, and lasts for its days of 24 hours', () => {
    const team = onPro()
    expect(team.grants).toEqual({ 'plan:pro:trial': 40 })
    expect(team.account.trial).toMatchObject({
      planId: 'pro',
      credits: 40_000_000n,
      endsAt: start + 7 * day,
      end: null,
    })
    team.pass(7 * day - 1)
    expect([team.available, team.account.planId]).toEqual([40, 'pro'])
  })

  test('ends after its days: what is left expires, and the default plan begins then', () => {
    const team = onPro()
    team.spend(25)
    team.pass(30 * day)
    expect(team.grants).toEqual({ 'plan:pro:trial': 40, 'plan:free:month:2026-12-08': 16 })
    expect(team.account).toMatchObject({ planId: 'free', available: 16_000_000n })
    expect(team.account.trial).toMatchObject({ end: 'DAYS', endedAt: start + 7 * day })
    expect(team.notices).toEqual(['PLAN_CHANGED'])
    expect(team.account.allowances[0]).toMatchObject({
      anchor: start + 7 * day,
      nextAt: Date.parse('2027-01-08T12:00:00Z'),
    })
  })

  test('ends as its last credit is spent, and the default plan begins in the same decision', () => {
    const team = onPro()
    team.pass(day)
    team.spendAll()
    expect(team.account).toMatchObject({ planId: 'free', available: 16_000_000n })
    expect(team.account.trial).toMatchObject({ end: 'USED_UP', endedAt: start + day })
    expect(team.notices).toEqual(['PLAN_CHANGED', 'PLAN_CHANGED'])
    team.spendAll()
    team.pass(10 * day)
    expect(team.given).toBe(56)
  })

  test('leaves the team on no plan if the catalog has no default plan', () => {
    const team = onPro(catalogOf(''))
    team.pass(8 * day)
    expect(team.account).toMatchObject({ planId: null, available: 0n, trial: { end: 'DAYS' } })
    team.pass(60 * day)
    expect(team.given).toBe(40)
  })

  test('comes with a change to its plan alone: a team that is on the plan keeps its allowances as seats change', () => {
    const team = new PlanTeam(catalog, start)
    team.ask({ ...withoutTrial, planId: 'pro' })
    team.pass(day)
    team.assign('pro', 2)
    expect(team.account).toMatchObject({ trial: null, planId: 'pro', seats: 2, available: 150_000_000n })
    team.pass(40 * day)
    expect(team.grants).toEqual({ 'plan:pro:month:2026-12-01': 150, 'plan:pro:month:2027-01-01': 150 })
  })

  test('of the default plan is followed by that plan', () => {
    const team = new PlanTeam(catalogOf('defaultPlan: pro'), start)
    team.ask({ kind: 'open-team' })
    expect(team.grants).toEqual({ 'plan:pro:trial': 40 })
    team.pass(7 * day)
    expect(team.grants).toEqual({ 'plan:pro:trial': 40, 'plan:pro:month:2026-12-08': 150 })
  })

  test('keeps the seats of its plan, and does not move if the plan is assigned again', () => {
    const team = onPro(catalogOf('defaultPlan: pro'))
    team.assign('pro', 3)
    team.pass(6 * day)
    team.assign('pro', 3)
    expect(team.account).toMatchObject({ seats: 3, trial: { endsAt: start + 7 * day, end: null } })
    expect(team.given).toBe(40)
    team.pass(day)
    expect(team.account.seats).toBe(3)
  })

  test('comes once a team, whatever plans have one', () => {
    const team = onPro()
    team.assign('team', 1)
    expect(team.grants).toEqual({ 'plan:pro:trial': 40, 'plan:team:month:2026-12-01': 300 })
    expect(team.account.trial).toMatchObject({ planId: 'pro', end: 'PLAN_CHANGED', endedAt: start })
    team.assign('pro', 1)
    team.pass(day)
    team.assign('free', 1)
    team.assign('pro', 1)
    expect(Object.keys(team.grants).filter((source) => source.endsWith(':trial'))).toEqual(['plan:pro:trial'])
  })

  test('is left out where the operator says so, and may then come later', () => {
    const team = new PlanTeam(catalog, start)
    team.ask({ ...withoutTrial, planId: 'pro' })
    expect(team.grants).toEqual({ 'plan:pro:month:2026-12-01': 150 })
    expect(team.account.trial).toBe(null)
    team.assign('team', 1)
    expect(team.grants).toMatchObject({ 'plan:team:trial': 90 })
  })

  test('ends early where the operator begins the plan itself: its credits stay', () => {
    const team = onPro()
    team.ask({ ...withoutTrial, planId: 'pro' })
    expect(team.grants).toEqual({ 'plan:pro:trial': 40, 'plan:pro:month:2026-12-01': 150 })
    team.pass(7 * day)
    expect(team.available).toBe(150)
  })

  test('is a boundary of time, and tells the next credits', () => {
    const team = onPro()
    expect(nextBoundary(team.account)).toBe(start + 7 * day)
    expect(nextArrival(team.account, start)).toBe(start + 7 * day)
    expect(later(team, start + 7 * day)).toMatchObject({ available: 16_000_000n, planId: 'free' })
    expect(nextArrival(onPro(catalogOf('')).account, start)).toBe(null)
  })

  test('tells the next credits where the default plan has deposited its period', () => {
    const team = new PlanTeam(catalog, start)
    team.assign('free', 1)
    team.assign('pro', 1)
    const next = Date.parse('2027-01-01T12:00:00Z')
    expect(nextArrival(team.account, start)).toBe(next)
    team.pass(8 * day)
    expect(team.grants).toEqual({ 'plan:free:month:2026-12-01': 16, 'plan:pro:trial': 40 })
    expect(nextArrival(team.account, team.now)).toBe(next)
  })
})

describe('a trial loses no credits', () => {
  const opened = (of = catalog) => {
    const team = new PlanTeam(of, start)
    team.ask({ kind: 'open-team' })
    return team
  }

  test.each(['next-deposit', 'at-once'])('of a plan that replaces the opening one, with changes %s', (changes) => {
    const of = catalogOf(`planChanges: ${changes}\ndefaultPlan: free`)
    const untried = opened(of)
    untried.ask({ ...withoutTrial, planId: 'pro' })
    expect(untried.given).toBe(150)

    const team = opened(of)
    team.assign('pro', 1)
    team.assign('pro', 2)
    expect(team.account.surplus).toEqual([])
    team.pass(day)
    team.ask({ ...withoutTrial, planId: 'pro' })
    expect(Object.values(team.grants)).toEqual([16, 40, 134])
  })

  test('of another plan that begins within the trial', () => {
    const team = opened()
    team.assign('pro', 1)
    team.pass(day)
    team.assign('team', 1)
    expect(Object.values(team.grants)).toEqual([16, 40, 284])
  })

  test('of a plan that begins after it, while the opening period runs on', () => {
    const team = opened()
    team.assign('pro', 1)
    team.pass(8 * day)
    expect(team.account).toMatchObject({ planId: 'free', trial: { end: 'DAYS' } })
    expect(team.given).toBe(56)
    team.assign('pro', 1)
    expect(Object.values(team.grants)).toEqual([16, 40, 134])
  })

  test('of a plan that begins a day after the default plan has deposited', () => {
    const team = onPro()
    team.pass(8 * day)
    expect(Object.values(team.grants)).toEqual([40, 16])
    team.assign('pro', 1)
    expect(Object.values(team.grants)).toEqual([40, 16, 134])
    team.pass(31 * day)
    expect(team.given).toBe(340)
  })

  test('of a plan that an operator begins after a subscription ended in its own trial', () => {
    const team = opened()
    team.follow({ planId: 'pro', anchor: start + 14 * day, paidThrough: start + 14 * day, isTrialing: true })
    team.pass(day)
    team.cancel(true)
    team.assign('pro', 1)
    expect(Object.values(team.grants)).toEqual([16, 40, 134])
  })

  test('but once the opening period is over, the plan waits for the next deposit as after any change', () => {
    const team = onPro()
    team.spendAll()
    team.pass(32 * day)
    expect(Object.values(team.grants)).toEqual([40, 16, 16])
    team.assign('pro', 1)
    expect(team.given).toBe(72)
  })
})

describe('a trial is used up', () => {
  const storage = '  - { id: storage, name: Storage, rates: [{ id: gb, name: GB, credits: 1, unit: GB_DAY }] }'
  const withStorage = (settings: string) => catalogWith(plans, `${storage}\ntimeZone: UTC\n${settings}`)
  const store = (team: PlanTeam, amount: bigint) =>
    team.ask({ kind: 'set-stored-amount', rate: 'gb', amount, caller: { id: null, role: 'MEMBER' } })

  test.each(['stop', 'owe'])('by the storage of a day, and the default plan begins then (%s)', (atZero) => {
    const team = onPro(withStorage(`defaultPlan: free\nstorageAtZero: ${atZero}`))
    store(team, 80_000_000n)
    team.pass(day / 2)
    expect(team.account).toMatchObject({ planId: 'free', trial: { end: 'USED_UP', endedAt: start + day / 2 - 1 } })
    expect(Object.values(team.grants)).toEqual([40, 16])
  })

  test.each(['defaultPlan: free', ''])('never by a debt that would take all of it (%s)', (settings) => {
    const inDebt = () => {
      const team = new PlanTeam(withStorage(`storageAtZero: owe\n${settings}`), start)
      team.assign('plain', 1)
      store(team, 240_000_000n)
      team.pass(day / 2)
      store(team, 0n)
      expect(team.account).toMatchObject({ available: 0n, owed: 60_000_000n })
      return team
    }
    const whole = inDebt()
    whole.assign('pro', 1)
    expect(whole.account).toMatchObject({ planId: 'pro', trial: null })
    const part = inDebt()
    part.assign('team', 1)
    expect(part.account).toMatchObject({ planId: 'team', trial: { end: null }, available: 30_000_000n, owed: 0n })
  })
})

test('a team that is imported on a plan with a trial has had it', () => {
  const team = new PlanTeam(catalog, start)
  const terms = { teamName: null, seats: 1, interval: null, anchor: null, grants: [] } as const
  team.ask({ kind: 'import-team', planId: 'pro', ...terms })
  expect(team.account.trial).toMatchObject({ planId: 'pro', credits: 0n, endedAt: start, end: 'PLAN_CHANGED' })
  team.assign('free', 1)
  team.assign('pro', 1)
  team.assign('team', 1)
  expect(team.grants).not.toHaveProperty('plan:pro:trial')
  expect(team.grants).not.toHaveProperty('plan:team:trial')

  const free = new PlanTeam(catalog, start)
  free.ask({ kind: 'import-team', planId: 'free', ...terms })
  free.assign('pro', 1)
  expect(free.grants).toEqual({ 'plan:pro:trial': 40 })
})

describe('a subscription', () => {
  test('that is paid before its anchor is in no trial', () => {
    const paidEarly = { anchor: start + 15 * day, paidThrough: start + 15 * day }
    const deposits = ['pro', 'plain'].map((planId) => {
      const team = new PlanTeam(catalog, start)
      team.ask({ kind: 'open-team' })
      team.pass(day)
      team.follow({ planId, ...paidEarly })
      return [team.account.trial, Object.values(team.grants)]
    })
    expect(deposits).toEqual([
      [null, [16, 150]],
      [null, [16, 60]],
    ])
    const team = onPro()
    team.assign('free', 1)
    team.pass(day)
    team.follow({ planId: 'pro', ...paidEarly })
    expect(team.given).toBe(206)
  })

  const trialEnd = start + 14 * day
  const trying = { planId: 'pro', anchor: trialEnd, paidThrough: trialEnd, isTrialing: true }
  const paid = { planId: 'pro', anchor: trialEnd, paidThrough: Date.parse('2027-01-15T12:00:00Z') }

  test('in its own trial gives the credits of the plan’s trial, and deposits once it is paid', () => {
    const team = new PlanTeam(catalog, start)
    team.follow(trying)
    expect(team.grants).toEqual({ 'plan:pro:trial': 40 })
    expect(nextArrival(team.account, start)).toBe(trialEnd)
    team.follow(trying)
    team.pass(10 * day)
    team.follow(trying)
    expect(team.account).toMatchObject({ planId: 'pro', available: 0n, trial: { end: 'DAYS' } })
    expect(nextArrival(team.account, team.now)).toBe(trialEnd)
    team.pass(4 * day)
    expect(team.given).toBe(40)
    team.follow(paid)
    expect(team.grants).toEqual({ 'plan:pro:trial': 40, 'plan:pro:month:2026-12-15': 150 })
  })

  test('that has no known interval deposits once it is paid, too', () => {
    const team = new PlanTeam(catalog, start)
    team.follow({ ...trying, interval: null })
    team.pass(14 * day)
    team.follow({ ...paid, interval: null })
    expect(team.grants).toEqual({ 'plan:pro:trial': 40, 'plan:pro:month:2026-12-15': 150 })
  })

  test('that pays ends a trial: the plan deposits in full, and the credits of the trial stay', () => {
    const team = onPro()
    team.pass(day)
    team.follow({ planId: 'pro', anchor: team.now, paidThrough: team.now + 31 * day })
    expect(team.grants).toEqual({ 'plan:pro:trial': 40, 'plan:pro:month:2026-12-02': 150 })
    expect(team.account.trial).toMatchObject({ end: 'PLAN_CHANGED', endedAt: start + day })
    expect(team.notices).toEqual(['PLAN_CHANGED', 'PLAN_CHANGED'])
  })

  test('in its own trial gives nothing to a team that had a trial', () => {
    const team = onPro()
    team.spendAll()
    team.follow({ ...trying, planId: 'team' })
    expect(team.account.planId).toBe('team')
    expect(nextArrival(team.account, start)).toBe(trialEnd)
    team.pass(14 * day)
    expect(team.given).toBe(56)
    team.follow({ ...paid, planId: 'team' })
    expect(team.given).toBe(356)
  })

  test('that ends in its own trial ends the trial of the team', () => {
    const team = new PlanTeam(catalog, start)
    team.follow(trying)
    team.pass(day)
    team.cancel(true)
    expect(team.account).toMatchObject({ planId: 'free', trial: { end: 'PLAN_CHANGED' } })
    expect(team.given).toBe(56)
  })

  test('of a team that is on the plan already does not stop its deposits', () => {
    const team = new PlanTeam(catalog, start)
    team.ask({ ...withoutTrial, planId: 'pro' })
    team.follow(trying)
    expect(team.account.allowances.every(({ ended }) => !ended)).toBe(true)
  })
})

describe('the preview of a change', () => {
  const world = { rulesAt, cardOf: () => rulesAt().card }
  const previewed = (team: PlanTeam, planId: string) => {
    const change = previewPlanChange(team.account, { planId, seats: 1, interval: null }, world, team.now)
    if (change instanceof UnknownPlan) throw change
    return change
  }

  test('shows the credits of a trial, and what comes after it', () => {
    const team = new PlanTeam(catalog, start)
    team.assign('plain', 1)
    const change = previewed(team, 'pro')
    expect(change.deposited).toBe(40_000_000n)
    expect(change.nextDeposit?.at).toBe(start + 31 * day)
  })

  test('shows the deposit of the default plan at the end of the trial', () => {
    const change = previewed(onPro(), 'pro')
    expect(change).toMatchObject({ deposited: 0n, nextDeposit: { at: start + 7 * day, credits: 16_000_000n } })
  })

  test('shows no trial to a team that had one', () => {
    expect(previewed(onPro(), 'team').deposited).toBe(300_000_000n)
  })

  test('of a subscription in its own trial shows the deposit that its payment brings', () => {
    const team = new PlanTeam(catalog, start)
    team.follow({ planId: 'pro', anchor: start + 14 * day, paidThrough: start + 14 * day, isTrialing: true })
    const change = previewed(team, 'pro')
    expect(change).toMatchObject({ deposited: 0n, nextDeposit: { at: start + 14 * day, credits: 150_000_000n } })
    expect(previewed(team, 'team')).toMatchObject({
      deposited: 0n,
      nextDeposit: { at: start + 14 * day, credits: 300_000_000n },
    })
  })
})
