import { describe, expect, test } from 'vitest'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const day = 86_400_000
const hour = 3_600_000
const start = Date.parse('2026-12-01T12:00:00Z')
/** The first month of a subscription that began at the start. */
const month = 31 * day

const studios = `
  - { id: free, name: Free, topUp: true, allowances: [{ id: month, credits: 16, every: MONTH, anchor: subscription }] }
  - id: personal
    name: Personal
    topUp: true
    allowances:
      - { id: month, credits: 60, every: MONTH, anchor: subscription, interval: MONTH }
      - { id: year, credits: 720, every: YEAR, anchor: subscription, interval: YEAR }
    addOn: { credits: 60, price: 10 }
  - id: team
    name: Team
    topUp: true
    allowances:
      - { id: month, credits: 150, every: MONTH, perSeat: true, anchor: subscription, interval: MONTH }
      - { id: year, credits: 1800, every: YEAR, perSeat: true, anchor: subscription, interval: YEAR }
    addOn: { credits: 200, price: 30 }
  - { id: other, name: Other, topUp: true, allowances: [{ id: another, credits: 150, every: MONTH, anchor: subscription }] }
  - { id: small, name: Small, topUp: true, allowances: [{ id: month, credits: 0.3, every: MONTH, perSeat: true, anchor: subscription }] }
  - { id: none, name: None, topUp: true, allowances: [] }
`
const weeks = (id: string, credits = 100) =>
  `\n  - { id: weekly, name: Weekly, topUp: true, allowances: [{ id: ${id}, credits: ${credits}, every: WEEK }] }\n`

const catalog = (plans: string, changes: string) => catalogWith(plans, `timeZone: UTC\n${changes}`)
const atOnce = catalog(studios, 'planChanges: at-once\ndefaultPlan: free')
const later = catalog(studios, 'defaultPlan: free')

const teamOn = (planId: string, given: { seats?: number; catalog?: typeof atOnce } = {}) => {
  const team = new PlanTeam(given.catalog ?? atOnce, start)
  team.assign(planId, given.seats ?? 1)
  return team
}
const subscriber = (given: Partial<Parameters<PlanTeam['follow']>[0]> = {}, of = atOnce) => {
  const team = new PlanTeam(of, start)
  team.follow({ planId: 'team', anchor: start, paidThrough: start + month, ...given })
  return team
}

