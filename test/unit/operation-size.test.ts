import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/schema/schema.ts'
import { sizeOf } from '../../src/schema/size.ts'

const cost = (query: string, variables: Record<string, unknown> = {}) =>
  sizeOf({ schema, document: parse(query), variables }).cost

const january = '2026-01-01T00:00:00Z'
const usage =
  'query ($to: DateTime!) { team { usage(from: "2026-01-01T00:00:00Z", to: $to, groupBy: [DAY, RATE]) { total } } }'
const activity =
  'query ($first: Int, $filter: ActivityFilter) { team { activity(first: $first, filter: $filter) { nodes { id } } } }'
const record = 'mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) { __typename } }'
const event = { usage: [{ rate: 'chat.input' }], idempotencyKey: 'k' }

test('the balance of another time costs more than that of now', () => {
  const now = cost('{ team { balance { held } } }')
  expect(cost(`{ team { balance(asOf: "${january}") { held } } }`)).toBeGreaterThan(100 * now)
  const query = 'query ($at: DateTime) { team { balance(asOf: $at) { held } } }'
  expect(cost(query)).toBe(now)
  expect(cost(query, { at: null })).toBe(now)
  expect(cost(query, { at: january })).toBeGreaterThan(100 * now)
})

test('usage costs by its days and dimensions', () => {
  const day = cost(usage, { to: '2026-01-02T00:00:00Z' })
  const month = cost(usage, { to: '2026-02-01T00:00:00Z' })
  const year = cost(usage, { to: '2027-01-01T00:00:00Z' })
  expect(month - day).toBeGreaterThanOrEqual(90)
  expect(year - month).toBeGreaterThan(10 * (month - day))
})

test('usage by hour costs by its rows, and usage by callers, references and tags by the entries that it reads', () => {
  const by = (groups: string) =>
    cost(
      `{ team { usage(from: "2026-01-01T00:00:00Z", to: "2026-01-11T00:00:00Z", ${groups}) { rows { credits count } } } }`,
    )
  const days = by('groupBy: [DAY]')
  expect(by('groupBy: [HOUR]')).toBeGreaterThan(20 * (days - 300))
  for (const groups of ['groupBy: [CALLER]', 'groupBy: [REFERENCE]', 'groupBy: [], groupByTags: ["project"]']) {
    expect(by(groups) - days).toBeGreaterThan(5_000)
  }
  expect(by('groupBy: [], groupByTags: []')).toBe(by('groupBy: []'))
})

test('a page costs by its size and its filter', () => {
  const small = cost(activity, { first: 1 })
  const large = cost(activity, { first: 100 })
  expect(large - small).toBeGreaterThanOrEqual(100)
  expect(cost(activity, { first: 100_000 })).toBe(large)
  expect(cost(activity, { first: 1, filter: { rate: 'chat.input' } })).toBe(small + 400)
})

test('a rehearsal costs by its events, its days and the grants that they pass, and the longest may be sent', () => {
  const query = 'query ($input: RehearsalInput!) { rehearsal(input: $input) { ours } }'
  const rehearsal = (type: string, { grants = 0, count = 1_000, at = january } = {}) =>
    cost(query, {
      input: {
        team: {
          ...{ teamId: 'acme', planId: 'free' },
          grants: Array.from({ length: grants }, (_, index) => ({ source: `${index}`, amount: '1', kind: 'PACKAGE' })),
        },
        startsAt: january,
        events: Array.from({ length: count }, (_, index) => ({
          ...{ id: `${index}`, at, type, amount: '1', balanceAfter: '1', kind: 'PROMOTION', source: `${index}` },
        })),
      },
    })
  expect(rehearsal('CHARGE', { grants: 100 }) - rehearsal('CHARGE')).toBe(1_000)
  expect(rehearsal('GRANT') - rehearsal('CHARGE')).toBe(10_000)
  const year = { grants: 100, count: 1, at: '2027-01-01T00:00:00Z' }
  expect(rehearsal('CHARGE', year) - rehearsal('CHARGE', { ...year, at: january })).toBe(2 * 365)
  expect(rehearsal('GRANT', { grants: 100, at: '2027-01-01T00:00:00Z' })).toBeLessThan(25_000)
})

test('events cost by their number, and 1,000 of them may be sent at once', () => {
  const events = (count: number) => cost(record, { events: Array.from({ length: count }, () => event) })
  expect(events(100) - events(10)).toBeGreaterThanOrEqual(450)
  expect(events(1_000)).toBeLessThan(25_000)
})

test('aliases, fragments and introspection are counted', () => {
  const aliases = Array.from({ length: 240 }, (_, index) => `a${index}: meteredUsage(month: "2026-01") { month }`)
  expect(cost(`{ team { ${aliases.join(' ')} } }`)).toBeGreaterThan(240_000)
  const spread = '{ team { ...f } } fragment f on Team { forecast { perDay } }'
  expect(cost(spread)).toBe(cost('{ team { forecast { perDay } } }'))
  expect(cost('{ __schema { types { name } } }')).toBeGreaterThan(1_000)
})

test('only the operation that is named is counted', () => {
  const document = parse('query a { __typename } query b { team { forecast { perDay } } }')
  expect(sizeOf({ schema, document, operationName: 'a' }).cost).toBe(1)
})

test('the groups of a team, their members and limits cost by the most that there can be', () => {
  const groups = (selection: string) => cost(`{ team { memberGroups { ${selection} } } }`)
  expect(groups('groupId name') - groups('groupId')).toBe(100)
  const members = (first: number) => groups(`members(first: ${first}) { nodes { memberId } }`)
  expect(members(100) - members(0)).toBeGreaterThanOrEqual(100 * 100)
  const limits = (selection: string) => cost(`{ team { spendingLimits { ${selection} } } }`)
  expect(limits('used credits') - limits('used')).toBe(100)
  expect(limits('group { groupId name }') - limits('group { groupId }')).toBe(300)
})

test('a limit costs a summing of usage where a new one may need it', () => {
  const set = 'mutation ($input: SpendingLimitInput!) { setSpendingLimit(input: $input) { __typename } }'
  const limit = (subject: object, credits: string | null = '5') =>
    cost(set, { input: { ...subject, per: 'DAY', credits } })
  expect(limit({ memberId: 'ana' })).toBeGreaterThanOrEqual(1_000)
  expect(limit({ callerId: 'backend' })).toBe(limit({ memberId: 'ana' }))
  expect(limit({ groupId: 'crew' })).toBeLessThan(100)
  expect(limit({ memberId: 'ana' }, null)).toBeLessThan(100)
})
