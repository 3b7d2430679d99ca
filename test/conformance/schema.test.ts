import { readFileSync } from 'node:fs'
import { buildSchema, findSchemaChanges, type GraphQLSchema, printSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/schema.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const contract = buildSchema(read('contract.graphql'))
const printed = printSchema(schema)

/** What a client of the contract would notice: everything but additions. Descriptions are requirements, so they count. */
function departures(ours: GraphQLSchema): string[] {
  const additions = /ADDED|^FIELD_CHANGED_KIND_SAFE$|^ARG_CHANGED_KIND_SAFE$/
  const isRequired = /^REQUIRED_/
  return findSchemaChanges(contract, ours)
    .filter(({ type }) => !additions.test(type) || isRequired.test(type))
    .map(({ type, description }) => `${type}: ${description}`)
}

const mutated = (from: string | RegExp, to: string) => {
  const text = printed.replace(from, to)
  expect(text).not.toBe(printed)
  return departures(buildSchema(text))
}

describe('the schema', () => {
  it('is printed in schema.graphql as it is served', () => {
    expect(`${printed}\n`, 'run `npm run print-schema`').toBe(read('../../schema.graphql'))
  })

  it('serves the whole contract, with its descriptions', () => {
    expect(departures(schema)).toEqual([])
  })

  it('would be caught removing, renaming or narrowing a part of it', () => {
    expect(mutated(/\n {2}shortfall: Credits!/, '')).toEqual([expect.stringMatching('^FIELD_REMOVED: .*shortfall')])
    expect(mutated('holdCredits(', 'reserveCredits(')).toContainEqual(expect.stringMatching('^FIELD_REMOVED'))
    expect(mutated(' | QuoteExpired', '')).toContainEqual(expect.stringMatching('^TYPE_REMOVED_FROM_UNION'))
    expect(mutated(/\n {2}EXHAUSTED\n/, '\n')).toContainEqual(expect.stringMatching('^VALUE_REMOVED_FROM_ENUM'))
    expect(mutated('count: Int = 1', 'count: Int = 2')).toContainEqual(expect.stringMatching('DEFAULT_VALUE_CHANGE'))
    expect(mutated('  quoteId: ID\n', '  quoteId: ID!\n')).not.toEqual([])
    expect(mutated('nextExpiry: Expiry', 'nextExpiry: String')).toContainEqual(
      expect.stringMatching('^FIELD_CHANGED_KIND'),
    )
    expect(mutated('  seats: Int!', '  seats: Int')).toContainEqual(expect.stringMatching('^FIELD_CHANGED_KIND'))
    expect(mutated('= IdempotencyConflict | PaymentActionRequired', '= IdempotencyConflict')).toContainEqual(
      expect.stringMatching('^TYPE_REMOVED_FROM_UNION: .*PurchaseCreditsResult'),
    )
    expect(mutated(/\n {2}autoRecharge: AutoRecharge!/, '')).toEqual([expect.stringMatching('^FIELD_REMOVED')])
    expect(mutated(' | NoPaymentMethod', '')).toContainEqual(expect.stringMatching('^TYPE_REMOVED_FROM_UNION'))
    expect(mutated('pay: PayWith = AUTO', 'pay: PayWith = CHECKOUT')).toContainEqual(
      expect.stringMatching('DEFAULT_VALUE_CHANGE'),
    )
    expect(mutated('returnUrl: String!, teamId: ID', 'returnUrl: String!, teamId: ID!')).toContainEqual(
      expect.stringMatching('^REQUIRED_ARG_ADDED'),
    )
    expect(mutated('Newest first.', 'In any order.')).toContainEqual(expect.stringMatching('^DESCRIPTION_CHANGED'))
  })

  it('may grow', () => {
    expect(mutated('  seats: Int!', '  seats: Int!\n  colour: String')).toEqual([])
  })
})
