import { hash } from 'node:crypto'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { Lane } from '../concurrency/lane.ts'
import type { Database } from '../database/open.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { hastenChange } from './add-on-rows.ts'
import type { Customers } from './customers.ts'
import type { EventScope } from './event-scope.ts'
import { EventVersions, mayBeOfSubscription } from './event-versions.ts'
import { type EventName, writeEvents } from './fact-rows.ts'
import type { InvoiceCosts } from './invoice-costs.ts'
import type { BillStates } from './metered-bill-states.ts'
import type { OtherPayments } from './other-payments.ts'
import { isPrice, paidByIntent } from './paid-amount.ts'
import { isSecondPayment, type Observation, type Purchase } from './purchase.ts'
import {
  isBuying,
  type KnownPurchase,
  readKnownPurchases,
  readLastRechargeMethod,
  readPurchaseOfInvoice,
  readPurchaseOfPayment,
} from './purchase-rows.ts'
import type { FactRecorder } from './record-facts.ts'
import { hastenReversed } from './reversed-invoice-rows.ts'
import type { ReversedInvoices } from './reversed-invoices.ts'
import { isMissing } from './stripe-faults.ts'
import { type PurchaseName, purchaseIn } from './stripe-metadata.ts'
import {
  failedLater,
  idOf,
  ofCreditNote,
  ofDispute,
  ofIntent,
  ofRefund,
  ofReview,
  ofSession,
  ofWarning,
} from './stripe-to-facts.ts'
import type { Subscriptions } from './subscriptions.ts'
import { taxedPayment } from './taxed-payment.ts'

/** The outcome of an event: it had its effect, it concerns nothing of ours, or its type has no effect. */
export type Handled = 'handled' | 'foreign' | 'ignored'

export type StripeEventsOptions = {
  readonly database: Database
  readonly ledger: Ledger
  readonly stripe: Stripe
  readonly customers: Customers
  readonly recorder: FactRecorder
  readonly others: Pick<OtherPayments, 'refund'>
  readonly subscriptions: Subscriptions
  readonly scope: EventScope
  readonly bills: Pick<BillStates, 'followInvoice'>
  readonly reversed: Pick<ReversedInvoices, 'ofPayment' | 'record'>
  readonly costs: Pick<InvoiceCosts, 'ofCycle'>
  readonly log: Logger
}

/** The types that have an effect here; Stripe need not send others. */
export const handledTypes = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.requires_action',
  'payment_intent.canceled',
  'checkout.session.completed',
  'checkout.session.expired',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'payment_method.attached',
  'payment_method.automatically_updated',
  'payment_method.updated',
  'radar.early_fraud_warning.created',
  'review.opened',
  'review.closed',
  'credit_note.created',
  'credit_note.updated',
  'credit_note.voided',
  'customer.updated',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.overdue',
  'invoice.voided',
  'invoice.marked_uncollectible',
] as const satisfies Stripe.Event['type'][]

const readLimits = { batch: 64, parallel: 2, capacity: 20_000 }

type Reading = PromiseSettledResult<KnownPurchase | null>

async function readEach(pool: Pool, names: readonly PurchaseName[]): Promise<Reading[]> {
  const found = await readKnownPurchases(pool, names)
  const byName = new Map(found.map((one) => [`${one.purchase.id} ${one.purchase.teamId}`, one]))
  return names.map(({ id, teamId }) => ({ status: 'fulfilled', value: byName.get(`${id} ${teamId}`) ?? null }))
}

/** Handles Stripe's events: each is stored together with its effect, or after it. */
export class StripeEvents {
  readonly #options: StripeEventsOptions
  readonly #pool: Pool
  readonly #versions: EventVersions
  /** Reads for events that arrive together are made together. */
  readonly #purchases: Lane<PurchaseName, KnownPurchase | null>

  constructor(options: StripeEventsOptions) {
    this.#options = options
    this.#pool = options.database.pool
    this.#versions = new EventVersions(options.log)
    this.#purchases = new Lane((names) => readEach(this.#pool, names), readLimits)
  }

