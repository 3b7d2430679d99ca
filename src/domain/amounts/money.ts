import type { Credits } from './credits.ts'
import { divideRounded, fixedPoint, formatFixed, parseFixed } from './fixed-point.ts'

/** An exact amount of money in nano-units (1e-9 of the currency's main unit), and its ISO 4217 code. */
export type Money = { readonly amount: bigint; readonly currency: string }

const MONEY = fixedPoint(12, 9)

/** One dollar, euro or yen, in nano-units. */
export const NANO = MONEY.unit

/** Reads `0.0075` of `USD`: at most 12 integer and 9 fraction digits, a code of three capitals; undefined otherwise. */
export function parseMoney(text: string, currency: string): Money | undefined {
  const amount = parseNano(text)
  return amount === undefined || !isCurrency(currency) ? undefined : { amount, currency }
}

/** Reads the amount only, in nano-units, where the currency is written elsewhere. */
export function parseNano(text: string): bigint | undefined {
  return parseFixed(text, MONEY)
}

/**
 * The amount only, in its shortest exact notation: `0.0075`, `20`. The currency is written beside it, as in the
 * contract.
 */
export function formatMoney(money: Money): string {
  return formatFixed(money.amount, MONEY)
}

/** Whether the text has the shape of an ISO 4217 code. */
export function isCurrency(text: string): boolean {
  return /^[A-Z]{3}$/.test(text)
}

/** The exact sum. Throws if the currencies differ: amounts of two currencies have no sum. */
export function addMoney(one: Money, other: Money): Money {
  if (one.currency !== other.currency) {
    throw new Error(`Cannot add ${other.currency} to ${one.currency}: convert one of them first.`)
  }
  return { amount: one.amount + other.amount, currency: one.currency }
}

const withoutDecimals = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
const withThreeDecimals = new Set('BHD JOD KWD OMR TND'.split(' '))

/** The smallest unit in which Stripe writes the currency, in nano-units. Source: Stripe, 'Supported currencies'. */
export const minorUnit = (currency: string): bigint =>
  withoutDecimals.has(currency) ? NANO : NANO / (withThreeDecimals.has(currency) ? 1000n : 100n)

/**
 * The credits that the money buys at `creditsPerUnit` (micro-credits for one main unit), exactly; undefined if a
 * micro-credit is too coarse.
 *
 * Source: facts V9 ($1 is 1,000 credits).
 */
export function moneyToCredits(money: Money, creditsPerUnit: Credits): Credits | undefined {
  return quotient(money.amount * creditsPerUnit, NANO)
}

/** The value of the credits at `creditsPerUnit` (above 0), exactly; undefined if a nano-unit is too coarse. */
export function creditsToMoney(credits: Credits, creditsPerUnit: Credits, currency: string): Money | undefined {
  const amount = quotient(credits * NANO, creditsPerUnit)
  return amount === undefined ? undefined : { amount, currency }
}

/**
 * The price of 1,000 credits in a package of `credits` (above 0) for `price`; to the nano-unit, ties up. Source: facts
 * V3.
 */
export function pricePerThousand(price: Money, credits: Credits): Money {
  const thousand = 1_000_000_000n
  return { amount: divideRounded(price.amount * thousand, credits, 'half-up'), currency: price.currency }
}

function quotient(numerator: bigint, denominator: bigint): bigint | undefined {
  return numerator % denominator === 0n ? numerator / denominator : undefined
}
