import { describe, expect, test } from 'vitest'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import type { ImportedGrant, ImportTeam } from '../../src/domain/decisions/command.ts'
import { scopeOf } from '../../src/domain/grant-scope.ts'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const day = 86_400_000
const now = Date.parse('2026-12-03T12:00:00Z')
const instant = (text: string) => Date.parse(text)
const plans = `
  - { id: week, name: Week, topUp: true, allowances: [{ id: week, credits: 100, every: WEEK, rollover: full }] }
  - { id: month, name: Month, topUp: true, allowances: [{ id: base, credits: 300, every: MONTH, anchor: subscription, perSeat: true }] }
  - { id: both, name: Both, topUp: true, allowances: [{ id: week, credits: 100, every: WEEK }, { id: base, credits: 300, every: MONTH }] }
  - { id: bare, name: Bare, topUp: true, allowances: [] }
`
const catalog = catalogWith(plans)
const monday = instant('2026-12-07T00:00:00Z')

const grant = (source: string, credits: number, given: Partial<ImportedGrant> = {}): ImportedGrant => ({
  ...{ source, amount: BigInt(credits) * MICRO, kind: 'PACKAGE', startsAt: null, expiresAt: null },
  ...given,
})
const rest = (credits: number, given: Partial<ImportedGrant> = {}) =>
  grant('old:allowance', credits, { kind: 'INCLUDED', ...given })
const command = (planId: string, grants: ImportedGrant[], given: Partial<ImportTeam> = {}): ImportTeam => ({
  ...{ kind: 'import-team', planId, teamName: null, seats: 1, interval: null, anchor: null, grants },
  ...given,
})
const fresh = () => new PlanTeam(catalog, now)
const imported = (planId: string, grants: ImportedGrant[], given: Partial<ImportTeam> = {}) => {
  const team = fresh()
  expect(team.ask(command(planId, grants, given))).toEqual({ kind: 'imported', created: true, grants: grants.length })
  return team
}
const grantOf = (team: PlanTeam, source: string) => team.account.grants.find((one) => one.source === source)

describe('a team that moves in', () => {
  test('has its plan, seats and name, and its grants with their own dates', () => {
    const dates = { startsAt: instant('2026-01-01T00:00:00Z'), expiresAt: instant('2027-01-01T00:00:00Z') }
    const team = imported('week', [grant('old:1', 50, dates), grant('old:2', 7)], { teamName: 'Acme', seats: 3 })
    expect(team.account).toMatchObject({ name: 'Acme', planId: 'week', seats: 3, available: 57n * MICRO })
    expect(grantOf(team, 'old:1')).toMatchObject({ kind: 'PACKAGE', granted: 50n * MICRO, ...dates })
    expect(grantOf(team, 'old:2')).toMatchObject({ startsAt: now, expiresAt: null })
  })

  test('gets no deposit for the running period, and the next one as the plan says', () => {
    const team = imported('week', [])
    expect(team.grants).toEqual({})
    team.pass(4 * day)
    expect(team.grants).toEqual({ 'plan:week:2026-12-07': 100 })
  })

  test('counts its periods from the anchor', () => {
    const team = imported('month', [], { anchor: instant('2025-03-20T08:00:00Z'), seats: 2 })
    team.pass(16 * day)
    expect(team.grants).toEqual({})
    team.pass(day)
    expect(team.grants).toEqual({ 'plan:month:base:2026-12-20': 600 })
  })

  test('keeps what is left of the running allowance to the end of the period, and carries it over', () => {
    const team = imported('week', [rest(30)])
    expect(grantOf(team, 'old:allowance')).toMatchObject({
      ...{ startsAt: instant('2026-11-30T00:00:00Z'), expiresAt: monday, allowance: { id: 'week', period: 0 } },
    })
    team.pass(4 * day)
    expect(team.grants).toEqual({
      ...{ 'old:allowance': 30, 'plan:week:2026-12-07': 100, 'plan:week:2026-12-07:rollover': 30 },
    })
    expect(team.available).toBe(130)
  })

  test('says which of several allowances a grant is left of by its end', () => {
    const team = imported('both', [rest(30, { expiresAt: instant('2027-01-01T00:00:00Z') })])
    expect(grantOf(team, 'old:allowance')?.allowance).toEqual({ id: 'base', period: 0 })
    expect(() => fresh().ask(command('both', [rest(30)]))).toThrow(/grants\.0\.expiresAt: the plan has several/)
  })

  describe('with two allowances whose periods end together', () => {
    const end = { expiresAt: instant('2027-02-01T00:00:00Z') }
    const [small, large] = [rest(60, { ...end, source: 'small' }), rest(250, { ...end, source: 'large' })]
    const opened = (...grants: ImportedGrant[]) => {
      const team = new PlanTeam(catalog, instant('2027-01-29T12:00:00Z'))
      team.ask(command('both', grants))
      return ['small', 'large'].map((source) => grantOf(team, source)?.allowance?.id)
    }

    test('gives each its own rest, in any order', () => {
      expect(opened(small, large)).toEqual(['week', 'base'])
      expect(opened(large, small)).toEqual(['week', 'base'])
      expect(opened(large)).toEqual([undefined, 'base'])
      expect(opened(small)).toEqual(['week', undefined])
      expect(opened({ ...small, startsAt: instant('2027-01-01T00:00:00Z') })).toEqual(['base', undefined])
    })

    test('refuses more grants than periods, and more than the periods deposit', () => {
      const third = rest(1, { ...end, source: 'third' })
      expect(() => opened(small, large, third)).toThrow(/grants\.2\.expiresAt: .*their sum/)
      expect(() => opened(large, { ...small, amount: 101n * MICRO })).toThrow(/grants\.1\.amount: .*deposits 100/)
      expect(() => opened({ ...large, amount: 301n * MICRO })).toThrow(/grants\.0\.amount: .*deposits 300/)
    })
  })

  test('keeps an INCLUDED grant with another end as it is', () => {
    const expiresAt = instant('2026-12-24T00:00:00Z')
    expect(grantOf(imported('week', [rest(500, { expiresAt })]), 'old:allowance')).toMatchObject({
      ...{ expiresAt, allowance: null, startsAt: now },
    })
    expect(grantOf(imported('bare', [rest(500)]), 'old:allowance')).toMatchObject({ expiresAt: null, allowance: null })
  })
})

