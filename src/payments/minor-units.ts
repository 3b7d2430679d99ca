import { type Money, minorUnit } from '../domain/money.ts'

/** What Stripe calls an amount: a whole number of the currency's smallest unit. Throws where the money is finer. */
export function toMinorUnits(money: Money): number {
  const unit = minorUnit(money.currency)
  if (money.amount % unit !== 0n)
    throw new Error(`${money.amount} nano-${money.currency} can't be paid: it is too fine`)
  return Number(money.amount / unit)
}

/** An amount of Stripe in nano-units. `currency` as Stripe writes it, in small letters. */
export const fromMinorUnits = (amount: number, currency: string): bigint =>
  BigInt(amount) * minorUnit(currency.toUpperCase())
