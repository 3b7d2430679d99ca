import { describe, expect, test } from 'vitest'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const day = 86_400_000
const start = Date.parse('2027-01-01T12:00:00Z')
/** Ends of the first months that are paid. */
const [february, march, april] = ['2027-02-01', '2027-03-01', '2027-04-01'].map((date) =>
  Date.parse(`${date}T12:00:00Z`),
) as [number, number, number]

const plans = `
  - { id: free, name: Free, topUp: true, allowances: [{ id: month, credits: 16, every: MONTH, anchor: subscription }] }
  - id: pro
    name: Pro
    topUp: true
    allowances:
      - { id: month, credits: 150, every: MONTH, perSeat: true, anchor: subscription, interval: MONTH }
      - { id: year, credits: 1800, every: YEAR, perSeat: true, anchor: subscription, interval: YEAR }
    addOn: { credits: 60, price: 10 }
  - { id: plain, name: Plain, topUp: true, allowances: [{ id: month, credits: 40, every: MONTH, anchor: subscription }] }
  - id: both
    name: Both
    topUp: true
    allowances:
      - { id: month, credits: 150, every: MONTH, anchor: subscription }
      - { id: week, credits: 10, every: WEEK, anchor: subscription }
`
const catalogOf = (settings = '') => catalogWith(plans, `timeZone: UTC\n${settings}`)
const [plainly, free, atOnce] = [catalogOf(), catalogOf('defaultPlan: free'), catalogOf('planChanges: at-once')]

type Said = Partial<Parameters<PlanTeam['follow']>[0]>
const pay = (team: PlanTeam, said: Said = {}) =>
  team.follow({ planId: 'pro', anchor: start, paidThrough: february, ...said })
function subscriber(said: Said = {}, catalog = plainly) {
  const team = new PlanTeam(catalog, start)
  pay(team, said)
  return team
}
const at = (team: PlanTeam, instant: number) => {
  team.pass(instant - team.now)
  return team
}

describe('a subscription that was never paid for', () => {
  test.each<[string, Said]>([
    ['leaves a new team without a plan', { paidThrough: start }],
    ['moves nothing when it ends', { paidThrough: start, ended: true }],
  ])('%s', (_, said) => {
    const team = subscriber(said)
    expect(team.account).toMatchObject({ planId: null, paidThrough: null, allowances: [], revision: 0 })
    expect(team.notices).toEqual([])
  })

  test('leaves a team on the plan that it has', () => {
    const team = new PlanTeam(plainly, start)
    team.assign('plain', 2)
    pay(team, { paidThrough: start })
    pay(team, { ended: true })
    expect(team.account).toMatchObject({ planId: 'plain', seats: 2, paidThrough: null })
    expect(at(team, february).given).toBe(80)
  })
})

describe('a subscription that is paid', () => {
  test('puts the team on its plan, and says so once', () => {
    const team = subscriber({ seats: 2, renews: false })
    expect(team.account).toMatchObject({ planId: 'pro', seats: 2, paidThrough: february, renews: false })
    expect(team.given).toBe(300)
    pay(team, { seats: 2 })
    expect(team.account.renews).toBe(true)
    expect(team.notices).toEqual(['PLAN_CHANGED'])
  })

  test.each<[string, Said, number]>([
    ['another plan', { planId: 'plain' }, 150],
    ['more seats', { seats: 2 }, 150],
  ])('says that %s counts, and deposits by it from the next month on', (_, said, given) => {
    const team = subscriber()
    pay(team, { ...said, paidThrough: march })
    expect([team.given, team.notices]).toEqual([given, ['PLAN_CHANGED', 'PLAN_CHANGED']])
    expect(at(team, february).available).toBe(said.planId === 'plain' ? 40 : 300)
  })

  test('of a year has the deposit of a year, of which the month that was paid before gave its part', () => {
    const team = subscriber()
    const year = Date.parse('2028-01-01T12:00:00Z')
    pay(team, { interval: 'YEAR', paidThrough: year })
    expect(Object.keys(team.grants)).toEqual(['plan:pro:month:2027-01-01', 'plan:pro:year:2027-01-01'])
    expect(team.given).toBe(1800)
    expect(at(team, march).available).toBe(1650)
  })

  test('whose interval is not said keeps the one that the team has', () => {
    const team = subscriber({ interval: 'YEAR', paidThrough: Date.parse('2028-01-01T12:00:00Z') })
    const before = team.account
    pay(team, { interval: null, paidThrough: Date.parse('2028-01-01T12:00:00Z') })
    expect(team.account).toMatchObject({ allowances: before.allowances, revision: before.revision })
  })

  test('from another day begins its months on that day', () => {
    const team = at(subscriber(), start + 9 * day)
    const ends = Date.parse('2027-02-10T12:00:00Z')
    pay(team, { anchor: team.now, paidThrough: ends })
    expect(team.account.allowances).toMatchObject([{ anchor: team.now, nextAt: ends }])
    expect(team.grants).toMatchObject({ 'plan:pro:month:2027-01-10:2': expect.any(Number) })
  })

  test('that lacks an allowance of its plan begins it', () => {
    const team = subscriber({ planId: 'both' })
    team.publish(catalogWith(plans.replace('credits: 10, every: WEEK', 'credits: 10, every: MONTH'), 'timeZone: UTC'))
    pay(team, { planId: 'both' })
    expect(team.account.allowances).toMatchObject([
      { id: 'month', cadence: 'MONTH' },
      { id: 'week', cadence: 'MONTH' },
    ])
  })
})

