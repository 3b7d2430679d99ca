import { divideRounded } from './fixed-point.ts'
import { type Money, minorUnit, NANO } from './money.ts'

/** The amounts that can be charged in a currency, in nano-units: multiples of `step` from `least` to `most`. */
export type Payable = { readonly step: bigint; readonly least: bigint; readonly most: bigint }

/** The smallest charge, in hundredths of the main unit. Other currencies: the worth of half a dollar, which no table can tell. */
const leastHundredths: Readonly<Record<string, bigint>> = {
  AED: 200n,
  AUD: 50n,
  BGN: 100n,
  BRL: 50n,
  CAD: 50n,
  CHF: 50n,
  CZK: 1_500n,
  DKK: 250n,
  EUR: 50n,
  GBP: 30n,
  HKD: 400n,
  HUF: 17_500n,
  INR: 50n,
  JPY: 5_000n,
  MXN: 1_000n,
  MYR: 200n,
  NOK: 300n,
  NZD: 50n,
  PLN: 200n,
  RON: 200n,
  SEK: 300n,
  SGD: 50n,
  THB: 1_000n,
  USD: 50n,
}

/** Written with two decimals that are always 00. */
const onlyWhole = new Set(['ISK', 'UGX'])

/** The digits of the largest charge in the smallest unit; other currencies have eight. */
const digits: Readonly<Record<string, number>> = { COP: 10, HUF: 10, IDR: 12, INR: 10, JPY: 10, LBP: 12 }

/** Source: Stripe, 'Supported currencies': minor units, special cases, minimum and maximum charge amounts. */
export function payableIn(currency: string): Payable {
  const unit = minorUnit(currency)
  const isThreeDecimals = unit === NANO / 1000n
  const step = onlyWhole.has(currency) ? NANO : unit * (isThreeDecimals ? 10n : 1n)
  const most = unit * (10n ** BigInt(digits[currency] ?? 8) - 1n)
  return {
    step,
    least: ((leastHundredths[currency] ?? 0n) * NANO) / 100n || step,
    most: most - (most % step),
  }
}

/** Rounds to the steps in which the currency is paid (cents of USD, whole JPY, 0.01 KWD), ties to the even one. */
export const roundToPayable = ({ amount, currency }: Money): Money => payableQuotient(amount, 1n, currency)

/** `numerator / denominator` nano-units, rounded once like `roundToPayable`. `denominator` must be above 0. */
export function payableQuotient(numerator: bigint, denominator: bigint, currency: string): Money {
  const { step } = payableIn(currency)
  return { amount: divideRounded(numerator, denominator * step, 'half-even') * step, currency }
}
