import { type Credits, MICRO } from './amounts/credits.ts'
import type { Money } from './amounts/money.ts'
import { payableQuotient } from './amounts/payable.ts'

/** The price of one credit, in nano-units, for amounts of `from` and more, up to the next tier. */
export type TopUpTier = { readonly from: Credits; readonly perCredit: bigint }

/** The amounts that are sold besides the packages: from `least` to `most`, every `step`. */
export type TopUpRange = { readonly least: Credits; readonly most: Credits; readonly step: Credits }

/**
 * Any amount of credits. The tier of an amount prices the whole amount (volume pricing). Invariant, checked when a
 * catalog is loaded: the tiers ascend, the first begins at `least`, more credits never cost less, and the prices of
 * `least` and `most` can be paid in `currency`.
 */
export type CustomTopUp = TopUpRange & { readonly tiers: readonly TopUpTier[]; readonly currency: string }

export const isSold = ({ least, most, step }: TopUpRange, credits: Credits): boolean =>
  credits >= least && credits <= most && (credits - least) % step === 0n

/** The price of an amount that is sold, rounded once to what the currency can pay. */
export function topUpPrice({ tiers, currency }: Pick<CustomTopUp, 'tiers' | 'currency'>, credits: Credits): Money {
  const tier = tiers.findLast(({ from }) => from <= credits)
  if (tier === undefined) throw new Error(`No tier has a price for ${credits} micro-credits`)
  return payableQuotient(tier.perCredit * credits, MICRO, currency)
}

/** The least amount that is sold and has at least `wanted` credits; `most` if none has. */
export function leastSoldFor({ least, most, step }: TopUpRange, wanted: Credits): Credits {
  if (wanted <= least) return least
  const amount = least + ((wanted - least + step - 1n) / step) * step
  return amount < most ? amount : most
}
