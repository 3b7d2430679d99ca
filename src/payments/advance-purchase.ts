import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { maxMoneyPerDay } from '../catalog/catalog.ts'
import { creditsInWords, moneyInWords } from '../catalog/words.ts'
import type { Database } from '../database/open.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { createCharging } from './charging.ts'
import { askCheckout } from './checkout.ts'
import type { Customers } from './customers.ts'
import { StripeUnavailable } from './payments.ts'
import type { Observation, Purchase } from './purchase.ts'
import { countUnfinished, readBoughtInADay, readPurchase } from './purchase-rows.ts'
import type { FactRecorder } from './record-facts.ts'
import { customerMayTakeMs } from './schedule.ts'
import { reached, told } from './stripe-faults.ts'
import type { PurchaseName } from './stripe-metadata.ts'

/**
 * The most unpaid purchases of one team: each may have a page at Stripe, and is checked until it is paid or canceled.
 */
const maxUnfinished = 20

export type PurchaseAdvancerOptions = {
  readonly database: Database
  readonly stripe: Stripe
  readonly customers: Customers
  readonly recorder: FactRecorder
  readonly catalogs: Pick<Catalogs, 'find' | 'inForce'>
  /** The base of the pages that customers return to, without a trailing slash. */
  readonly publicUrl: () => string
  readonly log: Logger
}

export type PurchaseAdvancer = {
  advance(purchase: PurchaseName): Promise<Purchase>
  /** The purchase's name on receipts and invoices: `Starter, 5,000 credits`. */
  titleOf(purchase: Purchase): Promise<string>
}

/**
 * Continues a purchase as far as possible now. Any number of calls and processes may do so: every request to Stripe
 * follows from the row, under keys that follow from its name, so that the same payment is made or found. Once Stripe
 * may have forgotten a key, the payment is only searched for, never made.
 */
