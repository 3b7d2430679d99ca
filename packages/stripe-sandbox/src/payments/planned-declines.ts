import type Stripe from 'stripe'

/** How the next charges are declined, whatever the card. */
export type PlannedDecline = {
  /** Stripe's decline code, such as `insufficient_funds` or `lost_card`. */
  readonly code: string
  /** Only payments of this customer. */
  readonly customer?: string
  /** How many charges; 1 if absent. */
  readonly times?: number
}

export type PlannedDeclines = {
  add(decline: PlannedDecline): void
  clear(): void
  /** The decline code for a charge of this intent, used up by one. */
  take(intent: Stripe.PaymentIntent): string | undefined
}

export function plannedDeclines(): PlannedDeclines {
  let planned: { readonly decline: PlannedDecline; left: number }[] = []
  return {
    add: (decline) => void planned.push({ decline, left: decline.times ?? 1 }),
    clear: () => {
      planned = []
    },
    take({ customer }) {
      const found = planned.find(({ decline }) => (decline.customer ?? customer) === customer)
      if (found === undefined) return undefined
      found.left--
      if (found.left <= 0) planned = planned.filter((one) => one !== found)
      return found.decline.code
    },
  }
}
