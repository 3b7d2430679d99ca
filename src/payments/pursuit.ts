import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { creditsInWords } from '../catalog/words.ts'
import type { Database } from '../database/open.ts'
import type { Catalogs } from '../ledger/catalogs.ts'
import { readClock } from '../ledger/move-clock.ts'
import type { Customers } from './customers.ts'
import { toMinorUnits } from './minor-units.ts'
import { needsCustomer, ofDecline, ofIntent, ofSession } from './observations.ts'
import { PaymentsUnavailable } from './payments.ts'
import type { Observation, Purchase } from './purchase.ts'
import { readPurchase } from './purchase-rows.ts'
import type { Recordings } from './recordings.ts'
import { customerMayTakeMs, keyLastsMs } from './schedule.ts'
import { faultOf, reached, told } from './stripe-faults.ts'
import { metadataOf, type PurchaseName, tagOf } from './tags.ts'

export type PursuitOptions = {
  readonly database: Database
  readonly stripe: Stripe
  readonly customers: Customers
  readonly recordings: Recordings
  readonly catalogs: Pick<Catalogs, 'find'>
  /** Where customers come back to, without a trailing slash. */
  readonly publicUrl: () => string
  readonly log: Logger
}

export type Pursuit = {
  pursue(purchase: PurchaseName): Promise<Purchase>
  /** As it stands on receipts and invoices: `Starter, 5,000 credits`. */
  titleOf(purchase: Purchase): Promise<string>
}

/**
 * Takes a purchase as far as it goes now. However often and from however many processes: whatever is asked of Stripe
 * follows from the row, under keys that follow from its name, so that the same payment is made or found. Once a key may
 * be forgotten, it is only looked for, never made.
 */