export function createPurchaseAdvancer({
  database,
  stripe,
  customers,
  recorder,
  catalogs,
  publicUrl,
  log,
}: PurchaseAdvancerOptions): PurchaseAdvancer {
  const underWay = new Map<string, Promise<Purchase>>()
  const charging = createCharging(stripe, log)

  async function advanceOnce({ teamId, id }: PurchaseName): Promise<Purchase> {
    const found = await readPurchase(database.pool, teamId, id)
    if (found === null) throw new Error(`There is no purchase ${id} of ${teamId}`)
    if (found.posted < found.facts) await recorded(found, {})
    if (found.state !== 'PENDING') return found
    const isAbandoned = found.askedAt === null && (await readClock(database)) - found.createdAt >= customerMayTakeMs
    const purchase = found.askedAt === null && !isAbandoned ? await prepare(found) : found
    if (purchase.state !== 'PENDING') return purchase
    const seen = await asked(purchase, found.askedAt === null && !isAbandoned)
    const known = seen === null ? await readPurchase(database.pool, teamId, id) : await recorded(purchase, seen)
    return known ?? purchase
  }

  const recorded = (purchase: Purchase, seen: Observation) =>
    recorder.record({ purchase, tag: null, see: () => seen, event: null })

  /** Decides how the purchase is paid, or that it can't be. Stores the decision before money is requested. */
  async function prepare(purchase: Purchase): Promise<Purchase> {
    const { teamId, id, pay, cause } = purchase
    const refusal = cause === 'PURCHASE' ? await refusalOf(purchase) : null
    if (refusal !== null) return (await recorded(purchase, { outcome: 'FAILED', ...refusal })) ?? purchase
    const customer = await reached(() => customers.ofTeam(teamId))
    const method = pay === 'CHECKOUT' ? null : customer.method
    if (method === null && pay === 'SAVED_METHOD') {
      const failure = 'There is no saved payment method: save one in the billing portal, or pay by Checkout.'
      return (await recorded(purchase, { outcome: 'FAILED', declineCode: 'no_payment_method', failure })) ?? purchase
    }
    const how = method === null ? 'CHECKOUT' : 'SAVED_METHOD'
    const values = [teamId, id, customer.id, method, how, customer.email]
    await database.pool.query({ name: 'prepare-purchase', text: prepared, values })
    return (await readPurchase(database.pool, teamId, id)) ?? purchase
  }

  /** Why no money is requested; null: it may be. Purchases that began together count in the order of their numbers. */
  async function refusalOf({
    teamId,
    id,
    price,
  }: Purchase): Promise<Pick<Observation, 'declineCode' | 'failure'> | null> {
    if ((await countUnfinished(database.pool, teamId, id)) >= maxUnfinished) {
      const failure = `${maxUnfinished} purchases of the team are not paid yet: pay one of them, or wait a day until those are called off.`
      return { declineCode: 'too_many_unfinished', failure }
    }
    const catalog = catalogs.inForce()
    const { perDay } = catalog.purchaseLimits
    const moneyPerDay = maxMoneyPerDay(catalog)
    const { count, money } = await readBoughtInADay(database.pool, { teamId, id, price })
    const isTooMuch = price.currency === moneyPerDay.currency && money + price.amount > moneyPerDay.amount
    if (count < perDay && !isTooMuch) return null
    const most = isTooMuch ? `packages for ${moneyInWords(moneyPerDay)}` : `${perDay} packages`
    return {
      declineCode: 'daily_limit',
      failure: `A team buys ${most} in 24 hours at most: buy again tomorrow, or ask the operator to raise the limit.`,
    }
  }

  /** The state of the payment after a request to Stripe; null: not known yet. */
  async function asked(purchase: Purchase, isFirst: boolean): Promise<Observation | null> {
    const { teamId, id, successUrl, cancelUrl, askedAt, createdAt } = purchase
    const now = await readClock(database)
    const [success, cancel] = [`${publicUrl()}/payment?outcome=success`, `${publicUrl()}/payment?outcome=cancel`]
    const asking = { purchase, title: await titleOf(purchase) }
    const urls = { successUrl: successUrl ?? success, cancelUrl: cancelUrl ?? cancel }
    try {
      return await told(
        () =>
          purchase.pay === 'CHECKOUT'
            ? askCheckout(stripe, { ...asking, ...urls, since: now - createdAt })
            : charging.ask({ ...asking, comeBack: success, isFirst, age: now - (askedAt ?? createdAt) }),
        (err) =>
          log.warn({ err, purchase: id, team: teamId }, 'Stripe does not tell how a payment stands; asked again'),
      )
    } catch (error) {
      if (error instanceof StripeUnavailable) {
        await database.pool.query({ name: 'unask-purchase', text: unasked, values: [teamId, id] })
      }
      throw error
    }
  }

  async function titleOf({ packageId, catalogVersion, credits }: Purchase): Promise<string> {
    const catalog = await catalogs.find(catalogVersion)
    const name = catalog?.packages.find(({ id }) => id === packageId)?.name ?? packageId
    return `${name}, ${creditsInWords(credits)}`
  }

  return {
    titleOf,
    advance(purchase) {
      const name = `${purchase.teamId}\n${purchase.id}`
      const shared = underWay.get(name)
      if (shared !== undefined) return shared
      const mine = advanceOnce(purchase).finally(() => underWay.delete(name))
      underWay.set(name, mine)
      return mine
    },
  }
}

const prepared = `
  update purchase set customer = $3, payment_method = $4, pay = $5, receipt_email = $6, asked_at = ledger_now(), asks = 0,
    ask_at = ledger_now() + interval '5 seconds'
  where team_id = $1 and id = $2 and asked_at is null and state = 'PENDING'`

/** No money was requested after all. The buyer may try again; nobody else does so without the buyer. */
const unasked = `
  update purchase set asked_at = null,
    ask_at = case cause when 'PURCHASE' then created_at + interval '1 day' else ask_at end
  where team_id = $1 and id = $2 and payment_intent is null and state = 'PENDING'`
