import { describe, expect, test } from 'vitest'
import { purchaseId } from '../../src/domain/identity.ts'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const day = 86_400_000
/** A Wednesday. */
const start = Date.parse('2027-01-20T11:00:00Z')
const [monday, february, march] = ['2027-01-25', '2027-02-01', '2027-03-01'].map(Date.parse) as [number, number, number]

const plans = `
  - id: cycle
    name: Cycle
    topUp: true
    allowances:
      - { id: week, credits: 10, every: WEEK }
      - { id: month, credits: 100, every: MONTH }
    addOn: { credits: 60, price: 10 }
  - { id: plain, name: Plain, topUp: true, allowances: [{ id: week, credits: 10, every: WEEK }] }
  - { id: none, name: None, topUp: true, allowances: [] }
  - { id: paid, name: Paid, topUp: true, allowances: [{ id: paid, credits: 150, every: MONTH, anchor: subscription }], addOn: { credits: 60, price: 10 } }
`
const catalogOf = (settings: string) => catalogWith(plans, `timeZone: UTC\n${settings}`)
const usual = catalogOf('expiry: { PACKAGE: cycle }')
function teamOn(planId: string, catalog = usual) {
  const team = new PlanTeam(catalog, start)
  team.assign(planId, 1)
  return team
}
function order(team: PlanTeam, ...units: number[]) {
  for (const number of units) team.ask({ kind: 'set-add-on-units', units: number })
  return team
}
const at = (team: PlanTeam, instant: number) => {
  team.pass(instant - team.now)
  return team
}
const grantsOf = (team: PlanTeam, kind: string) =>
  team.account.grants
    .filter((grant) => grant.kind === kind)
    .map(({ granted, expiresAt }) => [Number(granted) / 1e6, expiresAt])
const unitsOf = (team: PlanTeam) => team.account.addOn

describe("add-on units last for the longest of the plan's periods", () => {
  test('and are deposited again with it, not with a shorter one', () => {
    const team = order(teamOn('cycle'), 2)
    expect(grantsOf(team, 'ADD_ON')).toEqual([[120, february]])
    expect(grantsOf(at(team, monday), 'ADD_ON')).toEqual([[120, february]])
    expect(grantsOf(at(team, february), 'ADD_ON')).toEqual([[120, march]])
    expect(Object.keys(team.grants).filter((source) => source.includes('add-on'))).toEqual([
      'plan:cycle:month:2027-01-01:add-on:3',
      'plan:cycle:month:2027-02-01:add-on',
    ])
  })

  test('also where a contract has longer ones', () => {
    const contract = { reference: 'A', credits: 7_000_000n, cadence: 'YEAR', rollover: 'none' } as const
    const team = teamOn('cycle')
    team.ask({ kind: 'create-contract', ...contract, creditLine: null, startsAt: null, endsAt: null })
    expect(grantsOf(order(team, 1), 'ADD_ON')).toEqual([[60, february]])
  })

  test('also where the team left a plan with longer ones', () => {
    const team = teamOn('cycle')
    team.publish(catalogWith(plans.replace('- { id: month, credits: 100, every: MONTH }', ''), 'timeZone: UTC'))
    team.assign('cycle', 1)
    expect(grantsOf(order(team, 1), 'ADD_ON')).toEqual([[60, monday]])
  })

  test('or for ever, where the catalog says so', () => {
    expect(grantsOf(order(teamOn('cycle', catalogOf('expiry: { ADD_ON: never }')), 1), 'ADD_ON')).toEqual([[60, null]])
  })
})

describe('the units of a cycle', () => {
  test.each<[string, number[], number]>([
    ['are deposited once', [2, 2], 120],
    ['are deposited as far as there are more than before', [2, 3], 180],
    ['are not taken back where there are fewer', [3, 1], 180],
    ['are not deposited again up to what the cycle had', [3, 1, 3, 2, 4, 1], 240],
    ['are none without an order', [0], 0],
  ])('%s', (_, ordered, given) => {
    expect(order(teamOn('cycle'), ...ordered).given).toBe(110 + given)
  })

  test('are as many as were ordered last, from the next cycle on', () => {
    const team = at(order(teamOn('cycle'), 3, 1), february)
    expect([grantsOf(team, 'ADD_ON'), unitsOf(team)]).toEqual([[[60, march]], { units: 1, granted: 1 }])
    expect(unitsOf(at(order(team, 0), march))).toEqual({ units: 0, granted: 0 })
    expect(grantsOf(team, 'ADD_ON')).toEqual([])
  })

  test('count again if the team returns within the cycle from a plan that has none', () => {
    const team = order(teamOn('cycle'), 3)
    team.assign('plain', 1)
    expect(unitsOf(at(team, monday))).toEqual({ units: 0, granted: 3 })
    team.assign('cycle', 1)
    const { given } = team
    expect(order(team, 3).given).toBe(given)
    expect(order(team, 4).given).toBe(given + 60)
  })

  test('wait for the payment of a cycle that has begun', () => {
    const team = new PlanTeam(usual, start)
    const pay = (months: number, addOnUnits: number) => {
      const paidThrough = Date.parse(`2027-0${1 + months}-20T11:00:00Z`)
      team.follow({ planId: 'paid', anchor: start, paidThrough, addOnUnits })
    }
    pay(1, 0)
    at(team, Date.parse('2027-02-20T11:00:00Z'))
    order(team, 2)
    expect([team.available, unitsOf(team)]).toEqual([0, { units: 2, granted: 0 }])
    pay(2, 2)
    expect([team.available, unitsOf(team)]).toEqual([270, { units: 2, granted: 2 }])
  })
})

