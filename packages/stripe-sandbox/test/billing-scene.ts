import type Stripe from 'stripe'
import type { Sandbox } from '../src/sandbox.ts'
import { customerWith } from './paying.ts'
import { openScene } from './scene.ts'

export type BillingScene = {
  readonly sandbox: Sandbox
  readonly stripe: Stripe
  readonly customer: string
  /** The customer's default card. */
  readonly method: string
  /** A price of a new product; in cents a month unless it says otherwise. */
  price(unit_amount: number, recurring?: Stripe.PriceCreateParams.Recurring): Promise<string>
  /** Advances the clock to that instant; it may be seconds later when the next call comes. */
  until(instant: number | string): void
  /** The types of the events since the last call, oldest first, of these kinds. */
  happened(...starts: string[]): Promise<string[]>
}

/** A sandbox at 1 January 2028, noon (a leap year), with a customer who has a card. */
export async function billingScene(card = 'pm_card_visa'): Promise<BillingScene> {
  const { sandbox, stripe } = await openScene()
  const until = (instant: number | string) => {
    const at = typeof instant === 'number' ? instant * 1000 : Date.parse(instant)
    sandbox.clock.advance(Math.max(0, at - sandbox.clock.now()) / 1000)
  }
  until('2028-01-01T12:00:00Z')
  const { customer, method } = await customerWith(stripe, card)
  let told = 0
  const scene: BillingScene = {
    sandbox,
    stripe,
    customer,
    method,
    until,
    async price(unit_amount, recurring = { interval: 'month' }) {
      const { id } = await stripe.products.create({ name: `Plan of ${unit_amount}` })
      return (await stripe.prices.create({ product: id, currency: 'usd', unit_amount, recurring })).id
    },
    async happened(...starts) {
      const events: Stripe.Event[] = []
      for await (const event of stripe.events.list({ limit: 100 })) events.push(event)
      const fresh = events.reverse().slice(told)
      told = events.length
      return fresh.map(({ type }) => type).filter((type) => starts.some((start) => type.startsWith(start)))
    },
  }
  await scene.happened()
  return scene
}

/** Seconds since 1970. */
export const at = (text: string): number => Date.parse(text) / 1000

/** The only item. */
export function itemOf({ items }: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = items.data
  if (item === undefined || items.data.length > 1) throw new Error(`There are ${items.data.length} items`)
  return item
}

/** The latest invoice, as it is now. */
export async function latestInvoice(stripe: Stripe, subscription: string): Promise<Stripe.Invoice> {
  const { latest_invoice } = await stripe.subscriptions.retrieve(subscription, { expand: ['latest_invoice'] })
  if (latest_invoice === null || typeof latest_invoice === 'string') throw new Error('There is none')
  return latest_invoice
}
