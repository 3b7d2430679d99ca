import { hash } from 'node:crypto'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { AddOnResult } from './payments.ts'

/** A change of a team's units by its subscription, identified by the idempotency key of its command. */
export type AddOnChange = {
  readonly teamId: TeamId
  readonly key: string
  readonly units: number
  readonly state: 'PENDING' | 'DONE' | 'FAILED'
  readonly createdAt: Instant
  readonly attempt: number
  /** Since when the change is under way; null: it is not. */
  readonly claimedAt: Instant | null
  /** The state that is wanted at Stripe, once it is decided. */
  readonly terms: AddOnTerms | null
  /** The invoice that has to be paid first; null: nothing is to be paid. */
  readonly invoice: string | null
  /** The sum of the invoice's lines in the currency's smallest unit, before tax. Null: an earlier release made it. */
  readonly amount: number | null
  /** The page on which the customer pays. */
  readonly actionUrl: string | null
  readonly declineCode: string | null
  /** Why it failed, for people. In a change that is pending: why its invoice is being called off. */
  readonly failure: string | null
}

export type AddOnTerms = {
  readonly subscription: string
  /** Null: there are to be no units. */
  readonly price: string | null
  /** An earlier release has decided to raise the item and have it paid in one request. */
  readonly isFormer: boolean
}

/** The invoice of fresh units: units that the running cycle has not had yet. */
export type UnitBill = { readonly invoice: string; readonly fresh: number; readonly amount: number }

export type Failure = { readonly reason: string; readonly declineCode: string | null }

/** The change's mark at Stripe, for this try: its idempotency keys and objects carry it. */
export const markOf = ({ teamId, key, createdAt, attempt }: AddOnChange): string =>
  `${hash('sha256', `${teamId} ${key} ${createdAt}`, 'hex').slice(0, 32)}:${attempt}`

/** The result of a change that has ended; null: it has not. */
export function resultOf({ state, failure, declineCode }: AddOnChange): AddOnResult | null {
  if (state === 'DONE') return { kind: 'done' }
  return state === 'FAILED' ? { kind: 'declined', reason: failure, declineCode } : null
}
