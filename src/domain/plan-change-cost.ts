import type { Money } from './amounts/money.ts'
import type { Instant } from './identity.ts'

/** How the seller makes a change of plan at Stripe, by Stripe's own names: `proration_behavior`. */
export const prorations = ['CREATE_PRORATIONS', 'ALWAYS_INVOICE', 'NONE'] as const
export type Proration = (typeof prorations)[number]

/** `interval` null: the present one. `currency` and `isTaxed`: the team's, where it has no subscription yet. */
export type PricedPlanChange = {
  readonly planId: string
  readonly seats: number
  readonly interval: 'MONTH' | 'YEAR' | null
  readonly proration: Proration
  readonly currency: string
  readonly isTaxed: boolean
}

/** A line of an invoice to come. `isProration`: a part of a period that a change gives back or costs. */
export type PlannedPaymentLine = {
  readonly description: string | null
  readonly amount: Money
  readonly isProration: boolean
  readonly startsAt: Instant
  readonly endsAt: Instant
}

/** An invoice to come. `amount`: its total less what the customer's balance pays, below zero never. `tax` null: none is computed. */
export type PlannedPayment = {
  readonly at: Instant
  readonly amount: Money
  readonly net: Money
  readonly tax: Money | null
  readonly total: Money
  readonly lines: readonly PlannedPaymentLine[]
}

/** The cost of a change of plan: now, null: nothing is billed now; and next, null: nothing is. */
export type PlanChangeMoney = {
  readonly dueNow: PlannedPayment | null
  readonly nextPayment: PlannedPayment | null
  /** The instant at which prorations were computed; null: there are none. */
  readonly prorationDate: Instant | null
}

/** `unknown`: the money can't be told; the reason says why, for people, with what to do. */
export type PlanChangeCost =
  | { readonly kind: 'known'; readonly money: PlanChangeMoney }
  | { readonly kind: 'unknown'; readonly reason: string }