  /** Resolves after commit. The same event again, or an older event later, changes nothing. */
  async handle(event: Stripe.Event): Promise<Handled> {
    if (!(await this.#options.scope.includes(event))) return 'foreign'
    this.#versions.see(event)
    const { object } = event.data
    const name: EventName = {
      id: event.id,
      type: event.type,
      object: 'id' in object && typeof object.id === 'string' ? object.id : '',
      createdAt: event.created * 1000,
    }
    switch (event.type) {
      case 'payment_intent.succeeded':
        return this.#paid(event.data.object, name)
      case 'payment_intent.payment_failed':
      case 'payment_intent.requires_action':
      case 'payment_intent.canceled':
        return this.#ofPurchase(event.data.object.metadata, (purchase) => ofIntent(event.data.object, purchase), name)
      case 'checkout.session.completed':
      case 'checkout.session.expired':
      case 'checkout.session.async_payment_succeeded':
        return event.data.object.mode === 'setup'
          ? this.#saved(event.data.object, name)
          : this.#ofPurchase(event.data.object.metadata, (known) => ofSession(event.data.object, known), name)
      case 'checkout.session.async_payment_failed':
        return this.#ofPurchase(event.data.object.metadata, () => failedLater, name)
      case 'refund.created':
      case 'refund.updated':
      case 'refund.failed':
        return this.#ofPayment(idOf(event.data.object.payment_intent), ofRefund(event.data.object), name)
      case 'charge.dispute.created':
      case 'charge.dispute.updated':
      case 'charge.dispute.closed':
      case 'charge.dispute.funds_withdrawn':
      case 'charge.dispute.funds_reinstated':
        return this.#ofPayment(idOf(event.data.object.payment_intent), ofDispute(event.data.object), name)
      case 'radar.early_fraud_warning.created':
        return this.#ofPayment(await this.#paymentOf(event.data.object), ofWarning(event.data.object), name)
      case 'review.opened':
      case 'review.closed':
        return this.#ofPayment(await this.#paymentOf(event.data.object), ofReview(event.data.object), name)
      case 'credit_note.created':
      case 'credit_note.updated':
      case 'credit_note.voided':
        return this.#ofCreditNote(event.data.object.id, name)
      case 'payment_method.attached':
        return this.#rearm(idOf(event.data.object.customer), name, null)
      case 'payment_method.automatically_updated':
      case 'payment_method.updated':
        return this.#rearm(idOf(event.data.object.customer), name, event.data.object.id)
      case 'customer.updated':
        return isNews(event.data.previous_attributes) ? this.#rearm(event.data.object.id, name, null) : 'ignored'
      case 'customer.subscription.created':
      case 'customer.subscription.updated':
      case 'customer.subscription.deleted':
      case 'customer.subscription.paused':
      case 'customer.subscription.resumed':
        return this.#follow(event.data.object.customer, name)
      case 'invoice.paid':
      case 'invoice.payment_failed':
        return mayBeOfSubscription(event.data.object)
          ? this.#follow(event.data.object.customer, name, event.type === 'invoice.paid' ? event.data.object.id : null)
          : this.#ofInvoice(event.data.object.id, name)
      case 'invoice.payment_action_required':
      case 'invoice.overdue':
      case 'invoice.voided':
      case 'invoice.marked_uncollectible':
        return this.#ofInvoice(event.data.object.id, name)
      default:
        return 'ignored'
    }
  }

  /** `see`: the observation in the event, for the purchase that its object was made for. */
  async #ofPurchase(
    metadata: Stripe.Metadata | null,
    see: (known: Purchase) => Observation,
    event: EventName,
    known?: KnownPurchase,
  ): Promise<Handled> {
    const purchase = purchaseIn(metadata)
    if (purchase === null) return this.#foreign(event)
    const seen = { purchase, tag: purchase.tag, see, event, ...(known && { known }) }
    const found = await this.#options.recorder.record(seen)
    if (found !== null) {
      await this.#refundSecond(found, see(found), event)
      return 'handled'
    }
    this.#options.log.error({ ...purchase, event }, 'Stripe tells of a purchase that is not in this database')
    return this.#foreign(event)
  }

  /** The event of a second payment is stored once that payment is refunded. */
  async #refundSecond(known: Purchase, seen: Observation, event: EventName): Promise<void> {
    if (!isSecondPayment(known, seen) || seen.intent == null) return
    await this.#options.others.refund(known, seen.intent)
    await writeEvents(this.#pool, [event])
  }

  async #paid(intent: Stripe.PaymentIntent, event: EventName): Promise<Handled> {
    const name = purchaseIn(intent.metadata)
    const known = name === null ? null : await this.#purchases.one(name)
    const see = await this.#succeeded(intent, known?.purchase ?? null)
    return this.#ofPurchase(intent.metadata, see, event, known ?? undefined)
  }