describe('a package of a catalog whose packages end with the cycle', () => {
  const price = { amount: 10n, currency: 'USD' }
  const buy = (team: PlanTeam) => {
    const terms = {
      source: 'stripe:pi_1',
      credits: 5_000_000n,
      memberId: null,
      purchase: purchaseId(1),
      price,
      costBasis: price,
    } as const
    team.ask({ kind: 'land-purchase', cause: 'PURCHASE', ofNewTeam: false, loss: null, ...terms })
    return grantsOf(team, 'PACKAGE')
  }

  test.each<[string, string, number | null]>([
    ['ends with the longest period', 'cycle', february],
    ['ends with the only period, also without units', 'plain', monday],
    ['lasts for ever where the plan has no periods', 'none', null],
  ])('%s', (_, plan, expiresAt) => {
    expect(buy(teamOn(plan))).toEqual([[5, expiresAt]])
  })

  test('ends with a period that has begun and is not paid yet', () => {
    const team = new PlanTeam(usual, start)
    team.follow({ planId: 'paid', anchor: start, paidThrough: start + 31 * day })
    at(team, start + 31 * day)
    expect(buy(team)).toEqual([[5, Date.parse('2027-03-20T11:00:00Z')]])
    expect(grantsOf(at(team, start + 40 * day), 'PACKAGE')).toHaveLength(1)
  })

  test('lasts for ever where packages do not end', () => {
    expect(buy(teamOn('cycle', catalogOf('expiry: { PACKAGE: never }')))).toEqual([[5, null]])
  })
})

describe('units that are refunded with a subscription', () => {
  const pay = (team: PlanTeam, said: Partial<Parameters<PlanTeam['follow']>[0]> = {}) =>
    team.follow({ planId: 'paid', anchor: team.now, paidThrough: team.now + 31 * day, ...said })
  const refunded = (units: number) => {
    const team = new PlanTeam(usual, start)
    pay(team, { addOnUnits: units })
    team.spendAll()
    team.cancel(true)
    team.pass(1000)
    return team
  }

  test.each<[string, number, number]>([
    ['as many are not deposited again', 2, 0],
    ['fewer are not deposited again', 1, 0],
    ['more are deposited as far as there are more', 3, 60],
    ['none is deposited without an order', 0, 0],
  ])('count against those of the next one: %s', (_, units, more) => {
    const team = refunded(2)
    pay(team, { addOnUnits: units })
    expect(team.given).toBe(150 + 120 + more)
  })

  test('are not used up by a trial', () => {
    const team = refunded(2)
    const end = team.now + 10 * day
    pay(team, { addOnUnits: 2, anchor: end, paidThrough: end })
    team.cancel(true)
    team.pass(1000)
    pay(team, { addOnUnits: 2 })
    expect(team.given).toBe(270)
  })

  test('are used up by a paid cycle', () => {
    const team = refunded(2)
    pay(team, { addOnUnits: 2 })
    team.cancel(false)
    team.pass(1000)
    pay(team, { addOnUnits: 2 })
    expect(team.given).toBe(150 + 120 + 150 + 120)
  })
})

describe('the terms of a deposit', () => {
  const changed = (from: string, to: string) => catalogWith(plans.replace(from, to), 'timeZone: UTC')

  test.each<[string, string, string, number]>([
    ['are those of the catalog in force', 'credits: 100, every: MONTH', 'credits: 300, every: MONTH', 310],
    ['are those of each allowance for itself', 'credits: 10, every: WEEK', 'credits: 20, every: WEEK', 120],
    ['are as they were where the allowance is gone', '- { id: month, credits: 100, every: MONTH }', '', 110],
    [
      'are as they were where the allowance has another length',
      'credits: 100, every: MONTH',
      'credits: 300, every: YEAR',
      110,
    ],
    ['are as they were where the plan is gone', 'id: cycle', 'id: other', 110],
  ])('%s', (_, from, to, available) => {
    const team = teamOn('cycle')
    team.publish(changed(from, to))
    expect(at(team, february).available).toBe(available)
  })
})
