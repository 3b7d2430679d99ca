import type Stripe from 'stripe'

const back = 'https://gateway.example/payment'

/** The gateway's request for a payment with the customer present. */
export const onSession = (customer: string, payment_method: string): Stripe.PaymentIntentCreateParams => ({
  amount: 2000,
  currency: 'usd',
  customer,
  payment_method,
  confirm: true,
  return_url: back,
})

/** The gateway's request for a payment without the customer. */
export const offSession = (customer: string, payment_method: string): Stripe.PaymentIntentCreateParams => ({
  ...onSession(customer, payment_method),
  off_session: true,
  error_on_requires_action: true,
})

/** A customer with this card saved as the default. */
export async function customerWith(stripe: Stripe, card: string): Promise<{ customer: string; method: string }> {
  const { id: customer } = await stripe.customers.create({ email: 'ana@example.com' })
  const { id: method } = await stripe.paymentMethods.attach(card, { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method } })
  return { customer, method }
}

/**
 * Sends a page's form as a browser does, without following a redirect: the status, and its target or the shown text.
 */
export async function submit(
  address: string,
  fields: Record<string, string>,
): Promise<{ status: number; location: string; text: string }> {
  const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() }
}

/** The page's text, after redirects. */
export async function shown(address: string): Promise<string> {
  return (await fetch(address)).text()
}

/** The types of all events, oldest first. */
export async function eventTypes(stripe: Stripe): Promise<string[]> {
  const events = await stripe.events.list({ limit: 100 })
  return events.data.map(({ type }) => type).reverse()
}

/** The id of a reference that may be expanded. */
export function idOf(reference: string | { id: string } | null): string {
  if (reference === null) throw new Error('There is none')
  return typeof reference === 'string' ? reference : reference.id
}
