import { z } from 'zod'
import { parseCredits } from '../domain/credits.ts'
import { ONE, parseDecimal } from '../domain/decimal.ts'
import { isCurrency, parseNano } from '../domain/money.ts'

/*
 * The kinds of value that a catalog is made of. Each description is what a fault says was expected, so it reads behind
 * that word. Numbers arrive as the text that was written and never pass through a JS float.
 */

const exact = (parse: (text: string) => bigint | undefined, expected: string) =>
  z
    .string()
    .transform((text, context) => {
      const value = parse(text)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: expected })
      return z.NEVER
    })
    .describe(expected)

const above0 = (parse: (text: string) => bigint | undefined) => (text: string) => {
  const value = parse(text)
  return value !== undefined && value > 0n ? value : undefined
}

/** Micro-credits, above 0. */
export const credits = (what: string) =>
  exact(above0(parseCredits), `${what}: credits above 0, with at most 12 integer and 6 fraction digits, such as 13.05`)

/** Nano-units of the catalog's currency, above 0. */
export const money = (what: string) =>
  exact(above0(parseNano), `${what}: money above 0, with at most 12 integer and 9 fraction digits, such as 0.03`)

/** Micro-units, above 0. */
export const quantity = (what: string) =>
  exact(above0(parseDecimal), `${what}: a quantity above 0, with at most 6 fraction digits, such as 1000`)

/** In micro-units, above 0 and at most 100. */
export const percent = (what: string) =>
  exact((text) => {
    const value = above0(parseDecimal)(text)
    return value !== undefined && value <= 100n * ONE ? value : undefined
  }, `${what}: above 0 and at most 100, with at most 6 fraction digits, such as 25`)

export const whole = (what: string, least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most)
    .describe(`${what}: a whole number from ${least} to ${most}`)

export const text = (what: string) =>
  z.string().trim().min(1).max(200).describe(`${what}: a text of 1 to 200 characters`)

/** Ids are stored beside every charge and stand in URLs: they keep to a plain alphabet. */
export const id = (what: string) =>
  z
    .string()
    .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/)
    .max(100)
    .describe(`${what}: small letters and digits, joined by dots or hyphens, at most 100 characters`)

export const flag = (what: string) => z.boolean().default(false).describe(`${what}: true or false`)

/** Marks a number that no source document gives. Source: SEEDS, below the table of catalogs. */
export const illustrative = flag('whether the number is our choice, because no document gives it')

export const oneOf = <const T extends readonly [string, ...string[]]>(what: string, values: T) =>
  z.enum(values).describe(`${what}: ${values.join(', ')}`)

export const currency = z.string().refine(isCurrency).describe('the currency of all money here: ISO 4217, such as USD')

export const timeZone = z
  .string()
  .refine(isTimeZone)
  .describe('the time zone in which calendar periods begin: an IANA name, such as UTC or Europe/Rome')

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