describe('a subscription of which nobody knows how far it is paid', () => {
  const unknown = { paidThrough: null } as const

  test('leaves a new team as it is', () => {
    const team = subscriber(unknown)
    expect(team.account).toMatchObject({ planId: null, paidThrough: null, revision: 0 })
  })

  test('keeps what was known: the month that was paid goes on, and the next one waits', () => {
    const team = subscriber()
    pay(team, { ...unknown, seats: 2, renews: false })
    expect(team.account).toMatchObject({ seats: 2, paidThrough: february, renews: false })
    expect(team.given).toBe(150)
    at(team, february + day)
    pay(team, unknown)
    expect([team.available, team.account.paidThrough]).toEqual([0, february])
    pay(team, { paidThrough: march })
    expect(team.available).toBe(150)
  })
})

describe('add-on units of a subscription', () => {
  test('are deposited with what is paid, and once', () => {
    const team = subscriber({ addOnUnits: 2 })
    pay(team, { addOnUnits: 2 })
    expect([team.given, team.account.addOn]).toEqual([270, { units: 2, granted: 2 }])
    pay(team, { addOnUnits: 3 })
    expect(team.given).toBe(330)
  })

  test('are none on a plan without units', () => {
    const team = subscriber({ planId: 'plain', addOnUnits: 2 })
    expect([team.given, team.account.addOn.units]).toEqual([40, 0])
  })

  test('wait with their month for its payment', () => {
    const team = at(subscriber(), february + day)
    pay(team, { addOnUnits: 2 })
    expect([team.available, team.account.addOn.units]).toEqual([0, 2])
    pay(team, { addOnUnits: 2, paidThrough: march })
    expect([team.available, team.account.addOn]).toEqual([270, { units: 2, granted: 2 }])
  })

  test('that are added while the month is not paid any more wait, too', () => {
    const team = at(subscriber({ paidThrough: start + 9 * day }), start + 10 * day)
    pay(team, { addOnUnits: 2, paidThrough: start + 9 * day })
    expect([team.given, team.account.addOn]).toEqual([150, { units: 2, granted: 0 }])
    pay(team, { addOnUnits: 2 })
    expect(team.given).toBe(270)
  })
})

