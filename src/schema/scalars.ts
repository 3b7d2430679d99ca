import { RequestFault } from '../access/faults.ts'
import { formatCredits, parseCredits } from '../domain/amounts/credits.ts'
import type { Instant } from '../domain/identity.ts'
import { builder } from './builder.ts'

const unusable = (what: string, expected: string) =>
  new RequestFault('BAD_USER_INPUT', `This is not ${what}: give ${expected}.`)

builder.scalarType('DateTime', {
  description: 'ISO 8601 instant in UTC.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (instant) => new Date(instant).toISOString(),
  parseValue: readInstant,
})

builder.scalarType('Credits', {
  description:
    'Exact credit amount as a decimal string with at most 6 fraction digits, without trailing zeros: "13.05", "2341".',
  serialize: formatCredits,
  parseValue(value) {
    const credits = typeof value === 'string' ? parseCredits(value) : undefined
    if (credits === undefined) {
      throw unusable(
        'an amount of credits',
        'a decimal string with at most 12 digits and 6 fraction digits, as "13.05"',
      )
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

const instantShape = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)$/

/** Fractions finer than the ledger's milliseconds are cut off. */
function readInstant(value: unknown): Instant {
  const [, seconds, fraction = ''] = (typeof value === 'string' && instantShape.exec(value)) || []
  const instant = Date.parse(`${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
  // Date.parse takes 30 February for 2 March.
  if (!Number.isFinite(instant) || new Date(instant).toISOString().slice(0, 19) !== seconds) {
    throw unusable('an instant', 'ISO 8601 in UTC, as "2026-11-16T00:00:00Z"')
  }
  return instant
}
