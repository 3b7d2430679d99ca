import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { creditsInWords } from '../catalog/words.ts'
import { sharing } from '../concurrency/sharing.ts'
import type { Database } from '../database/open.ts'
import type { TaxTerms } from '../domain/tax.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { ms } from '../ledger/rows/instants.ts'
import { type Asking, Charging } from './charging.ts'
import { askCheckout } from './checkout.ts'
import { confirmPath } from './confirmations.ts'
import type { Customer, Customers } from './customers.ts'
import { InvoiceCharging } from './invoice-charging.ts'
import { isNew } from './new-teams.ts'
import { StripeUnavailable } from './payments.ts'
import type { Observation, Purchase } from './purchase.ts'
import { refusalOf } from './purchase-limits.ts'
import { type KnownPurchase, purchaseColumns, readKnownPurchases, readPurchase, toKnown } from './purchase-rows.ts'
import type { PushedPrices } from './pushed-prices.ts'
import type { FactRecorder } from './record-facts.ts'
import { returnPath, returnUrl } from './returns.ts'
import { customerMayTakeMs, soonSeconds } from './schedule.ts'
import { paysElsewhere, servedElsewhere, servedHere } from './served-elsewhere.ts'
import { packageTitle } from './sold-products.ts'
import { faultOf, otherBalance, reached, refusedPayment, told, withoutAddress } from './stripe-faults.ts'
import { type PurchaseName, riskMetadataOf } from './stripe-metadata.ts'

export type PurchaseAdvancerOptions = {
  readonly database: Database
  readonly stripe: Stripe
  readonly customers: Customers
  readonly recorder: FactRecorder
  readonly catalogs: Pick<Catalogs, 'find' | 'inForce'>
  readonly pushed: PushedPrices
  /** The base of the pages that customers return to, without a trailing slash. */
  readonly publicUrl: () => string
  readonly log: Logger
}

/** `isFirst`: this process stored the decision how the purchase is paid, so that none has requested money before it. */
type AskedPurchase = KnownPurchase & { readonly isFirst: boolean }

/**
 * Continues a purchase as far as possible now. Any number of calls and processes may do so: every request to Stripe
 * follows from the row, under keys that follow from its name, so that the same payment is made or found. Once Stripe
 * may have forgotten a key, the payment is only searched for, never made.
 */
export class PurchaseAdvancer {
  readonly #options: PurchaseAdvancerOptions
  readonly #pool: Pool
  readonly #charging: Charging
  readonly #taxedCharging: InvoiceCharging
  readonly #shared = sharing<string, Purchase>()

  constructor(options: PurchaseAdvancerOptions) {
    this.#options = options
    this.#pool = options.database.pool
    this.#charging = new Charging(options.stripe, options.log)
    this.#taxedCharging = new InvoiceCharging(options.stripe, options.pushed, options.log)
  }

  /** Callers at the same time share one run. */
  advance(purchase: PurchaseName): Promise<Purchase> {
    return this.#shared(`${purchase.teamId}\n${purchase.id}`, () => this.#advance(purchase))
  }

  /** The purchase's name on receipts and invoices: `Starter, 5,000 credits`; `1,200 credits` where it has no package. */
  async titleOf(purchase: Purchase): Promise<string> {
    const name = await this.nameOf(purchase)
    return name === null ? creditsInWords(purchase.credits) : packageTitle(name, purchase.credits)
  }

  /** The name of the package; null: the purchase has none. */
  async nameOf({ packageId, catalogVersion }: Purchase): Promise<string | null> {
    if (packageId === null) return null
    const catalog = await this.#options.catalogs.find(catalogVersion)
    return catalog?.packages.find(({ id }) => id === packageId)?.name ?? packageId
  }

