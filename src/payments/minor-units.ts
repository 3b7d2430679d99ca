import { type Money, NANO } from '../domain/money.ts'

/**
 * In how many decimals Stripe counts where it isn't two; that is neither ISO 4217's business nor the locale's (100 HUF are
 * 10000 to Stripe, and 100 to most others). Source: Stripe, 'Supported currencies'.
 */
const whole = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
const thousandths = new Set('BHD JOD KWD OMR TND'.split(' '))

const unitOf = (currency: string): bigint =>
  whole.has(currency) ? NANO : NANO / (thousandths.has(currency) ? 1_000n : 100n)

/** What Stripe calls an amount: a whole number of its unit of the currency. Throws where the money is finer. */
export function toMinorUnits(money: Money): number {
  const unit = unitOf(money.currency)
  if (money.amount % unit !== 0n)
    throw new Error(`${money.amount} nano-${money.currency} can't be paid: it is too fine`)
  return Number(money.amount / unit)
}

/** An amount of Stripe in nano-units. `currency` as Stripe writes it, in small letters. */
export const fromMinorUnits = (amount: number, currency: string): bigint =>
  BigInt(amount) * unitOf(currency.toUpperCase())
