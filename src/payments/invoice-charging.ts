import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { TaxTerms } from '../domain/tax.ts'
import { type Asking, asked, neverMade, notChargeable } from './charging.ts'
import { closeInvoice, finalizeInvoice, payInvoice } from './invoice-steps.ts'
import { findInvoice } from './invoices.ts'
import { isPrice, paidByInvoice } from './paid-amount.ts'
import type { Observation, Purchase } from './purchase.ts'
import { addPurchaseLine } from './purchase-line.ts'
import type { PushedPrices } from './pushed-prices.ts'
import { customerMayTakeMs, keyLastsMs } from './schedule.ts'
import { laterKey, step } from './step.ts'
import {
  faultOf,
  isMethodRefusal,
  noTaxLocation,
  orUnavailable,
  otherBalance,
  type Refused,
  refusedPayment,
  withoutAddress,
} from './stripe-faults.ts'
import { tagOf } from './stripe-metadata.ts'
import { needsCustomer, ofIntent } from './stripe-to-facts.ts'
import { ofInvoice } from './taxed-payment.ts'

export type InvoiceAsking = Asking & { readonly tax: TaxTerms }

/** A finalized invoice, and its one payment. */
type Payable = { readonly invoice: Stripe.Invoice; readonly intent: Stripe.PaymentIntent }

/**
 * Charges saved methods with tax: by an invoice, because Stripe computes no tax on a bare payment. The invoice has one
 * payment, which carries the purchase's name before it is charged, so that whoever observes it finds the purchase. A
 * payment that failed is final once its invoice is void. Each call continues from the invoice as it is at Stripe.
 */
export class InvoiceCharging {
  readonly #stripe: Stripe
  readonly #pushed: PushedPrices
  readonly #log: Logger

  constructor(stripe: Stripe, pushed: PushedPrices, log: Logger) {
    this.#stripe = stripe
    this.#pushed = pushed
    this.#log = log
  }

  /**
   * The payment's state as Stripe reports it; null: its outcome is not known yet.
   *
   * @throws {StripeUnavailable} if nothing was charged and this was the first try.
   */
  async ask(asking: InvoiceAsking): Promise<Observation | null> {
    let ready: Payable | Observation | null
    try {
      ready = await this.#prepare(asking)
    } catch (error) {
      const fault = faultOf(error)
      if (fault.kind === 'refused') return this.#refused(asking, fault)
      // Nothing is charged before the invoice is ready.
      throw asking.isFirst ? orUnavailable(error) : error
    }
    return ready !== null && isPayable(ready) ? this.#goOn(asking, ready) : ready
  }

