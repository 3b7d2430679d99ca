import type { Logger } from 'pino'
import { Stripe } from 'stripe'
import { coalesce } from '../concurrency/coalesce.ts'
import { Lane } from '../concurrency/lane.ts'
import type { Database } from '../database/open.ts'
import type { FollowSubscription } from '../domain/decisions/command.ts'
import { NotFound, UnknownPlan } from '../domain/errors.ts'
import { type TeamId, teamId } from '../domain/identity.ts'
import { isVisibleId } from '../domain/names.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { retryLostConnection } from '../ledger/retry-lost-connection.ts'
import type { Customers } from './customers.ts'
import {
  commandOf,
  endAmong,
  inOrderOfCount,
  isLive,
  type MarkedItem,
  type PlanSubscription,
  paidThroughOf,
} from './plan-subscription.ts'

/** Teams follow what Stripe says of their subscriptions. */
export type Subscriptions = {
  /**
   * Asks how all subscriptions of a customer stand now and has its team follow the one that counts. `followed`: the
   * ledger has been told, by this asking or a later one.
   */
  follow(customer: string): Promise<Followed>
  /** The items that pay for an add-on of some plan. */
  addOnsAmong(items: readonly Stripe.SubscriptionItem[]): Promise<Stripe.SubscriptionItem[]>
  idle(): Promise<void>
}

/** `plan`: the subscription that counts; null: none does. `foreign`: the customer is of no team of ours, or buys no plan of ours. */
export type Followed =
  | { readonly kind: 'followed'; readonly plan: PlanSubscription | null }
  | { readonly kind: 'foreign' }

type Told = {
  readonly customer: string
  readonly teamId: TeamId
  /** The number of the asking that gave the answer. */
  readonly ask: number
  readonly command: FollowSubscription
}

const limits = { batch: 100, parallel: 1, capacity: 20_000 }

const takeNumber = 'update customer set asks = asks + 1 where id = $1 returning asks::float8'
const lockTold = 'select id, told::float8 from customer where id = any($1) order by team_id for update'
const writeTold = `
  update customer c set told = t.told from unnest($1::text[], $2::bigint[]) t(id, told) where c.id = t.id`

export type SubscriptionsOptions = {
  readonly database: Database
  readonly ledger: Ledger
  readonly stripe: Stripe
  readonly customers: Customers
  readonly catalogs: Pick<Catalogs, 'inForce'>
  readonly log: Logger
}

/**
 * The content of an event is not used: an event only makes the gateway read the customer's subscriptions. Each reading
 * takes a number first. The ledger gets the result, with the customer's row locked, unless it has the result of a later
 * number already. The reading for the last change's event begins after that change, so the last change wins, with any
 * number of gateways. No connection is held during a call to Stripe.
 */