export function createPursuit({
  database,
  stripe,
  customers,
  recordings,
  catalogs,
  publicUrl,
  log,
}: PursuitOptions): Pursuit {
  const underWay = new Map<string, Promise<Purchase>>()
  const tries = openTries(stripe)

  async function pursueOnce({ teamId, id }: PurchaseName): Promise<Purchase> {
    const found = await readPurchase(database.pool, teamId, id)
    if (found === null) throw new Error(`There is no purchase ${id} of ${teamId}`)
    if (found.posted < found.facts) await recorded(found, {})
    if (found.state !== 'PENDING') return found
    const isAbandoned = found.askedAt === null && (await readClock(database)) - found.createdAt >= customerMayTakeMs
    const purchase = found.askedAt === null && !isAbandoned ? await prepare(found) : found
    if (purchase.state !== 'PENDING') return purchase
    const isFirst = found.askedAt === null
    const seen = await told(
      () => (purchase.pay === 'CHECKOUT' ? askSession(purchase) : askIntent(purchase, isFirst)),
      (err) => log.warn({ err, purchase: id, team: teamId }, 'Stripe does not tell how a payment stands; asked again'),
    )
    const known = seen === null ? await readPurchase(database.pool, teamId, id) : await recorded(purchase, seen)
    return known ?? purchase
  }

  const recorded = (purchase: Purchase, seen: Observation) =>
    recordings.record({ purchase, tag: null, see: () => seen, event: null })

  /** Decides how it is paid, and writes that down before money is asked for. */
  async function prepare(purchase: Purchase): Promise<Purchase> {
    const { teamId, id, pay } = purchase
    const customer = await reached(() => customers.ofTeam(teamId))
    const method = pay === 'CHECKOUT' ? null : customer.method
    if (method === null && pay === 'SAVED_METHOD') {
      const failure = 'There is no saved payment method: save one in the billing portal, or pay by Checkout.'
      return (await recorded(purchase, { outcome: 'FAILED', declineCode: 'no_payment_method', failure })) ?? purchase
    }
    const how = method === null ? 'CHECKOUT' : 'SAVED_METHOD'
    await database.pool.query(prepared, [teamId, id, customer.id, method, how, customer.email])
    return (await readPurchase(database.pool, teamId, id)) ?? purchase
  }

  const ageOf = async ({ askedAt, createdAt }: Purchase) => (await readClock(database)) - (askedAt ?? createdAt)

  /** `isFirst`: nobody has asked for this payment before. */
  async function askIntent(purchase: Purchase, isFirst: boolean): Promise<Observation | null> {
    const age = await ageOf(purchase)
    const { intent } = purchase
    if (intent !== null) return seeIntent(purchase, await stripe.paymentIntents.retrieve(intent, withCharge), age)
    if (age >= keyLastsMs) return findIntent(purchase)
    const key = intentKey(purchase)
    tries.begin(key)
    let charged: Stripe.PaymentIntent
    try {
      charged = await charge(purchase)
    } catch (error) {
      return notCharged(purchase, error, tries.end(key) <= 1 && isFirst)
    }
    tries.end(key)
    return seeIntent(purchase, charged, age)
  }

  /** Charges the method that the row names. */
  async function charge(purchase: Purchase): Promise<Stripe.PaymentIntent> {
    const { price, customer, paymentMethod, cause, receiptEmail } = purchase
    if (customer === null || paymentMethod === null) throw new Error(`Purchase ${purchase.id} has no method to charge`)
    const absent = cause === 'RECHARGE' ? { off_session: true, error_on_requires_action: true } : {}
    return stripe.paymentIntents.create(
      {
        amount: toMinorUnits(price),
        currency: price.currency.toLowerCase(),
        customer,
        payment_method: paymentMethod,
        confirm: true,
        return_url: comeBack(),
        description: await titleOf(purchase),
        metadata: metadataOf(purchase),
        ...(receiptEmail === null ? {} : { receipt_email: receiptEmail }),
        ...absent,
        ...withCharge,
      },
      { idempotencyKey: intentKey(purchase) },
    )
  }

  /**
   * What Stripe's refusal of a charge tells; null: it is not known yet what came of it. `isOnly`: no other try was made,
   * whose answer may have been lost.
   */
  async function notCharged(purchase: Purchase, error: unknown, isOnly: boolean): Promise<Observation | null> {
    const fault = faultOf(error)
    switch (fault.kind) {
      case 'declined': {
        const { payment_intent: intent } = fault.error
        if (intent === undefined) return ofDecline(fault.error)
        return seeIntent(purchase, intent, 0)
      }
      case 'other-parameters':
        return findIntent(purchase)
      case 'refused': {
        log.error(
          { purchase: purchase.id, team: purchase.teamId, ...fault },
          'Stripe refused a payment as it was asked for',
        )
        const failure =
          'The saved payment method can not be charged: replace it in the billing portal, or pay by Checkout.'
        return { outcome: 'FAILED', declineCode: fault.code, failure }
      }
      case 'in-progress': {
        const made = await madeIntent(purchase)
        return made === null ? null : seeIntent(purchase, made, 0)
      }
      case 'unavailable':
        if (!isOnly) return null
        await database.pool.query(unasked, [purchase.teamId, purchase.id])
        throw new PaymentsUnavailable(fault.retryAfterSeconds, error)
      case 'unknown':
        log.warn({ err: error, purchase: purchase.id, team: purchase.teamId }, 'What came of a charge is not known yet')
        return null
    }
  }

  /** A payment that waits for the customer gets a page to confirm it on; one that waited too long is called off. */
  async function seeIntent(purchase: Purchase, intent: Stripe.PaymentIntent, age: number): Promise<Observation> {
    const waits = intent.status === 'requires_action' || intent.status === 'requires_payment_method'
    if (waits && age >= customerMayTakeMs) return ofIntent(await stripe.paymentIntents.cancel(intent.id), purchase)
    const { last_payment_error: fault } = intent
    const isParked = intent.status === 'requires_payment_method' && fault !== null && needsCustomer(fault)
    if (purchase.cause !== 'RECHARGE' || !isParked || purchase.paymentMethod === null) return ofIntent(intent, purchase)
    const confirmed = await stripe.paymentIntents.confirm(
      intent.id,
      { payment_method: purchase.paymentMethod, return_url: comeBack(), ...withCharge },
      { idempotencyKey: `${tagOf(purchase)}:confirm` },
    )
    return ofIntent(confirmed, purchase)
  }

  /** The payment that was made for this purchase; where there is none, none can come any more. */
  async function findIntent(purchase: Purchase): Promise<Observation> {
    const made = await madeIntent(purchase)
    return made === null ? { outcome: 'CANCELED' } : seeIntent(purchase, made, await ageOf(purchase))
  }

  /** The payment that Stripe has for this purchase by now; null: none. */
  async function madeIntent(purchase: Purchase): Promise<Stripe.PaymentIntent | null> {
    const { customer } = purchase
    if (customer === null) return null
    const created = { gte: Math.floor(purchase.createdAt / 1000) - 3_600 }
    for await (const intent of stripe.paymentIntents.list({ customer, created, limit: 100 })) {
      if (intent.metadata.tag === tagOf(purchase)) return intent
    }
    return null
  }

  async function askSession(purchase: Purchase): Promise<Observation | null> {
    const { session } = purchase
    if (session !== null) return ofSession(await stripe.checkout.sessions.retrieve(session, withIntent))
    if ((await ageOf(purchase)) >= keyLastsMs) return findSession(purchase)
    try {
      return ofSession(await openSession(purchase))
    } catch (error) {
      const fault = faultOf(error)
      if (fault.kind === 'other-parameters') return findSession(purchase)
      if (fault.kind === 'refused') throw error
      throw new PaymentsUnavailable(30, error)
    }
  }

  async function openSession(purchase: Purchase): Promise<Stripe.Checkout.Session> {
    const { price, customer, successUrl, cancelUrl } = purchase
    if (customer === null) throw new Error(`Purchase ${purchase.id} has no customer`)
    const metadata = metadataOf(purchase)
    const description = await titleOf(purchase)
    const item = { currency: price.currency.toLowerCase(), unit_amount: toMinorUnits(price) }
    return stripe.checkout.sessions.create(
      {
        mode: 'payment',
        customer,
        line_items: [{ quantity: 1, price_data: { ...item, product_data: { name: description } } }],
        metadata,
        payment_intent_data: { metadata, description, setup_future_usage: 'off_session' },
        success_url: successUrl ?? `${publicUrl()}/payment?outcome=success`,
        cancel_url: cancelUrl ?? `${publicUrl()}/payment?outcome=cancel`,
      },
      { idempotencyKey: `${tagOf(purchase)}:checkout` },
    )
  }

  async function findSession(purchase: Purchase): Promise<Observation> {
    const { customer } = purchase
    const made = { gte: Math.floor(purchase.createdAt / 1000) - 3_600 }
    if (customer !== null) {
      for await (const one of stripe.checkout.sessions.list({ customer, created: made, limit: 100 })) {
        if (one.metadata?.tag === tagOf(purchase)) {
          return ofSession(await stripe.checkout.sessions.retrieve(one.id, withIntent))
        }
      }
    }
    return { outcome: 'CANCELED' }
  }

  const comeBack = () => `${publicUrl()}/payment?outcome=success`

  async function titleOf({ packageId, catalogVersion, credits }: Purchase): Promise<string> {
    const catalog = await catalogs.find(catalogVersion)
    const name = catalog?.packages.find(({ id }) => id === packageId)?.name ?? packageId
    return `${name}, ${creditsInWords(credits)}`
  }

  return {
    titleOf,
    pursue(purchase) {
      const name = `${purchase.teamId}\n${purchase.id}`
      const shared = underWay.get(name)
      if (shared !== undefined) return shared
      const mine = pursueOnce(purchase).finally(() => underWay.delete(name))
      underWay.set(name, mine)
      return mine
    },
  }
}

