import { readFileSync } from 'node:fs'
import {
  buildSchema,
  findSchemaChanges,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  printSchema,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/schema.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const contractText = read('contract.graphql')
const printed = printSchema(schema)

type Described = { description?: string | null | undefined }

/** The contract's elements by their places in it. */
function* elementsOf(schema: GraphQLSchema): Generator<[place: string, element: Described]> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue
    yield [type.name, type]
    if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value]
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field]
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, field]
      for (const arg of field.args) yield [`${type.name}.${field.name}(${arg.name}:)`, arg]
    }
  }
}

/** The contract, with our descriptions where it has none: there it requires no certain words. */
function contractFor(ours: GraphQLSchema): GraphQLSchema {
  const contract = buildSchema(contractText)
  const known = new Map(elementsOf(ours))
  for (const [place, element] of elementsOf(contract)) element.description ??= known.get(place)?.description
  return contract
}

/**
 * The changes that a client of the contract would notice: all but additions. Descriptions are requirements, so they
 * count.
 */
function departures(ours: GraphQLSchema): string[] {
  const additions = /ADDED|^FIELD_CHANGED_KIND_SAFE$|^ARG_CHANGED_KIND_SAFE$/
  const isRequired = /^REQUIRED_/
  return findSchemaChanges(contractFor(ours), ours)
    .filter(({ type }) => !additions.test(type) || isRequired.test(type))
    .map(({ type, description }) => `${type}: ${description}`)
}

/** A line of a type with the description before it. */
const described = (line: string) => new RegExp(`\\n {2}"""(?:(?!""")[^])*"""\\n {2}${line}(?=\\n)`)

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
    expect(mutated(described('shortfall: Credits!'), '')).toEqual([
      expect.stringMatching('^FIELD_REMOVED: .*shortfall'),
    ])
    expect(mutated('holdCredits(', 'reserveCredits(')).toContainEqual(expect.stringMatching('^FIELD_REMOVED'))
    expect(mutated(' | QuoteExpired', '')).toContainEqual(expect.stringMatching('^TYPE_REMOVED_FROM_UNION'))
    expect(mutated(described('EXHAUSTED'), '')).toContainEqual(expect.stringMatching('^VALUE_REMOVED_FROM_ENUM'))
    expect(mutated('count: Int = 1', 'count: Int = 2')).toContainEqual(expect.stringMatching('DEFAULT_VALUE_CHANGE'))
    expect(mutated('  quoteId: ID\n', '  quoteId: ID!\n')).not.toEqual([])
    expect(mutated('nextExpiry: Expiry', 'nextExpiry: String')).toContainEqual(
      expect.stringMatching('^FIELD_CHANGED_KIND'),
    )
    expect(mutated(/(type Team .*? {2}seats: Int)!/s, '$1')).toContainEqual(
      expect.stringMatching('^FIELD_CHANGED_KIND'),
    )
    expect(mutated(' | PaymentActionRequired', '')).toContainEqual(
      expect.stringMatching('^TYPE_REMOVED_FROM_UNION: .*PurchaseCreditsResult'),
    )
    expect(mutated(described('autoRecharge: AutoRecharge!'), '')).toEqual([expect.stringMatching('^FIELD_REMOVED')])
    expect(mutated(' | NoPaymentMethod', '')).toContainEqual(expect.stringMatching('^TYPE_REMOVED_FROM_UNION'))
    expect(mutated('pay: PayWith = AUTO', 'pay: PayWith = CHECKOUT')).toContainEqual(
      expect.stringMatching('DEFAULT_VALUE_CHANGE'),
    )
    expect(mutated(/(openBillingPortal\([\s\S]*?teamId: ID)\n/, '$1!\n')).toContainEqual(
      expect.stringMatching('^REQUIRED_ARG_ADDED'),
    )
    expect(mutated('Newest first.', 'In any order.')).toContainEqual(expect.stringMatching('^DESCRIPTION_CHANGED'))
  })

  it('says what specifies its instants', () => {
    expect(printed).toContain('scalar DateTime @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc3339")')
  })

  it('may grow', () => {
    expect(mutated('  seats: Int!', '  seats: Int!\n  colour: String')).toEqual([])
  })
})
