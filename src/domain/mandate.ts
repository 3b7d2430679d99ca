import { type Credits, formatCredits } from './amounts/credits.ts'
import { formatMoney, type Money } from './amounts/money.ts'
import type { Instant, MemberId } from './identity.ts'

/** The consent to be charged without being there. It is kept as it was given, and shown to whoever asks for proof. */
export type Mandate = {
  /** Null: the caller had no name. */
  readonly acceptedBy: MemberId | null
  readonly acceptedAt: Instant
  readonly text: string
}

type Terms = {
  readonly threshold: Credits
  readonly targetBalance: Credits | null
  readonly monthlyCap: bigint | null
  readonly maxPerDay: number | null
  readonly currency: string
}

/** The text that is consented to. `first`: the cheapest purchase of a recharge with these terms. */
export function mandateText(
  terms: Terms,
  { credits, price }: { readonly credits: Credits; readonly price: Money },
): string {
  const { threshold, targetBalance, monthlyCap, maxPerDay, currency } = terms
  const below = `Whenever the balance falls below ${formatCredits(threshold)} credits`
  const bought =
    targetBalance === null
      ? `${formatCredits(credits)} credits are bought for ${formatMoney(price)} ${price.currency}`
      : `as many credits are bought as bring it to ${formatCredits(targetBalance)}, at the prices of that day`
  const cap =
    monthlyCap === null ? '' : `, for at most ${formatMoney({ amount: monthlyCap, currency })} ${currency} a month`
  const often = maxPerDay === null ? '' : `, at most ${maxPerDay} times a day`
  return `${below}, ${bought}${cap}${often}. The saved payment method is charged without asking again, until auto-recharge is turned off.`
}
