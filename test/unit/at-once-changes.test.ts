import { describe, expect, test } from 'vitest'
import { rulesOf } from '../../src/catalog/rules.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { grantId } from '../../src/domain/identity.ts'
import { contextAt } from '../../src/domain/rules.ts'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const day = 86_400_000
const start = Date.parse('2026-12-01T12:00:00Z')
const month = 31 * day

const monthOf = (credits: number, given = '') =>
  `{ id: month, credits: ${credits}, every: MONTH, anchor: subscription${given} }`
const plans = `
  - { id: free, name: Free, topUp: true, allowances: [${monthOf(16)}] }
  - { id: team, name: Team, topUp: true, allowances: [${monthOf(150, ', perSeat: true')}] }
  - { id: large, name: Large, topUp: true, allowances: [${monthOf(300)}] }
  - { id: other, name: Other, topUp: true, allowances: [{ id: another, credits: 150, every: MONTH, anchor: subscription }] }
  - { id: none, name: None, topUp: true, allowances: [] }
`
const catalogOf = (settings: string, of = plans) => catalogWith(of, `timeZone: UTC\ndefaultPlan: free\n${settings}`)
const [atOnce, later] = [catalogOf('planChanges: at-once'), catalogOf('')]

type Act = (team: PlanTeam) => void
const to =
  (plan: string, seats = 1): Act =>
  (team) =>
    team.assign(plan, seats)
const spend =
  (percent: number): Act =>
  (team) =>
    team.spend(percent)
const wait =
  (days: number): Act =>
  (team) =>
    team.pass(days * day)
function life(catalog: typeof atOnce, ...acts: Act[]) {
  const team = new PlanTeam(catalog, start)
  for (const act of acts) act(team)
  return team
}
const [halfMonth, all] = [wait(15.5), spend(100)]

describe('a change that counts at once gives and takes in proportion to the rest of the period', () => {
  test.each<[string, Act[], given: number, available: number]>([
    ['a second seat at the begin gives a whole one', [to('team'), to('team', 2)], 300, 300],
    ['a second seat after a half gives a half', [to('team'), halfMonth, to('team', 2)], 225, 225],
    ['a larger plan after a half gives half of the difference', [to('team'), halfMonth, to('large')], 225, 225],
    ['a larger plan gives the same if all was spent', [to('team'), all, halfMonth, to('large')], 225, 75],
    ['a seat less takes its part back', [to('team', 3), to('team')], 150, 150],
    ['a seat less after a half takes a half back', [to('team', 2), halfMonth, to('team')], 225, 225],
    ['a seat less takes what is left, if that is less', [to('team', 3), spend(50), to('team')], 225, 0],
    ['a seat less takes nothing, if all was spent', [to('team', 3), all, to('team')], 450, 0],
    ['seats that come back give what was taken', [to('team', 3), spend(50), to('team'), to('team', 3)], 450, 225],
    [
      'seats that come back give nothing, if nothing was taken',
      [to('team', 3), all, to('team'), to('team', 3)],
      450,
      0,
    ],
    [
      'seats that were added are taken back from what they gave, too',
      [to('team'), to('team', 3), to('team')],
      150,
      150,
    ],
    ['what two changes gave is taken back', [to('team'), to('team', 2), to('team', 3), spend(20), to('team')], 150, 60],
    ['the same plan again changes nothing', [to('team', 2), halfMonth, to('team', 2)], 300, 300],
    ['a plan without credits takes the rest back', [to('team'), halfMonth, to('none')], 75, 75],
    ['a plan without credits takes everything back at the begin', [to('team'), to('none')], 0, 0],
    ['the plan that the team left gives the rest again', [to('team'), halfMonth, to('none'), to('team')], 150, 150],
    [
      'the plan that the team left gives the rest that is then left',
      [to('team'), wait(6.2), to('none'), wait(9.3), to('team')],
      105,
      105,
    ],
    ['another plan gives less by what could not be taken back', [to('team'), all, halfMonth, to('other')], 225, 75],
    ['another plan gives all, if the rest was taken back', [to('team'), halfMonth, to('other')], 225, 225],
    ['another plan in the same period gives nothing more', [to('team'), all, to('other')], 150, 0],
    ['the first plan is not paid for: nothing of it is taken back', [to('free'), to('none')], 16, 16],
    ['the first plan does not count against another one', [to('free'), all, halfMonth, to('other')], 166, 150],
  ])('%s', (_, acts, given, available) => {
    const team = life(atOnce, ...acts)
    expect([team.given, team.available]).toEqual([given, available])
  })

  test('and each next period deposits by the plan that the team is on', () => {
    for (const acts of [
      [to('team', 3), all, to('team')],
      [to('team'), halfMonth, to('none'), to('team')],
      [to('other'), to('team')],
    ]) {
      const team = life(atOnce, ...acts)
      team.pass(month - (team.now - start))
      expect(team.available).toBe(150)
    }
  })

  test('and leaves credits of other kinds, and of other ends', () => {
    const gift =
      (expiresAt: number | null, source: string): Act =>
      (team) =>
        team.ask({ kind: 'grant-credits', amount: 5_000_000n, grantKind: 'PROMOTION', expiresAt, source })
    const team = life(atOnce, to('team'), gift(null, 'one'), gift(start + month, 'two'), to('none'))
    expect(team.grants).toMatchObject({ one: 5, two: 5 })
    expect(team.available).toBe(10)
  })

  test('and posts nothing where nothing is given or taken', () => {
    const team = life(atOnce, to('team', 3), all)
    const { revision } = team.account
    team.assign('team', 1)
    expect(team.account.revision).toBe(revision)
  })

  test('and names what a change gives by its period and place', () => {
    const team = life(atOnce, to('team'), halfMonth, to('large'))
    expect(Object.keys(team.grants)).toEqual(['plan:team:month:2026-12-01', 'plan:large:month:2026-12-01:change:2'])
    expect(team.account.grants).toMatchObject([
      { expiresAt: start + month },
      { startsAt: team.now, expiresAt: start + month, kind: 'INCLUDED' },
    ])
  })

  test('and notes how much of each grant was taken back', () => {
    const team = life(atOnce, to('team'), to('team', 2), spend(50), halfMonth, to('none'))
    const kept = team.account.grants.map(({ revoked, clawedBack }) => [revoked, clawedBack])
    expect(kept).toEqual([
      [0n, 0n],
      [150_000_000n, 150_000_000n],
    ])
  })
})

