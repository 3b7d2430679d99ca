import { describe, expect, test } from 'vitest'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const day = 86_400_000
const start = Date.parse('2027-01-01T12:00:00Z')
const plans = `
  - id: pro
    name: Pro
    topUp: true
    allowances:
      - { id: month, credits: 150, every: MONTH, anchor: subscription, interval: MONTH }
      - { id: year, credits: 1800, every: YEAR, anchor: subscription, interval: YEAR }
      - { id: week, credits: 5, every: WEEK }
    addOn: { credits: 60, price: 10 }
  - id: better
    name: Better
    topUp: true
    allowances:
      - { id: month, credits: 300, every: MONTH, anchor: subscription, interval: MONTH }
      - { id: year, credits: 3600, every: YEAR, anchor: subscription, interval: YEAR }
    addOn: { credits: 90, price: 15 }
  - { id: yearly, name: Yearly, topUp: true, allowances: [{ id: year, credits: 1000, every: YEAR, anchor: subscription, interval: YEAR }] }
  - { id: team, name: Team, topUp: true, allowances: [{ id: month, credits: 100, every: MONTH, anchor: subscription }] }
  - { id: dated, name: Dated, topUp: true, allowances: [{ id: month, credits: 100, every: MONTH, anchor: 15 }] }
  - { id: none, name: None, topUp: true, allowances: [] }
`
const catalog = catalogWith(plans, 'timeZone: UTC')
const newTeam = () => new PlanTeam(catalog, start)
const assign = (
  team: PlanTeam,
  planId: string,
  interval: 'MONTH' | 'YEAR' | null = null,
  anchor: number | null = null,
) => {
  team.ask({ kind: 'assign-plan', planId, teamName: null, seats: 1, interval, anchor })
  return team
}
const running = (team: PlanTeam) => team.account.allowances.filter(({ ended }) => !ended).map(({ id }) => id)
const sources = (team: PlanTeam) => Object.keys(team.grants)

describe('a plan with allowances for intervals of payment', () => {
  test.each<[string, (team: PlanTeam) => PlanTeam, string[]]>([
    ['has those of its first interval, if none is said', (team) => assign(team, 'pro'), ['month', 'week']],
    ['has those of the interval that is said', (team) => assign(team, 'pro', 'YEAR'), ['week', 'year']],
    ['has those of the interval that the team had', (team) => assign(assign(team, 'pro', 'YEAR'), 'better'), ['year']],
    [
      'has those that are said, whatever the team had',
      (team) => assign(assign(team, 'pro', 'YEAR'), 'better', 'MONTH'),
      ['month'],
    ],
    [
      'has those of its own interval, if it has not the one that is said',
      (team) => assign(team, 'yearly', 'MONTH'),
      ['year'],
    ],
    ['has those for all intervals with each', (team) => assign(team, 'team', 'YEAR'), ['month']],
  ])('%s', (_, act, ids) => {
    expect(running(act(newTeam()))).toEqual(ids)
  })
})