  /** The invoice, made or found, with the purchase's name on its payment; or why there is none to pay, null: not known yet. */
  async #prepare(asking: InvoiceAsking): Promise<Payable | Observation | null> {
    const { purchase, age, isFirst, mayCharge } = asking
    const customer = customerOf(purchase)
    const find = () => findInvoice(this.#stripe, purchase, customer)
    const found = isFirst ? null : await find()
    if (found === null && age >= keyLastsMs) return neverMade
    if (found === null && !mayCharge) return null
    const { id } = found ?? (await this.#draft(asking, find))
    // Stripe answers a repeated key with what the invoice was then.
    const now = await this.#stripe.invoices.retrieve(id)
    const final = now.status === 'draft' ? await this.#complete(asking, now) : now
    if (!('object' in final)) return final
    const intent = await this.#paymentOf(final)
    if (intent === null)
      throw new Error(`The invoice ${id} of purchase ${purchase.id} of ${purchase.teamId} has no payment`)
    return {
      invoice: final,
      intent: isNamed(intent, purchase) ? intent : await this.#name(asking, intent),
    }
  }

  #draft(
    { purchase, title, metadata, threeDSecure }: InvoiceAsking,
    find: () => Promise<Stripe.Invoice | null>,
  ): Promise<Stripe.Invoice> {
    const terms: Stripe.InvoiceCreateParams = {
      customer: customerOf(purchase),
      currency: purchase.price.currency.toLowerCase(),
      metadata,
      description: title,
      collection_method: 'charge_automatically',
      auto_advance: false,
      automatic_tax: { enabled: true },
      pending_invoice_items_behavior: 'exclude',
      discounts: '',
      ...(purchase.cause === 'RECHARGE' ? {} : { payment_settings: asked(threeDSecure) }),
    }
    return step(`${nameOf(purchase)}:draft`, (key) => this.#stripe.invoices.create(terms, key), find, laterKey())
  }

  /** The draft with its one line, finalized; or why it can't be. */
  async #complete(asking: InvoiceAsking, draft: Stripe.Invoice): Promise<Stripe.Invoice | Observation> {
    const { purchase, title, tax, age, mayCharge } = asking
    if (age >= customerMayTakeMs || !mayCharge) {
      await closeInvoice(this.#stripe, draft)
      return neverMade
    }
    if (draft.subtotal === 0) {
      const line = { purchase, title, tax, invoice: draft.id, key: `${nameOf(purchase)}:item`, again: laterKey() }
      await addPurchaseLine(this.#stripe, this.#pushed, line)
    }
    const full = await this.#stripe.invoices.retrieve(draft.id)
    const other = full.amount_due === full.total && isPrice(paidByInvoice(full).price, purchase) ? null : otherBalance
    if (other === null) return finalizeInvoice(this.#stripe, nameOf(purchase), draft.id)
    const { id, teamId: team } = purchase
    this.#log.error({ purchase: id, team, invoice: draft.id, due: full.amount_due }, 'An invoice is not for its price')
    await closeInvoice(this.#stripe, full)
    return other
  }

  async #paymentOf({ id: invoice }: Stripe.Invoice): Promise<Stripe.PaymentIntent | null> {
    const expand = ['data.payment.payment_intent.latest_charge']
    const { data } = await this.#stripe.invoicePayments.list({ invoice, limit: 10, expand })
    const found = data.find(({ is_default: isDefault }) => isDefault)?.payment.payment_intent
    return typeof found === 'object' ? found : null
  }

  #name({ purchase, title, metadata }: InvoiceAsking, { id }: Stripe.PaymentIntent): Promise<Stripe.PaymentIntent> {
    const receipt = purchase.receiptEmail === null ? {} : { receipt_email: purchase.receiptEmail }
    const named = { metadata, description: title, ...receipt }
    const again = () => this.#stripe.paymentIntents.retrieve(id).then((now) => (isNamed(now, purchase) ? now : null))
    const name = `${nameOf(purchase)}:name`
    return step(name, (key) => this.#stripe.paymentIntents.update(id, named, key), again, laterKey())
  }

  /** From the state of the payment: charges it, waits for the customer, or ends it. */
  async #goOn(asking: InvoiceAsking, { invoice, intent }: Payable): Promise<Observation | null> {
    const { purchase, age, mayCharge } = asking
    const { status, last_payment_error: fault } = intent
    if (status === 'succeeded') return ofInvoice(invoice, intent, purchase)
    if (status === 'canceled' || status === 'processing') return ofIntent(intent, purchase)
    const asksCustomer = status === 'requires_action' || (fault !== null && needsCustomer(fault))
    const isOver = asksCustomer ? age >= customerMayTakeMs : fault !== null || age >= keyLastsMs || !mayCharge
    if (isOver) return this.#end(asking, invoice)
    return asksCustomer ? waitFor(asking, invoice, intent) : this.#pay(asking, invoice)
  }

  async #pay(asking: InvoiceAsking, { id }: Stripe.Invoice): Promise<Observation | null> {
    const { purchase } = asking
    const { paymentMethod, cause, teamId: team } = purchase
    if (paymentMethod === null) throw new Error(`Purchase ${purchase.id} has no method to charge`)
    try {
      const how = { payment_method: paymentMethod, off_session: cause === 'RECHARGE' }
      await payInvoice(this.#stripe, nameOf(purchase), id, how)
    } catch (error) {
      const fault = faultOf(error)
      if (fault.kind !== 'declined' && fault.kind !== 'refused') {
        this.#log.warn({ err: error, purchase: purchase.id, team }, 'What came of a charge is not known yet')
        return null
      }
      if (fault.kind === 'refused' && (await this.#stripe.invoices.retrieve(id)).status === 'open')
        return this.#refused(asking, fault)
    }
    const invoice = await this.#stripe.invoices.retrieve(id)
    const intent = await this.#paymentOf(invoice)
    const isUntried = intent?.status === 'requires_payment_method' && intent.last_payment_error === null
    return intent === null || isUntried ? null : this.#goOn(asking, { invoice, intent })
  }

  /** The invoice is void, unless it was paid before that. */
  async #end({ purchase }: InvoiceAsking, { id }: Stripe.Invoice): Promise<Observation | null> {
    try {
      await closeInvoice(this.#stripe, { id, status: 'open' })
    } catch (error) {
      if (faultOf(error).kind !== 'refused') throw error
    }
    const invoice = await this.#stripe.invoices.retrieve(id)
    const intent = await this.#paymentOf(invoice)
    if (intent === null) return null
    return intent.status === 'succeeded' ? ofInvoice(invoice, intent, purchase) : ofIntent(intent, purchase)
  }

  /** Takes the invoice away, if there is one that is not paid. Its end is no news of the purchase. */
  async takeAway(purchase: Purchase): Promise<void> {
    const left = await findInvoice(this.#stripe, purchase, customerOf(purchase))
    if (left?.status === 'open') {
      const intent = await this.#paymentOf(left)
      if (intent !== null) await this.#stripe.paymentIntents.update(intent.id, { metadata: { tag: '' } })
    }
    if (left?.status === 'open' || left?.status === 'draft') await closeInvoice(this.#stripe, left)
  }

  /** Stripe refuses the payment as it is. Its invoice is taken away. */
  async #refused({ purchase }: InvoiceAsking, fault: Refused): Promise<Observation> {
    this.#log.error(
      { purchase: purchase.id, team: purchase.teamId, ...fault },
      'Stripe refused a payment as it was asked for',
    )
    if (fault.param !== 'customer') await this.takeAway(purchase)
    if (fault.code === noTaxLocation) return withoutAddress
    if (!isMethodRefusal(fault)) return refusedPayment(fault)
    return { outcome: 'FAILED', declineCode: fault.code, failure: notChargeable }
  }
}

const isNamed = ({ metadata }: Stripe.PaymentIntent, purchase: Purchase): boolean => metadata.tag === tagOf(purchase)

const isPayable = (ready: Payable | Observation): ready is Payable =>
  typeof ready.invoice === 'object' && ready.invoice !== null

/** A purchase is confirmed on the invoice's page. A recharge has a page of its own, which leads there. */
function waitFor(
  { purchase, confirmPage }: InvoiceAsking,
  { hosted_invoice_url: url }: Stripe.Invoice,
  { id }: Stripe.PaymentIntent,
): Observation {
  return { intent: id, actionUrl: purchase.cause === 'RECHARGE' ? `${confirmPage}?payment=${id}` : (url ?? null) }
}

/** The beginning of the idempotency keys of a purchase's invoice. */
const nameOf = (purchase: Purchase): string => `${tagOf(purchase)}:taxed`

function customerOf({ id, customer }: Purchase): string {
  if (customer === null) throw new Error(`Purchase ${id} has no customer`)
  return customer
}