describe('a subscription with the same anchor that is followed afterwards', () => {
  const ends = '2026-12-20T08:00:00Z'
  test.each(
    ['UTC', 'America/New_York', 'Europe/Berlin', 'Pacific/Auckland'].flatMap((timeZone) =>
      ['2025-03-20T08:00:00Z', '2026-07-20T08:00:00Z', '2026-11-20T08:00:00Z'].flatMap((anchor) =>
        ['next-deposit', 'at-once'].map((changes) => [timeZone, anchor, changes] as const),
      ),
    ),
  )('deposits nothing in the running period, in %s from %s with changes %s', (timeZone, text, changes) => {
    const anchor = instant(text)
    const team = new PlanTeam(catalogWith(plans, `timeZone: ${timeZone}\nplanChanges: ${changes}`), now)
    team.ask(command('month', [rest(120, { expiresAt: instant(ends) })], { anchor }))
    expect(grantOf(team, 'old:allowance')?.allowance?.id).toBe('base')
    team.pass(day)
    team.follow({ planId: 'month', anchor, paidThrough: instant(ends) })
    expect(team.grants).toEqual({ 'old:allowance': 120 })
    team.now = instant(ends)
    team.follow({ planId: 'month', anchor, paidThrough: instant('2027-01-20T08:00:00Z') })
    expect(team.grants).toEqual({ 'old:allowance': 120, 'plan:month:base:2026-12-20': 300 })
  })
})

describe('a team that is not imported', () => {
  const long = 'x'.repeat(201)
  test.each([
    ['an unknown plan', command('none', []), /There is no plan 'none'/],
    ['no seat', command('week', [], { seats: 0 }), /seats: .*give 1 to 100000/],
    ['a long name', command('week', [], { teamName: long }), /name: not usable/],
    ['no amount', command('week', [grant('a', 0)]), /grants\.0\.amount: .*leave out what is used up/],
    ['too large a sum', command('week', [grant('a', 9_000_000_000_000), grant('b', 1)]), /grants\.1\.amount/],
    ['an expired grant', command('week', [grant('a', 1, { expiresAt: now })]), /grants\.0\.expiresAt: .*expired/],
    ['a later start', command('week', [grant('a', 1, { startsAt: now + 1 })]), /grants\.0\.startsAt: .*createContract/],
    ['a source twice', command('week', [grant('a', 1), grant('a', 1)]), /grants\.1\.source: a is in this import twice/],
    ['a long source', command('week', [grant(long, 1)]), /grants\.0\.source: not usable/],
    ['a reserved source', command('week', [grant('plan:x', 1)]), /grants\.0\.source: sources that begin with plan:/],
    ['more than the plan deposits', command('week', [rest(101)]), /grants\.0\.amount: the plan deposits 100/],
    [
      'two parts of a period',
      command('week', [rest(1), rest(1, { source: 'b' })]),
      /grants\.1\.expiresAt: .*their sum/,
    ],
  ])('has %s', (_, asked, problem) => {
    expect(() => fresh().ask(asked)).toThrow(problem)
  })
})

