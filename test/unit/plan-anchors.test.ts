import { describe, expect, test } from 'vitest'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const day = 86_400_000
const start = Date.parse('2026-12-01T12:00:00Z')
const catalog = catalogWith(
  `
  - { id: week, name: Week, topUp: true, allowances: [{ id: week, credits: 10000, every: WEEK }] }
  - { id: month, name: Month, topUp: true, allowances: [{ id: base, credits: 300, every: MONTH, anchor: subscription }] }
`,
  'timeZone: UTC',
)
const teamOn = (planId: string, anchor: string) => {
  const team = new PlanTeam(catalog, start)
  assign(team, planId, anchor)
  return team
}
const assign = (team: PlanTeam, planId: string, anchor: string) => team.assign(planId, 1, Date.parse(anchor))

describe('an anchor in the future', () => {
  test('has the period that runs before it', () => {
    expect(teamOn('week', '2026-12-04T09:00:00Z').grants).toEqual({ 'plan:week:2026-11-27': 10_000 })
    expect(teamOn('month', '2027-03-31T00:00:00Z').grants).toEqual({ 'plan:month:base:2026-11-30': 300 })
    expect(teamOn('week', '9999-12-31T00:00:00Z').available).toBe(10_000)
  })

  test('counts as it says before and behind it', () => {
    const team = teamOn('month', '2027-03-31T00:00:00Z')
    team.pass(130 * day)
    expect(Object.keys(team.grants)).toEqual([
      'plan:month:base:2026-11-30',
      'plan:month:base:2026-12-31',
      'plan:month:base:2027-01-31',
      'plan:month:base:2027-02-28',
      'plan:month:base:2027-03-31',
    ])
  })

  test('that is said again, before and behind it, begins nothing anew', () => {
    const team = teamOn('month', '2027-02-28T00:00:00Z')
    for (let turn = 0; turn < 7; turn += 1) {
      assign(team, 'month', '2027-02-28T00:00:00Z')
      team.pass(16 * day)
    }
    expect(Object.keys(team.grants)).toEqual([
      'plan:month:base:2026-11-28',
      'plan:month:base:2026-12-28',
      'plan:month:base:2027-01-28',
      'plan:month:base:2027-02-28',
    ])
  })

  test('on a day of which an hour is there twice is counted from all the same', () => {
    const berlin = catalogWith(
      `\n  - { id: week, name: Week, topUp: true, allowances: [{ id: week, credits: 100, every: WEEK, anchor: subscription }] }\n`,
      'timeZone: Europe/Berlin',
    )
    const team = new PlanTeam(berlin, start)
    assign(team, 'week', '2027-10-31T01:30:00Z')
    expect(team.available).toBe(100)
  })
})
