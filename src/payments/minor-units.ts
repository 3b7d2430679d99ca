import { type Money, minorUnit } from '../domain/amounts/money.ts'

/** The amount as Stripe writes it: a whole number of the currency's smallest unit. Throws if the money is finer. */
export function toMinorUnits(money: Money): number {
  const unit = minorUnit(money.currency)
  if (money.amount % unit !== 0n)
    throw new Error(`${money.amount} nano-${money.currency} can't be paid: it is too fine`)
  return Number(money.amount / unit)
}

/** The nano-units of an amount of Stripe's. `currency` as Stripe writes it, in lower case. */
export const fromMinorUnits = (amount: number, currency: string): bigint =>
  BigInt(amount) * minorUnit(currency.toUpperCase())
