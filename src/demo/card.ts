import type { Stripe } from 'stripe'
import type { TeamId } from '../domain/identity.ts'
import type { Customers } from '../payments/customers.ts'
import { json } from '../server/json.ts'
import type { Route } from '../server/route.ts'

/** Stripe's own test cards, which the stand-in knows, too. */
const cards: Readonly<Record<string, string>> = {
  pays: 'pm_card_visa',
  declines: 'pm_card_chargeCustomerFail',
  confirms: 'pm_card_authenticationRequired',
}

/** `POST /demo/card?kind=declines` saves a test card for the demo team, as its default method. For the stand-in for Stripe alone. */
export function demoCard(stripe: Stripe, customers: Pick<Customers, 'ensure'>, team: TeamId): Route {
  return async (request, response) => {
    if (request.method !== 'POST') return json(response, 405, { message: 'Send a POST' })
    const kind = new URL(request.url ?? '/', 'http://gateway').searchParams.get('kind') ?? ''
    const card = Object.hasOwn(cards, kind) ? cards[kind] : undefined
    if (card === undefined) {
      return json(response, 400, { message: `\`kind\` is one of ${Object.keys(cards).join(', ')}` })
    }
    const { id: customer } = await customers.ensure(team)
    const { id } = await stripe.paymentMethods.attach(card, { customer })
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
    json(response, 200, { kind })
  }
}
