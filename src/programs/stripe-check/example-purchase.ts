import { purchaseId, teamId } from '../../domain/identity.ts'
import type { Purchase } from '../../payments/purchase.ts'
import type { Check } from './check.ts'

const dollars = 1_000_000_000n

/** A purchase of $5, as the ledger would have it before Stripe is asked. */
export function examplePurchase(check: Check, number: number, given: Partial<Purchase>): Purchase {
  return {
    id: purchaseId(number),
    teamId: teamId(`stripe-check-${check.run}`),
    cause: 'PURCHASE',
    packageId: 'stripe-check',
    catalogVersion: check.catalog.version,
    credits: 0n,
    price: { amount: 5n * dollars, currency: 'USD' },
    pay: 'AUTO',
    successUrl: null,
    cancelUrl: null,
    memberId: null,
    createdAt: 0,
    state: 'PENDING',
    customer: null,
    paymentMethod: null,
    receiptEmail: null,
    returnCode: '00000000-0000-4000-8000-000000000000',
    booking: null,
    taxed: null,
    discount: null,
    taxBehavior: null,
    askedAt: null,
    asks: 0,
    facts: 0,
    posted: 0,
    outcome: 'OPEN',
    intent: null,
    session: null,
    checkoutUrl: null,
    actionUrl: null,
    declineCode: null,
    failure: null,
    reversals: [],
    paidBy: null,
    fingerprint: null,
    isUnderWay: false,
    warning: null,
    review: null,
    ofNewTeam: false,
    receiptUrl: null,
    invoice: null,
    invoiceUrl: null,
    ...given,
  }
}

/** The rest of what is asked for it; its pages are never opened. */
export const examplePages = {
  title: 'Stripe check',
  threeDSecure: 'automatic',
  comeBack: 'https://example.com/payment',
  confirmPage: 'https://example.com/payment/confirm',
} as const