describe('changes within a period', () => {
  test('a seat that is added, spent, removed and added again gives its credits once: 300 of 300', () => {
    const team = teamOn('team')
    for (let turn = 0; turn < 6; turn += 1) {
      team.spendAll()
      team.assign('team', 2)
      team.spendAll()
      team.assign('team', 1)
    }
    expect(team.used).toBe(300)
  })

  test('the same told by a subscription', () => {
    const team = subscriber()
    for (let turn = 0; turn < 6; turn += 1) {
      for (const seats of [2, 1]) {
        team.spendAll()
        team.follow({ planId: 'team', seats, anchor: start, paidThrough: start + month })
      }
    }
    expect(team.used).toBe(300)
  })

  test('what the next seat gives later counts what was given for one that is gone: pro rata in time', () => {
    const team = teamOn('team')
    team.assign('team', 2)
    team.spendAll()
    team.pass(month / 2)
    team.assign('team', 1)
    // 150 for the first, 75 for half a month of the second; 300 were used.
    team.assign('team', 2)
    expect(team.given).toBe(300)
    team.assign('team', 3)
    // Another half of 150 each, from 225.
    expect(team.given).toBe(375)
  })

  test('switching plans to and fro gives what the larger one gives', () => {
    const team = teamOn('personal')
    for (let turn = 0; turn < 5; turn += 1) {
      for (const plan of ['team', 'personal']) {
        team.spendAll()
        team.assign(plan, 1)
      }
    }
    expect(team.used).toBe(150)
  })

  test('switching between a month and a year upfront gives a year once', () => {
    const team = subscriber({ planId: 'personal' })
    team.spendAll()
    for (let turn = 1; turn <= 4; turn += 1) {
      team.pass(hour)
      team.follow({ planId: 'personal', interval: 'YEAR', anchor: team.now, paidThrough: team.now + 365 * day })
      team.spendAll()
      team.pass(hour)
      team.follow({ planId: 'personal', anchor: team.now, paidThrough: team.now + month })
      team.spendAll()
    }
    expect(team.used).toBeGreaterThanOrEqual(720)
    expect(team.used).toBeLessThanOrEqual(722)
  })

  test('switching to a plan with an allowance of another id gives nothing twice', () => {
    const team = teamOn('team')
    for (let turn = 0; turn < 5; turn += 1) {
      for (const plan of ['other', 'team']) {
        team.spendAll()
        team.assign(plan, 1)
      }
    }
    expect(team.used).toBe(150)
  })

  test('cancelled with proration and subscribed again, the credits of a month are there once: 166 with those of the free plan', () => {
    const team = teamOn('free')
    team.spendAll()
    team.pass(hour)
    for (let turn = 0; turn < 3; turn += 1) {
      team.follow({ planId: 'team', anchor: team.now, paidThrough: team.now + month })
      team.spendAll()
      team.cancel(true)
      team.pass(1000)
    }
    expect(team.used).toBe(166)
  })

  test('cancelled without proration, what was paid for twice is there twice', () => {
    const team = subscriber()
    team.spendAll()
    team.cancel(false)
    team.pass(hour)
    team.follow({ planId: 'team', anchor: team.now, paidThrough: team.now + month })
    expect(team.given).toBe(300)
  })

  test('cancelled with proration after ten days and subscribed again, another month gives what it has more', () => {
    const team = subscriber()
    team.spendAll()
    team.pass(10 * day)
    team.cancel(true)
    team.pass(hour)
    team.follow({ planId: 'team', anchor: team.now, paidThrough: team.now + month })
    // 150 × 21/31 are unpaid: 101.6.
    expect(team.given).toBe(150 + 49)
    team.pass(month - 11 * day)
    team.follow({ planId: 'team', seats: 2, anchor: start + 10 * day + hour, paidThrough: team.now + 20 * day })
    expect(team.given).toBeLessThanOrEqual(150 + 49 + 150)
  })

  test('add-on units that were refunded with a subscription are not there again with the next', () => {
    const team = subscriber({ addOnUnits: 2 })
    for (let turn = 0; turn < 3; turn += 1) {
      team.spendAll()
      team.cancel(true)
      team.pass(1000)
      team.follow({ planId: 'team', addOnUnits: 2, anchor: team.now, paidThrough: team.now + month })
    }
    expect(team.given).toBe(550)
  })

  test('a trial after a trial that was cancelled gives nothing again', () => {
    const team = new PlanTeam(atOnce, start)
    for (let turn = 0; turn < 4; turn += 1) {
      team.follow({ planId: 'team', anchor: team.now + 14 * day, paidThrough: team.now + 14 * day })
      team.spendAll()
      team.cancel(true)
      team.pass(1000)
    }
    expect(team.used).toBe(150)
  })

  test('a trial in between makes nothing good that was given back', () => {
    const team = subscriber()
    team.spendAll()
    team.cancel(true)
    team.pass(1000)
    const end = team.now + 10 * day
    team.follow({ planId: 'team', anchor: end, paidThrough: end })
    expect(team.given).toBe(150)
    team.cancel(true)
    team.pass(1000)
    team.follow({ planId: 'team', anchor: team.now, paidThrough: team.now + month })
    expect(team.given).toBe(150)
  })

  test('a trial in between that is paid for at its end makes nothing good either', () => {
    const team = subscriber({ addOnUnits: 1 })
    team.spendAll()
    team.cancel(true)
    team.pass(1000)
    const end = team.now + day
    team.follow({ planId: 'team', addOnUnits: 1, anchor: end, paidThrough: end })
    team.pass(day)
    team.follow({ planId: 'team', addOnUnits: 1, anchor: end, paidThrough: end + month })
    // A day of the first month was paid for by then.
    expect(team.given).toBeLessThanOrEqual(350 + 13)
    team.pass(month)
    team.follow({ planId: 'team', addOnUnits: 1, anchor: end, paidThrough: end + 2 * month })
    expect(team.available).toBe(350)
  })

  test('a trial that is paid for early has the whole month that is paid', () => {
    const team = new PlanTeam(atOnce, start)
    team.follow({ planId: 'team', anchor: start + 14 * day, paidThrough: start + 14 * day })
    team.spendAll()
    team.pass(3 * day)
    team.follow({ planId: 'team', anchor: team.now, paidThrough: team.now + month })
    expect(team.available).toBe(150)
  })

  test.each(['later', 'at-once'])(
    'an allowance that the catalog calls otherwise deposits no second week: %s',
    (changes) => {
      const planChanges = changes === 'later' ? 'next-deposit' : 'at-once'
      const named = (id: string, credits = 100) => catalog(weeks(id, credits), `planChanges: ${planChanges}`)
      const team = new PlanTeam(named('week'), start)
      team.assign('weekly', 1)
      team.spendAll()
      team.pass(day)
      for (const id of ['weekly', 'week', 'third', 'weekly']) {
        team.publish(named(id))
        team.assign('weekly', 1)
      }
      expect(team.given).toBe(100)
      team.pass(7 * day)
      expect(team.given).toBe(200)
    },
  )

  test('ten turns of seats without spending leave what there was', () => {
    const team = teamOn('team')
    for (let turn = 0; turn < 10; turn += 1) {
      team.pass(17 * 60_000 + 13)
      team.assign('team', 2)
      team.assign('team', 1)
    }
    expect(team.available).toBe(150)
  })

  test('a fraction of a credit a seat stays what it is', () => {
    const team = teamOn('small')
    team.pass(day)
    for (let turn = 0; turn < 5; turn += 1) {
      team.assign('small', 2)
      expect(team.available).toBeCloseTo(0.6, 6)
      team.assign('small', 1)
      expect(team.available).toBeCloseTo(0.3, 6)
    }
  })

  test('seats that come one by one give what they give together', () => {
    const [one, other] = [teamOn('team'), teamOn('team')]
    for (const team of [one, other]) team.pass(10 * day + 7)
    for (let seats = 2; seats <= 9; seats += 1) one.assign('team', seats)
    other.assign('team', 9)
    expect(one.given).toBe(other.given)
  })

  test('a plan left for none and taken again gives its period once', () => {
    for (const one of [atOnce, later]) {
      const team = teamOn('team', { catalog: one })
      for (let turn = 0; turn < 5; turn += 1) {
        for (const plan of ['none', 'team']) {
          team.spendAll()
          team.assign(plan, 1)
        }
      }
      expect(team.used).toBe(150)
    }
  })

  test('more seats were paid than are bought again: the difference is not given twice', () => {
    const team = subscriber({ seats: 10 })
    team.spendAll()
    team.cancel(true)
    team.pass(1000)
    for (const seats of [1, 10]) {
      team.follow({ planId: 'team', seats, anchor: start + 1000, paidThrough: start + month })
      team.spendAll()
    }
    expect(team.used).toBe(1500)
  })

  test('fewer seats take back what the month deposited, not what a year of the same id left that ends with it', () => {
    const planOf = (id: string, terms: string) =>
      catalog(
        `
  - { id: ${id}, name: Plan, topUp: true, allowances: [{ id: base, ${terms} }] }
`,
        'planChanges: at-once',
      )
    const team = new PlanTeam(planOf('year', 'credits: 1200, every: YEAR'), Date.parse('2026-12-16T12:00:00Z'))
    team.assign('year', 1)
    team.publish(planOf('larger', 'credits: 2400, every: YEAR'))
    team.assign('larger', 1)
    team.publish(planOf('month', 'credits: 100, every: MONTH, perSeat: true'))
    team.assign('month', 2)
    expect(team.grants).toMatchObject({ 'plan:month:base:2026-12-01:2': 200 })
    const before = team.grants
    team.assign('month', 1)
    expect(team.grants).toEqual({ ...before, 'plan:month:base:2026-12-01:2': 150 })
  })

  test('at the next period everything is given anew', () => {
    const team = teamOn('team')
    team.assign('team', 2)
    team.spendAll()
    team.assign('team', 1)
    team.pass(month)
    expect(team.available).toBe(150)
    team.assign('team', 2)
    expect(team.available).toBe(300)
  })
})
