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
import {
  commandOf,
  endAmong,
  inOrderOfCount,
  isLive,
  type PlanSubscription,
  paidThroughOf,
} from './plan-subscription.ts'
import { planMarks, SubscriptionRecorder } from './record-subscriptions.ts'
import { readPlan } from './subscription-marks.ts'

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
    const team = (await customers.teamOf(customer)) ?? (await this.#adopt(customer, await this.#list(customer)))
    if (team === null) return { kind: 'foreign' }
    const number = await this.#numberOf(customer)
    const subscriptions = await this.#list(customer)
    const running = subscriptions.filter(isLive)
    const live = await Promise.all(inOrderOfCount(running).map((subscription) => readPlan(stripe, subscription)))
    const plan = live.find((one) => one !== null) ?? null
    if (plan === null && live.length > 0) {
      const prices = running.flatMap(({ items }) => items.data.map(({ price }) => price.id))
      log.error({ customer, team, prices }, `A subscription names no plan: ${planMarks}`)
      return { kind: 'foreign' }
    }
    const command = await (plan === null ? endAmong(stripe, subscriptions) : this.#commandOf(plan))
    if (command === null) return { kind: 'followed', plan }
    const isKnown = await this.#recorder.record({ customer, teamId: team, number, command })
    return isKnown ? { kind: 'followed', plan } : { kind: 'foreign' }
  }

  /** Units of another plan's add-on bring nothing any more, so they are not billed again. */
  async #commandOf(plan: PlanSubscription): Promise<FollowSubscription> {
    const { stripe, catalogs } = this.#options
    for (const { item } of plan.items.filter(({ addOn }) => addOn !== null && addOn !== plan.planId)) {
      await stripe.subscriptionItems.del(item.id, { proration_behavior: 'none' })
    }
    return commandOf(plan, await paidThroughOf(stripe, plan, catalogs.inForce().renewals))
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

  async #list(customer: string): Promise<Stripe.Subscription[]> {
    const found: Stripe.Subscription[] = []
    const asked: Stripe.SubscriptionListParams = {
      customer,
      status: 'all',
      limit: 100,
      expand: ['data.latest_invoice'],
    }
    for await (const one of this.#options.stripe.subscriptions.list(asked)) found.push(one)
    return found
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
