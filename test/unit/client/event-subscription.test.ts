import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { eventSubscription } from '../../../web/client/event-subscription.ts'

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
const expectValid = (query: string) => expect(validate(schema, parse(query)), query).toEqual([])

const found = (query: string, operationName?: string) => {
  const subscription = eventSubscription(query, operationName)
  if (subscription === null) throw new Error(`Not found in ${query}`)
  expectValid(subscription.query)
  expectValid(subscription.placeQuery)
  return subscription
}

describe('a document gets the id of each event and a variable as `after`', () => {
  test.each([
    'subscription { accountEvents { type } }',
    'subscription Events { accountEvents { type } }',
    'subscription accountEvents { accountEvents { type } }',
    'subscription Events($locale: String = "en", $team: ID) { accountEvents(teamId: $team) { balance { label(locale: $locale) } } }',
    'subscription($after:ID){news:accountEvents(after:$after){id,type}}',
    'subscription { accountEvents(after: null, teamId: "acme") { type } }',
    'subscription{accountEvents(after:"1"teamId:"acme"){type}}',
    'subscription { accountEvents(after: "a \\"quoted\\" { id") { type } }',
    'subscription { ...on Subscription { accountEvents { type } } }',
    'subscription { ...accountEvents } fragment accountEvents on Subscription { accountEvents { type } }',
    'query Now { team { id } } subscription Later { accountEvents { type } }',
    '# accountEvents { }\nsubscription { # "\n accountEvents { type } }',
    'subscription ($skip: Boolean = false) { accountEvents { ...F } } fragment F on AccountEvent { activity @skip(if: $skip) { id } }',
  ])('%s', (query) => {
    expectValid(query)
    const { query: written, after, field } = found(query)
    expect(written).toContain('_resumeId: id')
    expect(written.replaceAll(' ', '')).toContain(`after:$${after}`)
    expect(field).toBe(query.includes('news') ? 'news' : 'accountEvents')
  })
})

test('a variable of the document is used as it is', () => {
  const query =
    'subscription ($from: ID, $locale: String) { accountEvents(after: $from) { balance { label(locale: $locale) } } }'
  expect(found(query)).toMatchObject({ after: 'from', writtenAfter: undefined, hasDefault: false })
  expect(found(query.replace('$from: ID', '$from: ID = "1"'))).toMatchObject({ after: 'from', hasDefault: true })
  expect(found(query.replace('String', 'String = "de"'))).toMatchObject({ hasDefault: false })
})

test('an `after` that is written into the document is the first one', () => {
  const written = (after: string) => found(`subscription { accountEvents(after: ${after}) { type } }`).writtenAfter
  expect(written('"3-1"')).toBe('3-1')
  expect(written('12')).toBe('12')
  expect(written('null')).toBeNull()
  expect(found('subscription { accountEvents { type } }').writtenAfter).toBeNull()
})

test('the place is read of the same team', () => {
  const place = (query: string) => found(query).placeQuery
  expect(place('subscription { accountEvents { type } }')).toBe('query { team { lastEventId } }')
  expect(place('subscription { accountEvents(teamId: "acme") { type } }')).toBe(
    'query { team(id: "acme") { lastEventId } }',
  )
  const query = 'subscription ($team: ID = "acme", $after: ID) { accountEvents(after: $after, teamId: $team) { type } }'
  expect(place(query)).toBe('query($team: ID = "acme") { team(id: $team) { lastEventId } }')
  expect(found(query).teamVariable).toBe('team')
})

test.each([
  ['subscription { balance { available } }'],
  ['query accountEvents { team { id } }'],
  ['subscription { accountEvents: balance { available } }'],
  ['query Now { team { id } } subscription Later { accountEvents { type } }', 'Now'],
])('is none: %s', (query, operationName?: string) => {
  expectValid(query)
  expect(eventSubscription(query, operationName)).toBeNull()
})

test('several subscriptions in one document are refused', () => {
  const one = 'subscription A { accountEvents { type } }'
  expect(() => eventSubscription(`${one} subscription B { balance { available } }`)).toThrow(TypeError)
  expect(() =>
    eventSubscription('subscription { accountEvents { type } ...on Subscription { accountEvents { id } } }'),
  ).toThrow(TypeError)
})