describe('an import that is repeated', () => {
  const dated = grant('old:1', 50, { expiresAt: monday })
  const whole = command('week', [rest(30), dated])

  test('posts nothing, also when its grants have ended', () => {
    const team = imported('week', [rest(30), dated])
    for (const ms of [0, day, 30 * day]) {
      team.pass(ms)
      const { given } = team
      expect(team.ask(whole)).toEqual({ kind: 'imported', created: false, grants: 0 })
      expect(team.given).toBe(given)
    }
  })

  test('posts the grants that are new', () => {
    const team = imported('week', [dated])
    const more = command('week', [dated, grant('old:2', 7)], { teamName: 'another name' })
    expect(team.ask(more)).toEqual({ kind: 'imported', created: false, grants: 1 })
    expect(team.account).toMatchObject({ name: 'team', available: 57n * MICRO })
  })

  test.each([
    ['amount', { ...dated, amount: 49n * MICRO }, /grants\.0\.amount: .*a grant with 50, and this says 49/],
    ['kind', { ...dated, kind: 'PROMOTION' as const }, /grants\.0\.kind: .*with PACKAGE, and this says PROMOTION/],
    ['start', { ...dated, startsAt: now - 1 }, /startsAt: .*2026-12-03T12:00:00.000Z, and this says 2026-12-03T11:59/],
    ['end', { ...dated, expiresAt: null }, /expiresAt: .*with 2026-12-07T00:00:00.000Z, and this says none/],
  ])('with another %s says the difference', (_, other, problem) => {
    expect(() => imported('week', [dated]).ask(command('week', [other]))).toThrow(problem)
  })

  test('with a source that has deposited a scoped grant says so', () => {
    const team = imported('week', [])
    const { source, amount } = dated
    team.ask({
      kind: 'grant-credits',
      amount,
      grantKind: 'PACKAGE',
      expiresAt: monday,
      source,
      scope: scopeOf(['all'], []),
    })
    expect(() => team.ask(command('week', [dated]))).toThrow(
      /grants\.0\.source: .*has deposited a grant with a scope.*another source/,
    )
  })

  test.each([
    ['plan', command('month', []), /planId: the team exists and is on the plan 'week'/],
    ['number of seats', command('week', [], { seats: 2 }), /seats: the team exists, and its number of seats is 1/],
    ['allowance', command('week', [rest(5)]), /grants\.0\.kind: the team exists, with the deposits of its plan/],
  ])('with another %s changes nothing', (_, asked, problem) => {
    expect(() => imported('week', [dated]).ask(asked)).toThrow(problem)
  })

  test('with another anchor changes nothing', () => {
    const anchor = instant('2025-03-20T08:00:00Z')
    const team = imported('month', [], { anchor })
    expect(team.ask(command('month', [], { anchor }))).toMatchObject({ created: false })
    expect(() => team.ask(command('month', [], { anchor: anchor + day }))).toThrow(/anchor: .*another anchor/)
  })
})

test('a team with 2,000 open grants takes no more, and those that it has may be repeated', () => {
  const team = imported('bare', [])
  const chunk = (number: number) => Array.from({ length: 100 }, (_, index) => grant(`old:${number}:${index}`, 1))
  for (let number = 0; number < 20; number += 1)
    expect(team.ask(command('bare', chunk(number)))).toMatchObject({ grants: 100 })
  const next = command('bare', [grant('old:0:0', 1), grant('new', 1)])
  expect(() => team.ask(next)).toThrow('grants.1: the team has 2000 open grants already')
  expect(team.ask(command('bare', chunk(0)))).toMatchObject({ kind: 'imported', grants: 0 })
})
