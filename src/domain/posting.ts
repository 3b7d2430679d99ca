import type { Credits } from './amounts/credits.ts'
import type { ChargeId, GrantId, HoldId, Instant, MemberId, Revision } from './identity.ts'
import type { Tag } from './tags.ts'

export const activityTypes = [
  'GRANT',
  'CHARGE',
  'REFUND',
  'EXPIRY',
  'CLAWBACK',
  'ADJUSTMENT',
  'HOLD',
  'RELEASE',
] as const
export type ActivityType = (typeof activityTypes)[number]

/** The types of postings that make a team active. Deposits, expiries and corrections come without its doing. */
export const activeTypes = ['CHARGE', 'HOLD'] as const satisfies readonly ActivityType[]
export const isActive = (type: ActivityType): boolean => activeTypes.some((active) => active === type)

/**
 * The state of a grant's credits. `none` is outside the ledger. `locked` becomes available at the instant of its lock. `repaid` counts as spent and pays the team's debt.
 * `owed` is spent credit whose payment was taken back, or a charge that the balance did not cover.
 */
export const creditStates = [
  'none',
  'available',
  'locked',
  'held',
  'spent',
  'expired',
  'revoked',
  'owed',
  'repaid',
] as const
export type CreditState = (typeof creditStates)[number]

/**
 * The atom of the ledger: one movement between two states of a grant, or of no grant (a price of zero, a charge that is
 * owed).
 */
export type Entry = {
  readonly revision: Revision
  readonly grantId: GrantId | null
  readonly from: CreditState
  readonly to: CreditState
  readonly amount: Credits
  /** Without scoped grants, as in the account. */
  readonly availableAfter: Credits
  readonly heldAfter: Credits
  readonly owedAfter: Credits
  /** For a charge: the line of its price that this movement pays. */
  readonly line: number | null
  readonly rate: string | null
  /** Set only on a line's first entry, so that sums over entries count each line once. */
  readonly use: EntryUse | null
  /** The tags of the line; null: it has none. */
  readonly tags: readonly Tag[] | null
  /** The category that scopes of grants were compared with; null: none was compared. */
  readonly category: string | null
}

/** Credits that use took from the balance, reserved or spent, and those that came back from use; both 0 or more. */
export type Taken = { readonly taken: Credits; readonly returned: Credits }

/**
 * The credits that postings take from the balance for use, and those that they return. The two are not offset: what one
 * decision takes and returns may belong to different days.
 */
export function takenIn(postings: readonly Pick<Posting, 'entries'>[]): Taken {
  let taken = 0n
  let returned = 0n
  for (const { entries } of postings) {
    for (const { from, to, amount } of entries) {
      if (from === 'available' && isUse(to)) taken += amount
      else if (to === 'available' && isUse(from)) returned += amount
    }
  }
  return { taken, returned }
}

/** The credits that postings charge or reserve, without those that they give back. */
export function usedIn(postings: readonly Pick<Posting, 'entries' | 'type'>[]): Credits {
  let used = 0n
  for (const { entries, type } of postings) {
    if (type !== 'CHARGE' && type !== 'HOLD') continue
    for (const { to, amount } of entries) if (isUse(to)) used += amount
  }
  return used
}

const isUse = (state: CreditState): boolean => state === 'held' || state === 'spent'

/** Quantity in micro-units of the rate's unit, metered money in nano-units; all below 0 where a refund takes use back. */
export type EntryUse = {
  readonly quantity: bigint
  readonly count: number
  readonly money: { readonly amount: bigint; readonly currency: string } | null
}

/** The effect of one cause on a team: one line of its activity, one event. Its revision is that of its last entry. */
export type Posting = {
  readonly type: ActivityType
  readonly revision: Revision
  readonly entries: readonly Entry[]
  /** Signed change of available + held. */
  readonly change: Credits
  readonly at: Instant
  readonly memberId: MemberId | null
  /** The caller of a charge without a hold; null: the hold names its caller, or there was none. */
  readonly callerId: MemberId | null
  /** The groups that a charge without a hold counts in, the member's own first; empty: none, or the hold names them. */
  readonly groupIds: readonly string[]
  readonly reference: string | null
  /** Why credits were given back or released, as the caller said; or what happened to the payment of them. */
  readonly reason: string | null
  readonly holdId: HoldId | null
  /** The charge a refund gives back. */
  readonly chargeId: ChargeId | null
  readonly rateCardVersion: string | null
}