describe('a change that counts later', () => {
  test.each<[string, Act[], given: number]>([
    ['gives nothing in the period', [to('team'), halfMonth, to('team', 3)], 150],
    ['takes nothing in the period', [to('team', 3), halfMonth, to('team')], 450],
    ['leaves what a plan gave that the team left', [to('team'), halfMonth, to('none')], 150],
    ['gives nothing twice if the plan is taken again', [to('team'), all, to('none'), to('team')], 150],
    [
      'gives nothing more for more seats when the plan is taken again',
      [to('team'), all, to('none'), to('team', 2)],
      150,
    ],
    ['gives all of another plan', [to('team'), all, halfMonth, to('other')], 300],
    ['gives nothing of another plan twice', [to('team'), halfMonth, to('other'), to('team'), to('other')], 300],
    [
      'gives nothing more of another plan with the same period',
      [to('team'), to('other'), to('team'), to('other')],
      150,
    ],
  ])('%s', (_, acts, given) => {
    expect(life(later, ...acts).given).toBe(given)
  })

  test('counts from the next period on', () => {
    const team = life(later, to('team'), halfMonth, to('team', 3))
    team.pass(month / 2)
    expect(team.available).toBe(450)
  })
})

describe('an allowance that the catalog calls otherwise', () => {
  const named = (id: string, credits: number, settings: string) =>
    catalogOf(
      settings,
      `${plans}  - { id: weekly, name: Weekly, topUp: true, allowances: [{ id: ${id}, credits: ${credits}, every: WEEK }] }\n`,
    )
  const renamed = (settings: string, ...names: [string, number][]) => {
    const [[first, credits] = ['week', 100], ...others] = names
    const team = new PlanTeam(named(first, credits, settings), start)
    team.assign('weekly', 1)
    for (const [id, amount] of others) {
      team.publish(named(id, amount, settings))
      team.assign('weekly', 1)
    }
    return team
  }
  const monday = Date.parse('2026-12-07T00:00:00Z')
  /** The rest of the first week, as a part of it. */
  const rest = (monday - start) / (7 * day)

  test.each<[string, string, [string, number][], number]>([
    [
      'goes on with its period',
      'planChanges: at-once',
      [
        ['week', 100],
        ['woche', 100],
      ],
      100,
    ],
    [
      'goes on with it under a third name',
      'planChanges: at-once',
      [
        ['week', 100],
        ['woche', 100],
        ['semaine', 100],
      ],
      100,
    ],
    [
      'goes on with it under its first name',
      'planChanges: at-once',
      [
        ['week', 100],
        ['woche', 100],
        ['week', 100],
      ],
      100,
    ],
    [
      'gives what it has more',
      'planChanges: at-once',
      [
        ['week', 100],
        ['woche', 200],
      ],
      100 + Math.ceil(100 * rest),
    ],
    [
      'takes what it has less',
      'planChanges: at-once',
      [
        ['week', 100],
        ['woche', 60],
      ],
      100 - Math.floor(40 * rest),
    ],
    [
      'takes back what it gave under each name',
      'planChanges: at-once',
      [
        ['week', 100],
        ['woche', 200],
        ['week', 100],
      ],
      100,
    ],
    [
      'deposits what it has more as a whole where changes count later: it is another one',
      '',
      [
        ['week', 100],
        ['woche', 200],
        ['week', 100],
      ],
      200,
    ],
  ])('%s', (_, settings, names, given) => {
    const team = renamed(settings, ...names)
    expect(team.given).toBe(given)
    const [, credits] = names.at(-1) ?? ['', 0]
    team.pass(monday - team.now)
    expect(team.available).toBe(credits)
  })
})

test('seats give no more than 2,000 open grants, and fewer can be set', () => {
  const { account, now } = life(atOnce, to('team', 2))
  const [first] = account.grants
  if (first === undefined) throw new Error('The plan has deposited nothing')
  const rules = rulesOf(atOnce)
  const context = contextAt({ rulesAt: () => rules, cardOf: () => rules.card }, now)
  const seated = (seats: number, source: string) => {
    const one = (index: number) => ({ ...first, id: grantId(index + 1), source: `${source}${index}` })
    const grants = Array.from({ length: 2_000 }, (_, index) => one(index))
    const full = { ...account, grants, available: first.available * 2_000n, revision: 2_000 }
    const choice = { planId: 'team', teamName: null, seats, interval: null, anchor: null } as const
    return decide(full, { kind: 'assign-plan', ...choice }, {}, context).outcome
  }
  const message = expect.stringContaining('2000 open grants')
  expect(seated(3, 'plan:')).toMatchObject({ failure: { code: 'INVALID_INPUT', path: ['seats'], message } })
  expect(seated(1, 'plan:')).toEqual({ kind: 'done' })
  expect(seated(3, 'bought:')).toEqual({ kind: 'done' })
})
