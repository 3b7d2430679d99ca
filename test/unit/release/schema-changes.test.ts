import { describe, expect, test } from 'vitest'
import { changesInWords, schemaChanges } from '../../../release/schema-changes.ts'

const before = `
  "Readings."
  type Query {
    team(id: ID!): Team
    price: Price
  }
  type Team {
    name: String!
    seats: Int!
    state: State!
  }
  enum State {
    OPEN
    CLOSED
  }
  type Credits {
    amount: Int!
  }
  type Money {
    amount: Int!
  }
  union Price = Credits | Money
`
const changed = (from: string, to: string) => {
  expect(before).toContain(from)
  return schemaChanges(before, before.replace(from, to))
}

describe('a change of the schema', () => {
  test.each([
    ['a field is removed', 'seats: Int!', '', 'FIELD_REMOVED'],
    ['a field becomes nullable', 'name: String!', 'name: String', 'FIELD_CHANGED_KIND'],
    ['an argument is required', 'team(id: ID!)', 'team(id: ID!, at: Int!)', 'REQUIRED_ARG_ADDED'],
    ['an enum value is removed', 'CLOSED', '', 'VALUE_REMOVED_FROM_ENUM'],
    ['a member of a union is removed', 'Credits | Money', 'Credits', 'TYPE_REMOVED_FROM_UNION'],
  ])('is breaking where %s', (_, from, to, type) => {
    const { breaking, dangerous, safe } = changed(from, to)
    expect(breaking).toEqual([expect.stringMatching(`^${type}: `)])
    expect([...dangerous, ...safe]).toEqual([])
  })

  test.each([
    ['an enum value is added', 'CLOSED', 'CLOSED\n HELD', 'VALUE_ADDED_TO_ENUM'],
    ['a member of a union is added', 'Credits | Money', 'Credits | Money | Team', 'TYPE_ADDED_TO_UNION'],
    ['an optional argument is added', 'team(id: ID!)', 'team(id: ID!, at: Int)', 'OPTIONAL_ARG_ADDED'],
  ])('is dangerous where %s', (_, from, to, type) => {
    const { breaking, dangerous, safe } = changed(from, to)
    expect(dangerous).toEqual([expect.stringMatching(`^${type}: `)])
    expect([...breaking, ...safe]).toEqual([])
  })

  test.each([
    ['a field is added', 'seats: Int!', 'seats: Int!\n colour: String', 'FIELD_ADDED'],
    ['a field is never null any more', 'price: Price', 'price: Price!', 'FIELD_CHANGED_KIND_SAFE'],
  ])('is safe where %s', (_, from, to, type) => {
    const { breaking, dangerous, safe } = changed(from, to)
    expect(safe).toEqual([expect.stringMatching(`^${type}: `)])
    expect([...breaking, ...dangerous]).toEqual([])
  })

  test('of a description is counted, and not listed', () => {
    expect(changed('"Readings."', '"Queries."')).toEqual({ breaking: [], dangerous: [], safe: [], descriptions: 1 })
  })
})

describe('the report', () => {
  test('shows breaking, dangerous and safe changes apart', () => {
    const after = before
      .replace('seats: Int!', 'colour: String')
      .replace('CLOSED', 'CLOSED\n HELD')
      .replace('"Readings."', '')
    expect(changesInWords(schemaChanges(before, after), 'v0.1.0')).toBe(
      [
        'Breaking: operations that were valid may fail (1)',
        '- FIELD_REMOVED: Field Team.seats was removed.',
        '',
        'Dangerous: a client may get a value that it does not know (1)',
        '- VALUE_ADDED_TO_ENUM: Enum value State.HELD was added.',
        '',
        'Safe (1)',
        '- FIELD_ADDED: Field Team.colour was added.',
        '',
        'Changed descriptions: 1.',
        '',
      ].join('\n'),
    )
  })

  test('of an unchanged schema says so in one sentence', () => {
    expect(changesInWords(schemaChanges(before, before), 'v0.1.0')).toBe('schema.graphql is the same as at v0.1.0.\n')
  })
})
