import { z } from 'zod'
import { parseCredits } from '../domain/amounts/credits.ts'
import { ONE, parseDecimal } from '../domain/amounts/decimal.ts'
import { isCurrency, parseNano } from '../domain/amounts/money.ts'

/*
 * The kinds of value that a catalog is made of. Each description is `what it says: what it can be`: a fault has it behind
 * the word 'expected', editors show it, and the page about catalogs has it in two columns. Numbers arrive as the text that
 * was written and never pass through a JS float; for editors, which read them as numbers, each says both in JSON Schema.
 */

type DecimalForm = { readonly integerDigits: number; readonly fractionDigits: number; readonly maximum?: number }

const above0 = (
  parse: (text: string) => bigint | undefined,
  expected: string,
  { integerDigits, fractionDigits, maximum }: DecimalForm,
  most?: bigint,
) =>
  z
    .string()
    .transform((text, context) => {
      const value = parse(text)
      if (value !== undefined && value > 0n && (most === undefined || value <= most)) return value
      context.addIssue({ code: 'custom', message: expected })
      return z.NEVER
    })
    .meta({
      description: expected,
      type: ['number', 'string'],
      exclusiveMinimum: 0,
      ...(maximum === undefined ? {} : { maximum }),
      pattern: `^(?!0+(\\.0+)?$)\\d{1,${integerDigits}}(\\.\\d{1,${fractionDigits}})?$`,
    })

/** Micro-credits, above 0. */
export const credits = (what: string) =>
  above0(parseCredits, `${what}: credits above 0, with at most 12 integer and 6 fraction digits, such as 13.05`, {
    integerDigits: 12,
    fractionDigits: 6,
  })

/** Nano-units of the catalog's currency, above 0. */
export const money = (what: string) =>
  above0(parseNano, `${what}: money above 0, with at most 12 integer and 9 fraction digits, such as 0.03`, {
    integerDigits: 12,
    fractionDigits: 9,
  })

/**
 * Nano-units, above 0: of the main currency, or by currency. Only the checks across fields know the catalog's currencies.
 */
export const prices = (what: string) => {
  const amount = money(what)
  const { description } = amount.meta() ?? {}
  return z
    .union([amount, z.record(z.string().meta({ pattern: '^[A-Z]{3}$' }), amount)])
    .describe(`${description}; or by currency, such as { EUR: 20, USD: 22 }`)
}

/** Micro-units, above 0. */
export const quantity = (what: string) =>
  above0(parseDecimal, `${what}: a quantity above 0, with at most 6 fraction digits, such as 1000`, {
    integerDigits: 13,
    fractionDigits: 6,
  })

/** In micro-units, above 0 and at most 100. */
export const percent = (what: string) =>
  above0(
    parseDecimal,
    `${what}: above 0 and at most 100, with at most 6 fraction digits, such as 25`,
    { integerDigits: 3, fractionDigits: 6, maximum: 100 },
    100n * ONE,
  )

export const whole = (what: string, minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum)
    .meta({
      description: `${what}: a whole number from ${minimum} to ${maximum}`,
      type: ['integer', 'string'],
      minimum,
      maximum,
    })

/** A text of several lines. */
export const lines = (what: string) =>
  z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .regex(/^(?:\P{Cc}|\n)*$/u)
    .describe(`${what}: a text of 1 to 2,000 characters without control characters but line ends`)

export const text = (what: string) =>
  z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u)
    .describe(`${what}: a text of 1 to 200 characters without control characters`)

/** Ids are stored beside every charge and stand in URLs: they keep to a plain alphabet. */
export const id = (what: string) =>
  z
    .string()
    .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/)
    .max(100)
    .describe(`${what}: small letters and digits, joined by dots or hyphens, at most 100 characters`)

export const flag = (what: string) => z.boolean().default(false).describe(`${what}: true or false`)

/** Marks a number that no source document gives. Source: docs/facts.md. */
export const illustrative = flag('whether the number is our choice, because no document gives it')

export const oneOf = <const T extends readonly [string, ...string[]]>(what: string, values: T) =>
  z.enum(values).describe(`${what}: ${values.join(', ')}`)

/** One of several words that do not explain themselves. */
export const choiceOf = <const T extends string>(what: string, meanings: Readonly<Record<T, string>>) => {
  const told = Object.entries(meanings).map(([value, meaning]) => `${value} (${meaning})`)
  return z.enum(Object.keys(meanings) as T[]).describe(`${what}: ${told.join(', ')}`)
}

const currencies = new Set(Intl.supportedValuesOf('currency'))

export const currency = (what: string) =>
  z
    .string()
    .refine((code) => isCurrency(code) && currencies.has(code))
    .meta({ description: `${what}: ISO 4217, such as USD`, pattern: '^[A-Z]{3}$' })

export const timeZone = z
  .string()
  .refine(isTimeZone)
  .describe('the time zone in which periods begin: an IANA name, such as UTC or Europe/Rome')

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
