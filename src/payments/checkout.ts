import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { PaymentMethod } from '../domain/purchase.ts'
import type { TaxTerms } from '../domain/tax.ts'
import { type Asking, asked, neverMade } from './charging.ts'
import { toMinorUnits } from './minor-units.ts'
import type { Observation, Purchase } from './purchase.ts'
import type { PushedLine, PushedPrices } from './pushed-prices.ts'
import { customerMayTakeMs } from './schedule.ts'
import { faultOf, orUnavailable, refusedPayment } from './stripe-faults.ts'
import { tagOf } from './stripe-metadata.ts'
import { ofSession } from './stripe-to-facts.ts'

/** The input for a payment on Stripe's own page. */
export type CheckoutAsking = Pick<Asking, 'purchase' | 'title' | 'metadata' | 'threeDSecure'> & {
  /** The time since the purchase began, in milliseconds of the ledger's clock. */
  readonly since: number
  readonly successUrl: string
  readonly cancelUrl: string
  /** The ways to pay that the page offers. */
  readonly methods: readonly PaymentMethod[]
  /** How the price is taxed; null: not at all. */
  readonly tax: TaxTerms | null
  /** Whether the page lets the buyer enter a promotion code. */
  readonly takesCodes: boolean
  readonly pushed: Pick<PushedPrices, 'lineOf' | 'forget'>
}

/**
 * The state of a purchase that is paid on Stripe's own page. Opens the page if there is none.
 *
 * @throws {StripeUnavailable} if the page can't be opened now. Nothing is charged by that.
 */
export async function askCheckout(stripe: Stripe, asking: CheckoutAsking, log: Logger): Promise<Observation> {
  const { purchase, since } = asking
  if (purchase.session !== null) {
    return ofSession(await stripe.checkout.sessions.retrieve(purchase.session, withIntent), purchase)
  }
  // Stripe repeats the error of a key for a day. So each minute has its own key, after a search for an earlier page.
  const series = Math.floor(since / 60_000)
  const opened = series > 0 ? await find(stripe, purchase) : null
  if (opened !== null) return opened
  if (since >= customerMayTakeMs) return neverMade
  try {
    return ofSession(await openPage(stripe, asking, `${tagOf(purchase)}:checkout:${series}`), purchase)
  } catch (error) {
    const fault = faultOf(error)
    const made = fault.kind === 'other-parameters' ? await find(stripe, purchase) : null
    if (made !== null) return made
    if (fault.kind !== 'refused') throw orUnavailable(error)
    log.error({ purchase: purchase.id, team: purchase.teamId, ...fault }, 'Stripe refused a Checkout page')
    return refusedPayment(fault)
  }
}

/** The page with the pushed price. Where Stripe refuses that, such as a price that was archived just now, without it. */
async function openPage(stripe: Stripe, asking: CheckoutAsking, key: string): Promise<Stripe.Checkout.Session> {
  const { purchase, title, tax, pushed } = asking
  const line = await pushed.lineOf(purchase, title, tax)
  try {
    return await open(stripe, asking, line, key)
  } catch (error) {
    if (line === null || faultOf(error).kind !== 'refused') throw error
    pushed.forget(purchase)
    return open(stripe, asking, null, `${key}:inline`)
  }
}

function open(stripe: Stripe, asking: CheckoutAsking, pushed: PushedLine, idempotencyKey: string) {
  const { purchase, title, metadata, successUrl, cancelUrl, tax } = asking
  const { id, customer, receiptEmail } = purchase
  if (customer === null) throw new Error(`Purchase ${id} has no customer`)
  return stripe.checkout.sessions.create(
    {
      mode: 'payment',
      customer,
      allowed_payment_method_types: [...asking.methods],
      line_items: [lineOf(asking, pushed)],
      metadata,
      payment_intent_data: {
        metadata,
        description: title,
        setup_future_usage: 'off_session',
        ...(receiptEmail === null ? {} : { receipt_email: receiptEmail }),
      },
      ...asked(asking.threeDSecure),
      success_url: successUrl,
      cancel_url: cancelUrl,
      // The buyer pays the price in its own currency, so that receipts and invoices agree.
      adaptive_pricing: { enabled: false },
      ...(asking.takesCodes ? { allow_promotion_codes: true } : {}),
      ...(tax === null ? {} : taxedBy(asking, metadata)),
      // The Product of amounts of one's own does not say how many credits are bought.
      ...(pushed === null || purchase.packageId !== null ? {} : { custom_text: { submit: { message: title } } }),
    },
    { idempotencyKey },
  )
}

function lineOf(
  { purchase: { price }, title, tax }: CheckoutAsking,
  pushed: PushedLine,
): Stripe.Checkout.SessionCreateParams.LineItem {
  if (pushed?.price) return { quantity: 1, price: pushed.price }
  const behavior = tax === null ? {} : { tax_behavior: tax.behavior }
  const item = { currency: price.currency.toLowerCase(), unit_amount: toMinorUnits(price), ...behavior }
  if (pushed !== null) return { quantity: 1, price_data: { ...item, product: pushed.product } }
  const code = tax === null ? {} : { tax_code: tax.code }
  return { quantity: 1, price_data: { ...item, product_data: { name: title, ...code } } }
}

/**
 * The page computes the tax, asks for what it needs for that, and keeps it with the customer. Its invoice is made by
 * Stripe: another one would count the tax a second time.
 */
const taxedBy = (
  { title }: CheckoutAsking,
  metadata: Record<string, string>,
): Partial<Stripe.Checkout.SessionCreateParams> => ({
  automatic_tax: { enabled: true },
  billing_address_collection: 'required',
  customer_update: { address: 'auto', name: 'auto' },
  tax_id_collection: { enabled: true },
  invoice_creation: { enabled: true, invoice_data: { description: title, metadata } },
})

async function find(stripe: Stripe, purchase: Purchase): Promise<Observation | null> {
  const { customer } = purchase
  if (customer === null) return null
  for await (const one of stripe.checkout.sessions.list({ customer, limit: 100 })) {
    if (one.metadata?.tag !== tagOf(purchase)) continue
    return ofSession(await stripe.checkout.sessions.retrieve(one.id, withIntent), purchase)
  }
  return null
}

const withIntent = { expand: ['payment_intent.latest_charge'] }
