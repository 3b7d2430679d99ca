import { fixedPoint, formatFixed, parseFixed } from './fixed-point.ts'

/** An exact amount in micro-credits: 1 credit is 1_000_000n. No JS number ever holds one. */
export type Credits = bigint

const CREDITS = fixedPoint(12, 6)

/** One credit, in micro-credits. */
export const MICRO: Credits = CREDITS.unit

/** The largest amount that has a notation: 999,999,999,999.999999 credits. */
export const MOST_CREDITS: Credits = 10n ** 12n * MICRO - 1n

/** Reads `13.05`, `-2`, `2341`: at most 12 integer and 6 fraction digits and nothing else; undefined for any other text. */
export function parseCredits(text: string): Credits | undefined {
  return parseFixed(text, CREDITS)
}

/** How callers write an amount. */
export const creditsRule = 'at most 12 digits and 6 fraction digits, as "13.05"'

/** The shortest exact notation, as the contract's `Credits` scalar wants it: `13.05`, `-2`, `0`. */
export function formatCredits(credits: Credits): string {
  return formatFixed(credits, CREDITS)
}

/**
 * For people: `2,341 Credits`, in whole credits, grouped as `locale` (BCP 47) writes numbers. Rounded down, never up, so
 * that a pill never promises a credit that cannot be spent. A locale that is invalid or unknown is answered in English.
 *
 * Source: contract, Balance.label; facts A1.
 */
export function creditsLabel(credits: Credits, locale: string): string {
  const toZero = credits / MICRO
  const whole = credits < 0n && toZero * MICRO !== credits ? toZero - 1n : toZero
  return `${wholeNumber(locale).format(whole)} Credits`
}

const formats = new Map<string, Intl.NumberFormat>()

function wholeNumber(locale: string): Intl.NumberFormat {
  const known = formats.get(locale)
  if (known) return known
  const made = makeFormat(locale)
  // The locale is the caller's text: without a bound, it would be a way to fill the memory.
  if (formats.size < 100) formats.set(locale, made)
  return made
}

function makeFormat(locale: string): Intl.NumberFormat {
  try {
    // 'en' behind it keeps an unknown locale from falling back to the host's, which differs from machine to machine.
    return new Intl.NumberFormat([locale, 'en'], { maximumFractionDigits: 0 })
  } catch {
    return new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
  }
}
