import { RequestFault } from '../access/faults.ts'
import { creditsRule, formatCredits, parseCredits } from '../domain/amounts/credits.ts'
import { instantRule, parseInstant } from '../domain/instant.ts'
import { builder } from './builder.ts'

const unusable = (what: string, expected: string) =>
  new RequestFault('BAD_USER_INPUT', `This is not ${what}: give ${expected}.`)

builder.scalarType('DateTime', {
  description: 'ISO 8601 instant in UTC.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (instant) => new Date(instant).toISOString(),
  parseValue(value) {
    const instant = typeof value === 'string' ? parseInstant(value) : undefined
    if (instant === undefined) throw unusable('an instant', instantRule)
    return instant
  },
})

builder.scalarType('Credits', {
  description:
    'Exact credit amount as a decimal string with at most 6 fraction digits, without trailing zeros: "13.05", "2341".',
  serialize: formatCredits,
  parseValue(value) {
    const credits = typeof value === 'string' ? parseCredits(value) : undefined
    if (credits === undefined) {
      throw unusable('an amount of credits', `a decimal string with ${creditsRule}`)
    }
    return credits
  },
})

builder.scalarType('Decimal', {
  description: 'Exact decimal as a string. Input also takes a JSON integer.',
  serialize: (decimal) => decimal,
  parseValue(value) {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return `${value}`
    if (typeof value === 'string' && value.length <= 64 && /^-?\d+(\.\d+)?$/.test(value)) return value
    throw unusable('a decimal', 'a plain decimal as a string, as "0.5", or a JSON integer')
  },
})

builder.scalarType('Revision', {
  description:
    "Position in a team's ledger: a JSON integer from 0, up to 2^53. Grows by one with each ledger entry, without a gap.",
  serialize: (revision) => revision,
  parseValue(value) {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw unusable('a revision', 'a JSON integer from 0')
  },
})