describe('a change of plan', () => {
  test('leaves contracts, which deposit once each period', () => {
    const team = assign(newTeam(), 'team')
    const contract = { reference: 'A', credits: 7_000_000n, cadence: 'MONTH', rollover: 'none' } as const
    team.ask({ kind: 'create-contract', ...contract, creditLine: null, startsAt: null, endsAt: null })
    assign(team, 'dated')
    expect(team.account.allowances.map(({ id }) => id)).toEqual(['contract:A', 'month'])
    team.pass(31 * day)
    expect([team.available, team.grants]).toMatchObject([107, { 'contract-grant:A:2027-02-01': 7 }])
  })

  test('leaves add-on units where the next plan has some, and gives no more of them at once', () => {
    const team = assign(newTeam(), 'pro')
    team.ask({ kind: 'set-add-on-units', units: 2 })
    const { given } = team
    assign(team, 'better')
    expect([team.account.addOn, team.given]).toEqual([{ units: 2, granted: 2 }, given])
    team.pass(31 * day)
    expect(team.available).toBe(300 + 180)
    expect(assign(team, 'team').account.addOn.units).toBe(0)
  })

  test('names the team where a name is said, and keeps its name where none is', () => {
    const team = newTeam()
    team.ask({ kind: 'assign-plan', planId: 'team', teamName: 'Studio', seats: 1, interval: null, anchor: null })
    expect(assign(team, 'none').account).toMatchObject({ name: 'Studio', planId: 'none' })
    expect(team.notices).toEqual(['PLAN_CHANGED', 'PLAN_CHANGED'])
  })

  test('that an operator makes waits for no payment', () => {
    const team = newTeam()
    team.follow({ planId: 'team', anchor: start, paidThrough: start + 31 * day, renews: false })
    expect(assign(team, 'team').account).toMatchObject({ paidThrough: null, renews: true })
    team.pass(31 * day)
    expect(team.available).toBe(100)
  })

  test('back to a plan that was left a period ago deposits the period that runs', () => {
    const team = assign(assign(newTeam(), 'team'), 'none')
    team.pass(40 * day)
    assign(team, 'team')
    expect(sources(team)).toEqual(['plan:team:month:2027-01-01', 'plan:team:month:2027-02-01'])
    expect(team.available).toBe(100)
  })

  test('back to a plan in the very instant of its next period deposits that', () => {
    const team = assign(assign(newTeam(), 'team'), 'none')
    team.pass(31 * day)
    expect(assign(team, 'team').available).toBe(100)
  })
})

describe('the day from which months are counted', () => {
  const [fifth, fifteenth] = ['2027-01-05T12:00:00Z', '2027-01-15T12:00:00Z'].map(Date.parse) as [number, number]

  test('begins them anew if it is another one', () => {
    const team = assign(newTeam(), 'team', null, fifth)
    assign(team, 'team', null, fifteenth)
    expect(sources(team)).toEqual(['plan:team:month:2026-12-05', 'plan:team:month:2026-12-15:2'])
  })

  test('is the same in each month', () => {
    const team = assign(newTeam(), 'team', null, fifth)
    assign(team, 'team', null, Date.parse('2027-04-05T12:00:00Z'))
    expect(team.given).toBe(100)
  })

  test('deposits no month again that was deposited before', () => {
    const team = assign(newTeam(), 'team', null, fifth)
    assign(team, 'team', null, fifteenth)
    assign(team, 'team', null, fifth)
    expect(team.given).toBe(200)
    team.pass(fifth - start)
    expect(team.account.allowances.filter(({ ended }) => !ended)).toMatchObject([
      { id: 'month', anchor: expect.any(Number), total: null },
    ])
    expect(team.given).toBe(300)
  })

  test('is that of the calendar where the plan says so', () => {
    const team = assign(newTeam(), 'dated')
    expect(sources(team)).toEqual(['plan:dated:month:2026-12-15'])
    team.pass(15 * day)
    expect(sources(team)).toEqual(['plan:dated:month:2026-12-15', 'plan:dated:month:2027-01-15'])
  })

  test('may be said for a plan of the calendar, too', () => {
    expect(sources(assign(newTeam(), 'dated', null, fifth))).toEqual(['plan:dated:month:2026-12-05'])
  })

  test('is not said for the calendar of a plan that has an allowance of its own', () => {
    const team = assign(newTeam(), 'pro', 'MONTH', fifth)
    expect(sources(team).toSorted()).toEqual(['plan:pro:2026-12-28', 'plan:pro:month:2026-12-05'])
  })

  test('is the end of a trial, before which a subscription has a deposit of its own', () => {
    const team = newTeam()
    team.follow({ planId: 'team', anchor: start + 14 * day, paidThrough: start + 14 * day })
    expect(team.account.allowances).toMatchObject([{ anchor: start + 14 * day, firstPeriod: 1, nextPeriod: 1 }])
    team.follow({ planId: 'team', anchor: start + 14 * day, paidThrough: start + 45 * day })
    team.pass(14 * day)
    expect([team.given, team.available]).toEqual([200, 100])
  })
})