  /** An intent states its tax nowhere: the Checkout page or the invoice that it pays does. */
  async #succeeded(intent: Stripe.PaymentIntent, purchase: Purchase | null): Promise<(known: Purchase) => Observation> {
    const byIntent = (known: Purchase) => ofIntent(intent, known)
    if (purchase === null || intent.status !== 'succeeded') return byIntent
    if (purchase.taxBehavior === null && isPrice(paidByIntent(intent).price, purchase)) return byIntent
    return (await taxedPayment(this.#options.stripe, intent, purchase)) ?? byIntent
  }

  /** A reversal names a payment. An unknown payment is retrieved from Stripe. */
  async #ofPayment(intent: string | null, seen: Observation, event: EventName): Promise<Handled> {
    if (intent === null) return this.#noPurchase(seen, event)
    const known = await readPurchaseOfPayment(this.#pool, intent)
    const purchase = known?.purchase ?? null
    if (known !== null && known.purchase.fingerprint !== null) {
      return this.#record(known.purchase, () => seen, event, known)
    }
    // How it was paid decides what may not be charged any more.
    const paid = await this.#options.stripe.paymentIntents.retrieve(intent, withCharge).catch((error) => {
      if (isMissing(error)) return null
      throw error
    })
    const paidFor = purchase ?? purchaseIn(paid?.metadata ?? null)
    if (paid === null) return this.#noPurchase(seen, event)
    if (paidFor === null) return this.#ofInvoicePayment(intent, seen, event)
    const named = purchaseIn(paid.metadata)
    const succeeded = await this.#succeeded(paid, named && ((await this.#purchases.one(named))?.purchase ?? null))
    if (purchase !== null) return this.#record(purchase, (known) => ({ ...succeeded(known), ...seen }), event)
    const isSecond = ({ outcome, intent: first }: Purchase) => outcome === 'PAID' && first !== intent
    // A refund of a second payment takes no credits back: the credits came with the first payment.
    const see = (known: Purchase) => (isSecond(known) ? {} : { ...succeeded(known), ...seen })
    return this.#ofPurchase(paid.metadata, see, event)
  }

  /** A payment that is no purchase may be that of a plan, of units or of a metered bill. */
  async #ofInvoicePayment(intent: string, seen: Observation, event: EventName): Promise<Handled> {
    const isOurs = seen.reversal !== undefined && (await this.#options.reversed.ofPayment(intent, seen.reversal))
    if (!isOurs) return this.#noPurchase(seen, event)
    await writeEvents(this.#pool, [event])
    return 'handled'
  }

  /** The refunds that a credit note makes are told by themselves; the rest of it counts like a refund. */
  async #ofCreditNote(id: string, event: EventName): Promise<Handled> {
    const note = await this.#options.stripe.creditNotes.retrieve(id)
    const seen = ofCreditNote(note)
    const invoice = idOf(note.invoice)
    if (invoice === null || seen.reversal === undefined) return this.#foreign(event)
    const purchase = await readPurchaseOfInvoice(this.#pool, invoice)
    if (purchase !== null) return this.#record(purchase, () => seen, event)
    if (!(await this.#options.reversed.record(invoice, seen.reversal))) return this.#noPurchase(seen, event)
    await writeEvents(this.#pool, [event])
    return 'handled'
  }

  async #record(
    purchase: Purchase,
    see: (known: Purchase) => Observation,
    event: EventName,
    known?: KnownPurchase,
  ): Promise<Handled> {
    await this.#options.recorder.record({ purchase, tag: null, see, event, ...(known && { known }) })
    return 'handled'
  }

  /** The payment that a warning or a review is about. Older versions of the API name the charge alone. */
  async #paymentOf(about: Pick<Stripe.Review, 'payment_intent' | 'charge'>): Promise<string | null> {
    const named = idOf(about.payment_intent)
    const charge = idOf(about.charge)
    if (named !== null || charge === null) return named
    return idOf((await this.#options.stripe.charges.retrieve(charge)).payment_intent)
  }

  /** The method that the customer saved on Stripe's page is charged from now on. */
  async #saved({ customer, setup_intent: setup }: Stripe.Checkout.Session, event: EventName): Promise<Handled> {
    const { stripe, customers } = this.#options
    const [id, intent] = [idOf(customer), idOf(setup)]
    if (id === null || intent === null || (await customers.teamOf(id)) === null) return this.#foreign(event)
    const method = idOf((await stripe.setupIntents.retrieve(intent)).payment_method)
    if (method !== null) await customers.prefer(id, method)
    await writeEvents(this.#pool, [event])
    return 'handled'
  }

  /**
   * Rearms the recharge under the event's own key, so that a repeated event rearms it once. An event about the method
   * that the last recharge was charged by is late news, and rearms nothing, unless the bank has renewed it: `renewed`
   * has the same name and another card.
   */
  async #rearm(customer: string | null, event: EventName, renewed: string | null): Promise<Handled> {
    const { customers, ledger } = this.#options
    const teamId = customer === null ? null : await customers.teamOf(customer)
    if (teamId === null) return this.#foreign(event)
    const asked = await readLastRechargeMethod(this.#pool, teamId)
    const { method } = await customers.ofTeam(teamId)
    if (method !== null && (method !== asked || method === renewed)) {
      // During a purchase the method was saved by its payment, which brings credits: no recharge is bought beside it.
      const atOnce = !(await isBuying(this.#pool, teamId))
      const command = { kind: 'rearm-recharge', atOnce } as const
      await ledger.submit({ teamId, key: `stripe:${event.id}`, fingerprint: rearming, command })
    }
    await writeEvents(this.#pool, [event])
    return 'handled'
  }

  /** `paid`: an invoice that is paid now; null: the event is of something else. */
  async #follow(
    whose: Parameters<typeof idOf>[0],
    event: EventName,
    paid: string | null | undefined = null,
  ): Promise<Handled> {
    const { subscriptions, customers, costs } = this.#options
    const customer = idOf(whose)
    const followed = customer === null ? null : await subscriptions.follow(customer)
    if (customer === null || followed === null || followed.kind === 'foreign') return this.#foreign(event)
    const teamId = paid == null ? null : await customers.teamOf(customer)
    if (paid != null && teamId !== null) await costs.ofCycle(teamId, paid)
    await hastenReversed(this.#pool, customer)
    await writeEvents(this.#pool, [event])
    return 'handled'
  }

  /** A change of units that waits for the invoice goes on at once; a metered bill is read again. */
  async #ofInvoice(invoice: string | undefined, event: EventName): Promise<Handled> {
    if (invoice === undefined) return this.#foreign(event)
    const isOurs = (await hastenChange(this.#pool, invoice)) || (await this.#options.bills.followInvoice(invoice))
    await writeEvents(this.#pool, [event])
    return isOurs ? 'handled' : 'foreign'
  }

  #noPurchase({ reversal }: Observation, event: EventName): Promise<Handled> {
    const amount = reversal?.amount.toString()
    this.#options.log.warn(
      { event, amount, effect: reversal?.effect },
      'A payment was refunded, disputed or warned of, and nobody can tell which credits it brought: none are taken back',
    )
    return this.#foreign(event)
  }

  async #foreign(event: EventName): Promise<Handled> {
    await writeEvents(this.#pool, [event])
    return 'foreign'
  }
}

/** Another default method may be charged, and with an address a tax can be computed. */
const isNews = (before: object = {}): boolean => 'invoice_settings' in before || 'address' in before

const withCharge = { expand: ['latest_charge'] }

const rearming = hash('sha256', 'rearm-recharge', 'hex').slice(0, 32)
