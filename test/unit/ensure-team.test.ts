import { describe, expect, test } from 'vitest'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const day = 86_400_000
const start = Date.parse('2026-12-03T12:00:00Z')
const plans = `
  - { id: free, name: Free, topUp: true, allowances: [{ id: week, credits: 500, every: WEEK }] }
  - { id: pro, name: Pro, topUp: true, allowances: [{ id: week, credits: 10000, every: WEEK }] }
  - { id: seats, name: Seats, topUp: true, allowances: [{ id: week, credits: 400, every: WEEK, perSeat: true }] }
  - { id: other, name: Other, topUp: true, allowances: [{ id: another, credits: 3000, every: WEEK }] }
  - { id: month, name: Month, topUp: true, allowances: [{ id: month, credits: 3000, every: MONTH, anchor: subscription }] }
`
const month = 31 * day

describe.each(['next-deposit', 'at-once'])('a team that was opened by its first request: %s', (planChanges) => {
  const catalog = catalogWith(plans, `timeZone: UTC\nplanChanges: ${planChanges}\ndefaultPlan: free`)
  const both = (act: (team: PlanTeam) => void) => {
    const [opened, fresh] = [new PlanTeam(catalog, start), new PlanTeam(catalog, start)]
    opened.ask({ kind: 'open-team' })
    opened.spend(20)
    for (const team of [opened, fresh]) {
      team.now += 1000
      act(team)
    }
    return { opened, fresh }
  }

  test.each([
    ['pro', 1],
    ['seats', 3],
    ['seats', 1],
    ['other', 1],
    ['month', 1],
    ['free', 1],
  ])('is on the plan %s for %i seats as if that had been assigned first', (plan, seats) => {
    const { opened, fresh } = both((team) => team.assign(plan, seats))
    expect(opened.given).toBe(Math.max(fresh.given, 500))
    for (const team of [opened, fresh]) team.pass(7 * day)
    expect(opened.given - fresh.given).toBe(Math.max(0, 500 - seats * (plan === 'seats' ? 400 : 500)))
  })

  test('has all that its first subscription pays for beside what it began with', () => {
    const { opened, fresh } = both((team) =>
      team.follow({ planId: 'month', anchor: team.now, paidThrough: team.now + month }),
    )
    expect(opened.given).toBe(fresh.given + 500)
  })

  test('turns to and fro give nothing twice', () => {
    const { opened } = both((team) => team.assign('pro', 1))
    for (const plan of ['free', 'pro', 'other', 'pro', 'free', 'pro']) {
      opened.spendAll()
      opened.assign(plan, 1)
    }
    expect(opened.used).toBeLessThanOrEqual(planChanges === 'at-once' ? 10_000 : 13_000)
  })
})

test('W2: from its second week on it is as any other team', () => {
  const team = new PlanTeam(catalogWith(plans, 'timeZone: UTC\ndefaultPlan: free'), start)
  team.ask({ kind: 'open-team' })
  team.pass(7 * day)
  team.assign('pro', 1)
  expect(team.given).toBe(1000)
  team.pass(7 * day)
  expect(team.given).toBe(11_000)
})
