import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { coalesce } from '../concurrency/coalesce.ts'
import type { Database } from '../database/open.ts'
import type { FollowSubscription } from '../domain/decisions/command.ts'
import { type TeamId, teamId } from '../domain/identity.ts'
import { isVisibleId } from '../domain/names.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Customers } from './customers.ts'
import { endAmong, endOf } from './ended-subscription.ts'
import { paidThroughOf } from './paid-through.ts'
import { commandOf, type PlanSubscription } from './plan-subscription.ts'
import { planMarks, SubscriptionRecorder } from './record-subscriptions.ts'
import { listSubscriptions, readStanding } from './subscription-marks.ts'

/** `plan`: the subscription that counts; null: none does. `foreign`: the customer is of no team of ours, or buys no plan of ours. */
export type Followed =
  | { readonly kind: 'followed'; readonly plan: PlanSubscription | null }
  | { readonly kind: 'foreign' }

const takeNumber = 'update customer set asks = asks + 1 where id = $1 returning asks::float8'

export type SubscriptionsOptions = {
  readonly database: Database
  readonly ledger: Ledger
  readonly stripe: Stripe
  readonly customers: Customers
  readonly catalogs: Pick<Catalogs, 'inForce'>
  readonly log: Logger
}

/**
 * Teams follow what Stripe says of their subscriptions. The content of an event is not used: an event only makes the
 * gateway read the customer's subscriptions. Each reading takes a number first. The ledger gets the result, with the
 * customer's row locked, unless it has the result of a later number already. The reading for the last change's event
 * begins after that change, so the last change wins, with any number of gateways. No connection is held during a call
 * to Stripe.
 */
export class Subscriptions {
  readonly #options: SubscriptionsOptions
  readonly #recorder: SubscriptionRecorder
  readonly #following = coalesce((customer: string) => this.#follow(customer))

  constructor(options: SubscriptionsOptions) {
    this.#options = options
    this.#recorder = new SubscriptionRecorder(options.database, options.ledger, options.log)
  }

  /**
   * Reads the present state of all subscriptions of a customer, and has its team follow the one that counts.
   * `followed`: the ledger has the result of this reading or of a later one.
   */
  follow(customer: string): Promise<Followed> {
    return this.#following(customer)
  }

  idle(): Promise<void> {
    return this.#recorder.idle()
  }

  async #follow(customer: string): Promise<Followed> {
    const { stripe, customers, log } = this.#options
    const team =
      (await customers.teamOf(customer)) ?? (await this.#adopt(customer, await listSubscriptions(stripe, customer)))
    if (team === null) return { kind: 'foreign' }
    const number = await this.#numberOf(customer)
    const subscriptions = await listSubscriptions(stripe, customer)
    const { running, named, plan } = await readStanding(stripe, subscriptions)
    if (named.length === 0 && running.length > 0) {
      const prices = running.flatMap(({ items }) => items.data.map(({ price }) => price.id))
      log.error({ customer, team, prices }, `A subscription names no plan: ${planMarks}`)
      return { kind: 'foreign' }
    }
    const command = await (plan === null ? this.#endOf(named, subscriptions) : this.#commandOf(plan, team))
    if (command === null) return { kind: 'followed', plan }
    const isKnown = await this.#recorder.record({ customer, teamId: team, number, command })
    return isKnown ? { kind: 'followed', plan } : { kind: 'foreign' }
  }

  async #commandOf(plan: PlanSubscription, team: TeamId): Promise<FollowSubscription> {
    const { stripe, catalogs, log } = this.#options
    const { subscription, items, planId } = plan
    const paidThrough = await paidThroughOf(stripe, plan, catalogs.inForce().renewals)
    if (paidThrough === null) log.warn({ team, subscription: subscription.id }, notBilled)
    const { currency } = subscription
    const own = await this.#currencyOf(team)
    if (currency.toUpperCase() !== own) log.warn({ team, subscription: subscription.id, currency, own }, otherCurrency)
    const others = items.filter(({ addOn }) => addOn !== null && addOn !== planId).map(({ item }) => item.id)
    if (others.length > 0) log.warn({ team, subscription: subscription.id, plan: planId, items: others }, otherUnits)
    return commandOf(plan, paidThrough)
  }

  /**
   * The quantity 0 sells nothing, and ends the plan. The rest of the period may have been given back: a new plan deposits
   * only what the team has not had.
   */
  async #endOf(
    [unsold]: readonly PlanSubscription[],
    all: readonly Stripe.Subscription[],
  ): Promise<FollowSubscription | null> {
    return unsold === undefined ? endAmong(this.#options.stripe, all) : endOf(unsold.subscription, true)
  }

  async #currencyOf(team: TeamId): Promise<string> {
    const { database, catalogs } = this.#options
    const text = 'select currency from account where team_id = $1'
    const { rows } = await database.pool.query<{ currency: string | null }>({ name: 'currency', text, values: [team] })
    return rows[0]?.currency ?? catalogs.inForce().currency
  }

  async #numberOf(customer: string): Promise<number> {
    const { rows } = await this.#options.database.pool.query<{ asks: number }>({
      name: 'next-ask',
      text: takeNumber,
      values: [customer],
    })
    if (rows[0] === undefined) throw new Error(`${customer} is no customer any more`)
    return rows[0].asks
  }

  /** The team that a customer or its subscriptions name; it is the customer's from now on. */
  async #adopt(customer: string, subscriptions: readonly Stripe.Subscription[]): Promise<TeamId | null> {
    const { customers, log } = this.#options
    const named =
      subscriptions.find(({ metadata }) => metadata.team)?.metadata.team ?? (await this.#teamNamedBy(customer))
    if (named === undefined) return null
    if (!isVisibleId(named)) {
      log.error({ customer, team: named }, 'A customer of Stripe names no usable team in metadata.team')
      return null
    }
    const team = teamId(named)
    await customers.adopt(team, customer)
    if ((await customers.teamOf(customer)) === team) return team
    log.error({ customer, team }, 'A customer of Stripe names a team that has another customer: subscribe that one')
    return null
  }

  async #teamNamedBy(customer: string): Promise<string | undefined> {
    const found = await this.#options.stripe.customers.retrieve(customer)
    return found.deleted ? undefined : found.metadata.team
  }
}

const notBilled =
  'A subscription has no invoice for its running period, so that the period does not count as paid: give away time by a trial, or by a price of 0'
const otherCurrency =
  'A subscription is paid in another currency than its team pays in: its credits are deposited, and no units are sold with it'
const otherUnits =
  "A subscription pays for units of another plan's add-on, which bring nothing: remove these items in Stripe, or set the units of the present plan, which removes them"