  async #advance({ teamId, id }: PurchaseName): Promise<Purchase> {
    const [known] = await readKnownPurchases(this.#pool, [{ teamId, id }])
    if (known === undefined) throw new Error(`There is no purchase ${id} of ${teamId}`)
    const { purchase: found, at } = known
    if (found.posted < found.facts) await this.#record(found, {})
    if (found.state !== 'PENDING') return found
    const isUnasked = found.askedAt === null
    const isAbandoned = isUnasked && at - found.createdAt >= customerMayTakeMs
    const asked = isUnasked && !isAbandoned ? await this.#prepare(known) : { ...known, isFirst: false }
    if (asked.purchase.state !== 'PENDING') return asked.purchase
    const seen = await this.#ask(asked)
    const { purchase } = asked
    const after = seen === null ? await readPurchase(this.#pool, teamId, id) : await this.#record(purchase, seen)
    return after ?? purchase
  }

  #record(purchase: Purchase, seen: Observation): Promise<Purchase | null> {
    return this.#options.recorder.record({ purchase, tag: null, see: () => seen, event: null })
  }

  /**
   * Decides how the purchase is paid, or that it can't be. Stores the decision before money is requested. Where another
   * process does so at the same time, the decision that was stored first counts.
   */
  async #prepare({ purchase, at }: KnownPurchase): Promise<AskedPurchase> {
    const { catalogs } = this.#options
    const settled = (now: Purchase | null): AskedPurchase => ({ purchase: now ?? purchase, at, isFirst: false })
    const refused = async (why: Observation) => settled(await this.#record(purchase, why))
    const { teamId, id, pay, cause } = purchase
    const system = await servedElsewhere(this.#pool, teamId)
    if (system !== null) return settled(await this.#refuseElsewhere(purchase, system))
    const refusal = cause === 'PURCHASE' ? await refusalOf(this.#pool, catalogs.inForce(), purchase) : null
    if (refusal !== null) return refused({ outcome: 'FAILED', ...refusal })
    const customer = await this.#customerOf(purchase)
    if ('outcome' in customer) return refused(customer)
    const tax = await this.#taxOf(purchase)
    const obstacle = customer.method === null ? noMethodSaved : tax === null ? null : invoiceObstacle(customer)
    if (obstacle !== null && pay === 'SAVED_METHOD') return refused(obstacle)
    const method = pay === 'CHECKOUT' || obstacle !== null ? null : customer.method
    const how = method === null ? 'CHECKOUT' : 'SAVED_METHOD'
    const { newTeamDays } = catalogs.inForce().fraud
    const values = [teamId, id, customer.id, method, how, customer.email, tax?.behavior ?? null, newTeamDays]
    const { rows } = await this.#pool.query({ name: 'prepare-purchase', text: prepared, values })
    if (rows.length > 0) return { ...toKnown(rows[0]), isFirst: true }
    const [now = { purchase, at }] = await readKnownPurchases(this.#pool, [{ teamId, id }])
    if (now.purchase.state !== 'PENDING' || now.purchase.askedAt !== null) return { ...now, isFirst: false }
    // The team was cut back meanwhile, or another process has found that nothing could be requested.
    const other = await servedElsewhere(this.#pool, teamId)
    if (other === null) throw new StripeUnavailable(soonSeconds)
    return settled(await this.#refuseElsewhere(now.purchase, other))
  }

  /** Exactly one system charges a team. A try whose request was refused may have left an invoice behind. */
  async #refuseElsewhere(purchase: Purchase, system: string): Promise<Purchase> {
    if (purchase.customer !== null && purchase.taxBehavior !== null) {
      await reached(() => this.#taxedCharging.takeAway(purchase))
    }
    const { declineCode, reason: failure } = paysElsewhere(system)
    return (await this.#record(purchase, { outcome: 'FAILED', declineCode, failure })) ?? purchase
  }

  /** How the catalog that sold the purchase taxes it. */
  async #taxOf({ catalogVersion }: Purchase): Promise<TaxTerms | null> {
    return (await this.#options.catalogs.find(catalogVersion))?.tax ?? null
  }

  /** The team's customer, or why there can be none. */
  async #customerOf({ teamId, id }: Purchase): Promise<Customer | ReturnType<typeof refusedPayment>> {
    const { customers, log } = this.#options
    try {
      return await reached(() => customers.ofTeam(teamId))
    } catch (error) {
      if (error instanceof StripeUnavailable) throw error
      const fault = faultOf(error)
      if (fault.kind !== 'refused') throw error
      log.error({ purchase: id, team: teamId, ...fault }, 'Stripe refused the customer of a purchase')
      return refusedPayment(fault)
    }
  }

  /** Follows from the purchase alone: under its key, Stripe wants the same request each time. */
  async #riskOf(purchase: Purchase): Promise<Pick<Asking, 'metadata' | 'threeDSecure'>> {
    const { rows } = await this.#pool.query({ name: 'team-begun', text: teamBegun, values: [purchase.teamId] })
    const catalog = await this.#options.catalogs.find(purchase.catalogVersion)
    return {
      metadata: riskMetadataOf(purchase, Math.round(rows[0]?.created_at ?? purchase.createdAt)),
      threeDSecure: purchase.ofNewTeam ? (catalog?.fraud.threeDSecure ?? 'any') : 'automatic',
    }
  }

  /** The state of the payment after a request to Stripe; null: not known yet. */
  async #ask({ purchase, at, isFirst }: AskedPurchase): Promise<Observation | null> {
    const { stripe, pushed, publicUrl, log } = this.#options
    const { teamId, id, successUrl, cancelUrl, askedAt, createdAt } = purchase
    const [success, cancel] = [returnUrl(publicUrl(), purchase), `${publicUrl()}${returnPath}?outcome=cancel`]
    const methods = this.#options.catalogs.inForce().paymentMethods
    const confirmPage = `${publicUrl()}${confirmPath}`
    const asking = { purchase, title: await this.titleOf(purchase), ...(await this.#riskOf(purchase)), confirmPage }
    // Where money was requested before taxes were known, it goes on without.
    const tax = purchase.taxBehavior === null ? null : await this.#taxOf(purchase)
    const takesCodes = (await this.#options.catalogs.find(purchase.catalogVersion))?.promotionCodes ?? false
    const mayCharge = isFirst || (await servedElsewhere(this.#pool, teamId)) === null
    const saved = { ...asking, comeBack: success, isFirst, mayCharge, age: at - (askedAt ?? createdAt) }
    const urls = { successUrl: successUrl ?? success, cancelUrl: cancelUrl ?? cancel }
    try {
      return await told(
        () =>
          purchase.pay === 'CHECKOUT'
            ? askCheckout(stripe, { ...asking, ...urls, methods, tax, takesCodes, pushed, since: at - createdAt }, log)
            : tax === null
              ? this.#charging.ask(saved)
              : this.#taxedCharging.ask({ ...saved, tax }),
        (err) =>
          log.warn({ err, purchase: id, team: teamId }, 'Stripe does not tell how a payment stands; asked again'),
      )
    } catch (error) {
      if (error instanceof StripeUnavailable) {
        await this.#pool.query({ name: 'unask-purchase', text: unasked, values: [teamId, id] })
      }
      throw error
    }
  }
}

const noMethodSaved: Observation = {
  outcome: 'FAILED',
  declineCode: 'no_payment_method',
  failure: 'There is no saved payment method: save one in the billing portal, or pay by Checkout.',
}

/** Why an invoice with tax can't be paid at once; null: it can. On Stripe's page none of it matters. */
function invoiceObstacle({ hasAddress, balance }: Customer): Observation | null {
  if (!hasAddress) return withoutAddress
  return balance === 0 ? null : otherBalance
}

const teamBegun = `select ${ms('created_at', 'created_at')} from account where team_id = $1`

const prepared = `
  update purchase p set customer = $3, payment_method = $4, pay = $5, receipt_email = $6, tax_behavior = $7, asked_at = ledger_now(), asks = 0,
    ask_at = ledger_now() + interval '5 seconds', of_new_team = ${isNew('$1', '$8')}
  from ${servedHere('$1')}
  where team_id = $1 and id = $2 and asked_at is null and state = 'PENDING'
  returning ${purchaseColumns}, ${ms('ledger_now()', 'at')}`

/** No money was requested after all. The buyer may try again; nobody else does so without the buyer. */
const unasked = `
  update purchase set asked_at = null,
    ask_at = case cause when 'PURCHASE' then created_at + interval '1 day' else ask_at end
  where team_id = $1 and id = $2 and payment_intent is null and state = 'PENDING'`