const intentKey = (purchase: Purchase): string => `${tagOf(purchase)}:intent`

/** How often something was tried under a key: the SDK tries again by itself, and tells only what came of the last time. */
function openTries(stripe: Stripe) {
  const made = new Map<string, number>()
  stripe.on('request', ({ idempotency_key: key = '' }: Stripe.RequestEvent) => {
    const before = made.get(key)
    if (before !== undefined) made.set(key, before + 1)
  })
  return {
    begin: (key: string) => void made.set(key, 0),
    end(key: string): number {
      const count = made.get(key) ?? 0
      made.delete(key)
      return count
    },
  }
}

const withCharge = { expand: ['latest_charge'] }
const withIntent = { expand: ['payment_intent.latest_charge'] }

const prepared = `
  update purchase set customer = $3, payment_method = $4, pay = $5, receipt_email = $6, asked_at = ledger_now(), asks = 0,
    ask_at = ledger_now() + interval '5 seconds'
  where team_id = $1 and id = $2 and asked_at is null and state = 'PENDING'`

/** Nothing was asked for after all: the buyer may ask again, and nobody does so behind the buyer's back. */
const unasked = `
  update purchase set asked_at = null,
    ask_at = case cause when 'PURCHASE' then created_at + interval '1 day' else ask_at end
  where team_id = $1 and id = $2 and payment_intent is null and state = 'PENDING'`
