import type { Credits } from '../domain/amounts/credits.ts'
import type { Money } from '../domain/amounts/money.ts'
import { payableIn } from '../domain/amounts/payable.ts'
import type { Grant } from '../domain/grant.ts'
import { takenBack } from '../domain/purchase.ts'
import { type Purchase, returnedMoney, totalOf } from './purchase.ts'

/** The effect of a refund: money back to the payer, and the credits that it takes back. */
export type RefundTerms = {
  readonly amount: Money
  /** The most that can be given back now. */
  readonly refundable: Money
  /** Credits that leave the balance, locked ones first. */
  readonly credits: Credits
  /** Credits that are used already: the team owes them. */
  readonly owed: Credits
}

/**
 * The terms of a refund of `wanted`, in nano-units; null: of the part of the total that is unused, in proportion, rounded
 * down to what the currency can pay. `underWay`: the money of refunds that Stripe was asked for and has not told of.
 */
export function refundTerms(
  purchase: Purchase,
  grant: Grant | null,
  { wanted, underWay }: { wanted: bigint | null; underWay: bigint },
): RefundTerms {
  const { price, outcome, intent } = purchase
  const back = returnedMoney(purchase) + underWay
  const total = totalOf(purchase)
  const left = outcome === 'PAID' && intent !== null && grant !== null && back < total ? total - back : 0n
  const unused = grant === null ? 0n : unusedOf(grant)
  const share = (total * unused) / purchase.credits
  const worth = share - (share % payableIn(price.currency).step)
  const amount = wanted ?? (worth < left ? worth : left)
  const bought = { credits: purchase.credits, total }
  const taken = takenBack(bought, back + amount) - takenBack(bought, back)
  const credits = taken < unused ? taken : unused
  const money = (nano: bigint): Money => ({ amount: nano, currency: price.currency })
  return { amount: money(amount), refundable: money(left), credits, owed: taken - credits }
}

/** The part of a grant that is neither used nor reserved nor taken back; frozen and locked credits are unused. */
function unusedOf({ available, locked, frozen, revoked, clawedBack }: Grant): Credits {
  if (!frozen) return available + locked
  return revoked > clawedBack ? revoked - clawedBack : 0n
}
