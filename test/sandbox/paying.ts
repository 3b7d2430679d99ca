import type Stripe from 'stripe'

const back = 'https://gateway.example/payment'

/** What the gateway asks for when the customer is there. */
export const onSession = (customer: string, payment_method: string): Stripe.PaymentIntentCreateParams => ({
  amount: 2000,
  currency: 'usd',
  customer,
  payment_method,
  confirm: true,
  return_url: back,
})

/** What it asks for when the customer is not. */
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

/** Sends a page's form as a browser does without following: the status, and where it leads or what it shows. */
export async function submit(
  address: string,
  fields: Record<string, string>,
): Promise<{ status: number; location: string; text: string }> {
  const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() }
}

/** The page's text; follows where it leads. */
export async function shown(address: string): Promise<string> {
  return (await fetch(address)).text()
}

/** The types of all events, oldest first. */
export async function eventTypes(stripe: Stripe): Promise<string[]> {
  const events = await stripe.events.list({ limit: 100 })
  return events.data.map(({ type }) => type).reverse()
}

/** The id of what may be expanded. */
export function idOf(reference: string | { id: string } | null): string {
  if (reference === null) throw new Error('There is none')
  return typeof reference === 'string' ? reference : reference.id
}