describe('a month that is paid late', () => {
  test('is deposited when it is paid, to its own end', () => {
    const team = at(subscriber(), february + day)
    pay(team)
    expect([team.available, team.account.paidThrough]).toEqual([0, february])
    pay(team, { paidThrough: march })
    expect([team.available, team.account.paidThrough]).toEqual([150, march])
    expect(at(team, march).available).toBe(0)
  })

  test('is skipped if it passes unpaid', () => {
    const team = at(subscriber(), march + day)
    pay(team, { paidThrough: april })
    expect(Object.keys(team.grants)).toEqual(['plan:pro:month:2027-01-01', 'plan:pro:month:2027-03-01'])
  })

  test('counts as unpaid from its begin, also where an earlier end of payment lies within it', () => {
    const team = at(subscriber(), february + 10 * day)
    pay(team, { paidThrough: february + 5 * day })
    expect([team.available, team.account.paidThrough]).toEqual([0, february])
    expect(at(team, april).available).toBe(0)
  })

  test('counts as unpaid in the very instant in which its payment ends', () => {
    const team = at(subscriber(), february + 10 * day)
    pay(team, { paidThrough: team.now })
    expect([team.available, team.account.paidThrough]).toEqual([0, february])
  })

  test('waits from the very instant in which it begins', () => {
    const team = at(subscriber(), february)
    pay(team)
    expect(team.account.paidThrough).toBe(february)
    expect(team.account.allowances).toMatchObject([{ nextAt: february, nextPeriod: 1 }])
  })

  test('gives nothing for a change while it is unpaid, and takes nothing', () => {
    const team = at(subscriber({ seats: 2, paidThrough: start + 9 * day }, atOnce), start + 10 * day)
    for (const seats of [5, 1]) {
      pay(team, { seats, paidThrough: start + 9 * day })
      expect([team.given, team.account.seats]).toEqual([300, seats])
    }
  })

  test('leaves a contract its own periods', () => {
    const team = new PlanTeam(plainly, start - 5 * day)
    const contract = { reference: 'A', credits: 7_000_000n, cadence: 'MONTH', rollover: 'none' } as const
    team.ask({ kind: 'create-contract', ...contract, creditLine: null, startsAt: null, endsAt: null })
    at(team, start)
    pay(team)
    at(team, april + day)
    pay(team)
    expect(team.available).toBe(7)
    expect(team.account.paidThrough).toBe(february)
  })
})

describe('a subscription that has ended', () => {
  test('leaves the team without a plan where the catalog has no first one', () => {
    const team = at(subscriber({ seats: 3, addOnUnits: 1, renews: false }), start + day)
    team.cancel(false)
    expect(team.account).toMatchObject({ planId: null, seats: 1, paidThrough: null, renews: true, addOn: { units: 0 } })
    expect(team.account.allowances.every(({ ended }) => ended)).toBe(true)
    expect(team.notices).toEqual(['PLAN_CHANGED', 'PLAN_CHANGED'])
    expect(team.available).toBe(510)
    expect(at(team, april).available).toBe(0)
  })

  test('leaves the team on the first plan, which deposits from the next month on', () => {
    const team = at(subscriber({ seats: 3, addOnUnits: 1 }, free), start + day)
    team.cancel(false)
    expect(team.account).toMatchObject({
      planId: 'free',
      seats: 1,
      paidThrough: null,
      renews: true,
      addOn: { units: 0 },
    })
    expect([team.available, team.notices]).toEqual([510, ['PLAN_CHANGED', 'PLAN_CHANGED']])
    expect(at(team, february).available).toBe(16)
  })

  test('leaves the team on the first plan, which deposits at once in a month that was not paid', () => {
    const team = at(subscriber({}, free), february + day)
    pay(team)
    team.cancel(false)
    expect([team.available, team.account.planId]).toEqual([16, 'free'])
  })

  test('leaves a contract of the team', () => {
    const team = subscriber()
    const contract = { reference: 'A', credits: 7_000_000n, cadence: 'MONTH', rollover: 'none' } as const
    team.ask({ kind: 'create-contract', ...contract, creditLine: null, startsAt: null, endsAt: null })
    team.cancel(false)
    expect(at(team, april).available).toBe(7)
  })

  test('says nothing more if it is said again', () => {
    const team = subscriber()
    team.cancel(false)
    team.cancel(false)
    expect(team.notices).toEqual(['PLAN_CHANGED', 'PLAN_CHANGED'])
  })

  test.each<[string, boolean, number]>([
    ['that was not refunded does not count against the next one', false, 300],
    ['that was refunded counts against the next one', true, 150],
  ])('%s', (_, refunded, given) => {
    const team = subscriber()
    team.cancel(refunded)
    team.pass(1000)
    pay(team, { anchor: team.now })
    expect(team.given).toBe(given)
  })
})
