import type { Stripe } from 'stripe'
import type { TeamId } from '../domain/identity.ts'
import type { Customers } from './customers.ts'
import { reached } from './stripe-faults.ts'

/** Stripe's own test cards, which the stand-in knows, too. Source: https://docs.stripe.com/testing. */
const cards = {
  PAYS: 'pm_card_visa',
  DECLINES: 'pm_card_chargeCustomerFail',
  CONFIRMS: 'pm_card_authenticationRequired',
} as const
export type TestCard = keyof typeof cards
export const testCards = Object.keys(cards) as [TestCard, ...TestCard[]]

/** Saves a test card for a team, as the method that is charged from now on. Throws StripeUnavailable. */
export type SaveTestCard = (teamId: TeamId, card: TestCard) => Promise<void>

/** For the stand-in for Stripe alone. */
export const savingTestCards =
  (stripe: Stripe, customers: Pick<Customers, 'ensure'>): SaveTestCard =>
  (teamId, card) =>
    reached(async () => {
      const { id: customer } = await customers.ensure(teamId)
      const { id } = await stripe.paymentMethods.attach(cards[card], { customer })
      await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
    })