export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { database, ledger, stripe, customers, catalogs, log } = options
  const lane = new Lane<Told, boolean>(tell, limits)

  const follow = coalesce(async (customer: string): Promise<Followed> => {
    const team = (await customers.teamOf(customer)) ?? (await adopt(customer, await list(customer)))
    if (team === null) return { kind: 'foreign' }
    const ask = await numberOf(customer)
    const subscriptions = await list(customer)
    const live = await Promise.all(inOrderOfCount(subscriptions.filter(isLive)).map(marked))
    const plan = live.find((one) => one !== null) ?? null
    if (plan === null && live.length > 0) {
      const prices = subscriptions.filter(isLive).flatMap(({ items }) => items.data.map(({ price }) => price.id))
      log.error({ customer, team, prices }, `A subscription names no plan: ${whatToSet}`)
      return { kind: 'foreign' }
    }
    const command = await (plan === null ? endAmong(stripe, subscriptions) : standingOf(plan))
    if (command === null) return { kind: 'followed', plan }
    const isKnown = await lane.one({ customer, teamId: team, ask, command })
    return isKnown ? { kind: 'followed', plan } : { kind: 'foreign' }
  })

  /** Units of another plan's add-on bring nothing any more, so they are not billed again. */
  async function standingOf(plan: PlanSubscription): Promise<FollowSubscription> {
    for (const { item } of plan.items.filter(({ addOn }) => addOn !== null && addOn !== plan.planId)) {
      await stripe.subscriptionItems.del(item.id, { proration_behavior: 'none' })
    }
    return commandOf(plan, await paidThroughOf(stripe, plan, catalogs.inForce().renewals))
  }

  async function numberOf(customer: string): Promise<number> {
    const { rows } = await database.pool.query<{ asks: number }>({
      name: 'next-ask',
      text: takeNumber,
      values: [customer],
    })
    if (rows[0] === undefined) throw new Error(`${customer} is no customer any more`)
    return rows[0].asks
  }

  async function list(customer: string): Promise<Stripe.Subscription[]> {
    const found: Stripe.Subscription[] = []
    const expand = ['data.latest_invoice']
    for await (const one of stripe.subscriptions.list({ customer, status: 'all', limit: 100, expand })) found.push(one)
    return found
  }

  /** The team that a customer or its subscriptions name; it is the customer's from now on. */
  async function adopt(customer: string, subscriptions: readonly Stripe.Subscription[]): Promise<TeamId | null> {
    const named = subscriptions.find(({ metadata }) => metadata.team)?.metadata.team ?? (await teamNamedBy(customer))
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

  async function teamNamedBy(customer: string): Promise<string | undefined> {
    const found = await stripe.customers.retrieve(customer)
    return found.deleted ? undefined : found.metadata.team
  }

  /** Null: none of its prices names a plan. */
  async function marked(subscription: Stripe.Subscription): Promise<PlanSubscription | null> {
    const items = await Promise.all(subscription.items.data.map(mark))
    const found = items.find(({ plan, addOn }) => plan !== null && addOn === null)
    return found === undefined || found.plan === null
      ? null
      : { subscription, items, planItem: found.item, planId: found.plan }
  }

  async function mark(item: Stripe.SubscriptionItem): Promise<MarkedItem> {
    const { metadata, product } = item.price
    const said = metadata.plan || metadata.add_on ? metadata : await metadataOf(product)
    return { item, plan: said.plan || null, addOn: said.add_on || null }
  }

  async function metadataOf(product: Stripe.Price['product']): Promise<Stripe.Metadata> {
    try {
      const found = typeof product === 'string' ? await stripe.products.retrieve(product) : product
      return found.deleted ? {} : found.metadata
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing') return {}
      throw error
    }
  }

  /** Whether each is about a plan that is known. */
  async function tell(batch: readonly Told[]): Promise<PromiseSettledResult<boolean>[]> {
    const newest = new Map<string, Told>()
    for (const one of batch) if (one.ask > (newest.get(one.customer)?.ask ?? 0)) newest.set(one.customer, one)
    const told = await retryLostConnection(() =>
      database.transaction(async (client) => {
        const { rows } = await client.query<{ id: string; told: number }>(lockTold, [[...newest.keys()]])
        const due = rows.flatMap(({ id, told }) => {
          const one = newest.get(id)
          return one === undefined || one.ask <= told ? [] : [one]
        })
        const results = await ledger.submitAll(due.map(({ teamId, command }) => keyless(teamId, command)))
        const heard = due.filter((_, index) => results[index]?.status === 'fulfilled')
        await client.query(writeTold, [heard.map(({ customer }) => customer), heard.map(({ ask }) => ask)])
        return new Map(due.map(({ customer }, index) => [customer, results[index]]))
      }),
    )
    return batch.map(({ customer, teamId, command }) => {
      const result = told.get(customer)
      if (result === undefined) return { status: 'fulfilled', value: true }
      if (result.status === 'rejected') return result
      const { outcome } = result.value
      if (outcome.kind !== 'refused') return { status: 'fulfilled', value: true }
      // A team that never began has nothing that could end.
      if (outcome.failure instanceof NotFound) return { status: 'fulfilled', value: true }
      const isUnknown = outcome.failure instanceof UnknownPlan
      const hint = isUnknown ? whatToSet : outcome.failure.message
      log.error({ customer, team: teamId, plan: command.planId }, `A subscription can't be followed: ${hint}`)
      return { status: 'fulfilled', value: false }
    })
  }

  async function addOnsAmong(items: readonly Stripe.SubscriptionItem[]): Promise<Stripe.SubscriptionItem[]> {
    return (await Promise.all(items.map(mark))).filter(({ addOn }) => addOn !== null).map(({ item }) => item)
  }

  return { follow, addOnsAmong, idle: () => lane.idle() }
}

const whatToSet =
  "set metadata.plan of its price, or its product, to the id of a plan in the catalog (metadata.add_on, for an add-on's)"
