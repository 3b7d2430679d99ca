import type { Logger } from 'pino'
import { Stripe } from 'stripe'
import { coalesce } from '../concurrency/coalesce.ts'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { cycleOf } from '../domain/decisions/deposits.ts'
import type { TeamId } from '../domain/identity.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import { priceOf } from './add-on-prices.ts'
import {
  type AddOnChange,
  type AddOnTerms,
  beginChange,
  claimChange,
  decideChange,
  dueChanges,
  endChange,
  markOf,
  readChange,
  readUnderWay,
  undecideChange,
  waitForCustomer,
} from './add-on-rows.ts'
import type { Customers } from './customers.ts'
import { type AddOnResult, StripeUnavailable } from './payments.ts'
import type { PlanSubscription } from './plan-subscription.ts'
import { faultOf, reached } from './stripe-faults.ts'
import { idOf, ofDecline } from './stripe-to-facts.ts'
import { addOnsAmong } from './subscription-marks.ts'
import type { Subscriptions } from './subscriptions.ts'

export type AddOnsOptions = {
  readonly database: Database
  readonly stripe: Stripe
  readonly customers: Customers
  readonly subscriptions: Subscriptions
  readonly teams: TeamReader
  readonly catalogs: Pick<Catalogs, 'catalogAt'>
  readonly log: Logger
}

type Update = Stripe.SubscriptionUpdateParams

export type AddOns = {
  /** See Payments. */
  set(teamId: TeamId, key: string, units: number): Promise<AddOnResult>
  /** Continues changes whose answer was lost, or whose payment waited for the customer. */
  readonly loop: BackgroundLoop
}

/** How long requests to Stripe use the same key. */
const keyUsedMs = 300_000
/** The time after which no request is still being carried out: what Stripe does not show by then did not happen. */
const settledMs = 600_000
/** How long the decision about the request may take. */
const decidingMs = 60_000
const soonSeconds = 5
const maxSleepMs = 1_000

/**
 * Units are items of the team's subscription. Units that the running cycle has not had yet are paid at once, in full:
 * the item is raised by them as of the begin of the period, in a call that changes nothing if the payment fails. Then
 * the item is set to the wanted quantity without money. The request is stored before it is sent. Each team has one
 * change under way at a time, and a second caller first completes that one. Source: facts D5, D6.
 */
export function createAddOns(options: AddOnsOptions): AddOns {
  const { database, stripe, customers, subscriptions, teams, catalogs, log } = options
  const { pool } = database

  /** Each change runs once at a time in this process. Between processes the claimed row keeps others out. */
  const pursue = coalesce(async (name: string): Promise<AddOnResult> => {
    const [teamId, key] = JSON.parse(name) as [TeamId, string]
    return begun(await readChange(pool, teamId, key))
  })
  const pursued = (teamId: TeamId, key: string) => pursue(JSON.stringify([teamId, key]))

  async function begun(change: AddOnChange): Promise<AddOnResult> {
    if (change.state !== 'PENDING' || change.terms !== null) return goOn(change)
    const { teamId, key } = change
    const other = await readUnderWay(pool, teamId)
    if (other !== null) {
      const left = other.terms === null || other.key === key ? await takeOver(other) : await pursued(teamId, other.key)
      if (left.kind === 'action-required') return left
      return begun(await readChange(pool, teamId, key))
    }
    const claimed = await claimChange(pool, change)
    if (claimed === null) return begun(await readChange(pool, teamId, key))
    const decided = await decide(claimed)
    return 'kind' in decided ? decided : goOn(decided)
  }

  /**
   * Continues a change that another caller has claimed. After a minute without a decision that caller counts as dead,
   * and the claim is undone.
   */
  async function takeOver(other: AddOnChange): Promise<AddOnResult> {
    if (other.terms !== null) return goOn(other)
    const age = (await readClock(database)) - (other.claimedAt ?? 0)
    if (age < decidingMs) throw new StripeUnavailable(soonSeconds)
    await undecideChange(pool, other)
    return notAvailable
  }

  /** Decides the request to Stripe from the present subscription, now that no other change is under way. */
  async function decide(change: AddOnChange): Promise<AddOnChange | AddOnResult> {
    let terms: AddOnTerms | AddOnResult
    try {
      terms = await termsOf(change)
    } catch (error) {
      await undecideChange(pool, change)
      throw error
    }
    if (!('kind' in terms)) {
      const decided = await decideChange(pool, change, terms)
      if (decided === null) throw new StripeUnavailable(soonSeconds)
      return decided
    }
    await undecideChange(pool, change)
    return terms
  }

  async function termsOf({ teamId, units }: AddOnChange): Promise<AddOnTerms | AddOnResult> {
    const customer = await customers.known(teamId)
    if (customer === null) return notAvailable
    const standing = await followed(customer)
    const now = await teams.read(teamId)
    if (standing === null || now === null) return notAvailable
    const { account, at } = now
    const { subscription, planItem, items, planId } = standing
    const plan = catalogs.catalogAt(at).plans.find(({ id }) => id === planId)
    const interval = intervalOf(planItem)
    const isPaid = subscription.status === 'active' && account.paidThrough !== null && account.paidThrough > at
    const isOwn = account.planId === planId && cycleOf(account.allowances)?.cadence.toLowerCase() === interval
    if (!plan?.addOn || interval === null || !isPaid || !isOwn) return notAvailable
    if (subscription.collection_method !== 'charge_automatically') return notAvailable
    // Flexible billing counts prorations by what was debited once, not by what the item has: units could cost too little.
    if (subscription.billing_mode.type !== 'classic') return notAvailable
    const { addOn } = plan
    const price = units === 0 ? null : await reached(() => priceOf(stripe, plan, addOn, interval))
    const current = items.find(({ item }) => item.price.id === price)?.item
    const fresh = Math.max(0, units - account.addOn.granted)
    if (fresh > 0 && !(await reached(() => hasMethod(subscription, customer)))) return { kind: 'no-method' }
    const charge =
      fresh === 0 ? null : { to: (current?.quantity ?? 0) + fresh, from: planItem.current_period_start * 1000 }
    return { subscription: subscription.id, price, item: current?.id ?? null, charge }
  }

  async function hasMethod(subscription: Stripe.Subscription, customer: string): Promise<boolean> {
    if (subscription.default_payment_method !== null || subscription.default_source !== null) return true
    const found = await stripe.customers.retrieve(customer)
    return !found.deleted && (found.invoice_settings.default_payment_method ?? found.default_source) !== null
  }

  /** Continues from the stored state to the end, or as far as possible now. */
  async function goOn(change: AddOnChange): Promise<AddOnResult> {
    const { state, terms, failure, declineCode, invoice } = change
    if (state === 'DONE') return { kind: 'done' }
    if (state === 'FAILED') return { kind: 'declined', reason: failure, declineCode }
    if (terms === null) throw new Error(`Nothing is decided about the change ${change.key} of ${change.teamId}`)
    if (invoice !== null) {
      const waiting = await confirmed(change, invoice)
      if (waiting !== null) return waiting
    } else if (terms.charge !== null) {
      const stopped = await charged(change, terms)
      if (stopped !== null) return stopped
    }
    await settle(change, terms)
    await followed(idOf((await subscriptionOf(terms)).customer) ?? '')
    await endChange(pool, change, null)
    return { kind: 'done' }
  }

  /** Raises the item for money; null: it is paid. */
  async function charged(change: AddOnChange, terms: AddOnTerms): Promise<AddOnResult | null> {
    const age = (await readClock(database)) - (change.claimedAt ?? 0)
    if (age >= keyUsedMs) {
      if (isCharged(await subscriptionOf(terms), change, terms)) return null
      if (age >= settledMs) return giveUp(change)
      throw new StripeUnavailable(soonSeconds)
    }
    const mark = markOf(change)
    const items = [{ ...target(terms), metadata: { change: mark } }]
    const asked: Update = { items, ...inFull(terms), payment_behavior: 'error_if_incomplete' }
    try {
      await stripe.subscriptions.update(terms.subscription, asked, { idempotencyKey: `${mark}:charge` })
      return null
    } catch (error) {
      return notCharged(change, terms, error)
    }
  }

  async function notCharged(change: AddOnChange, terms: AddOnTerms, error: unknown): Promise<AddOnResult | null> {
    if (error instanceof Stripe.errors.StripeError && wantsCustomer(error)) return askCustomer(change, terms)
    const fault = faultOf(error)
    switch (fault.kind) {
      case 'declined': {
        const { declineCode = null, failure } = ofDecline(fault.error)
        return goOn(await endChange(pool, change, { reason: failure ?? fault.error.message, declineCode }))
      }
      case 'refused':
        log.error(
          { team: change.teamId, key: change.key, ...fault },
          'Stripe refused a change of units as it was asked for',
        )
        return giveUp(change)
      case 'unavailable':
        return giveUp(change, fault.retryAfterSeconds)
      case 'other-parameters':
      case 'in-progress':
      case 'unknown':
        if (isCharged(await subscriptionOf(terms), change, terms)) return null
        throw new StripeUnavailable(soonSeconds, error)
    }
  }

  /** The change was not carried out: the same key may retry. */
  async function giveUp(change: AddOnChange, retryAfterSeconds = soonSeconds): Promise<never> {
    await undecideChange(pool, change)
    throw new StripeUnavailable(retryAfterSeconds)
  }

  /** Requests the same in a form that waits for the customer: the item is raised once the invoice is paid. */
  async function askCustomer(change: AddOnChange, terms: AddOnTerms): Promise<AddOnResult | null> {
    const asked: Update = { items: [target(terms)], ...inFull(terms), payment_behavior: 'pending_if_incomplete' }
    const idempotencyKey = `${markOf(change)}:confirm`
    const updated = await reached(() => stripe.subscriptions.update(terms.subscription, asked, { idempotencyKey }))
    const invoice = idOf(updated.latest_invoice)
    if (invoice === null) throw new Error(`A change of units of ${change.teamId} has no invoice`)
    return confirmed(await waitForCustomer(pool, change, invoice, null), invoice)
  }

  /** Whether the customer has confirmed the payment; null: it is paid. */
  async function confirmed(change: AddOnChange, invoice: string): Promise<AddOnResult | null> {
    const { status, hosted_invoice_url: url } = await reached(() => stripe.invoices.retrieve(invoice))
    if (status === 'paid') return null
    if (status === 'void' || status === 'uncollectible') {
      const reason = 'The payment was not confirmed in time'
      return goOn(await endChange(pool, change, { reason, declineCode: null }))
    }
    if (url == null) throw new StripeUnavailable(soonSeconds)
    if (change.actionUrl !== url) await waitForCustomer(pool, change, invoice, url)
    return { kind: 'action-required', actionUrl: url }
  }

  /**
   * Sets the item to the wanted quantity from now on, and removes other items of add-ons. Nothing is paid or given
   * back.
   */
  async function settle(change: AddOnChange, terms: AddOnTerms): Promise<void> {
    const { units } = change
    const { subscription, price } = terms
    const items = (await subscriptionOf(terms)).items.data
    const mine = items.find((item) => item.price.id === price)
    const others = (await addOnsAmong(stripe, items)).filter(({ id }) => id !== mine?.id)
    const removed = others.map(({ id }) => ({ id, deleted: true }))
    const missing =
      price === null || mine?.quantity === units ? [] : [{ ...named(mine?.id ?? null, price), quantity: units }]
    if (removed.length + missing.length === 0) return
    const asked: Update = { items: [...missing, ...removed], proration_behavior: 'none' }
    try {
      await stripe.subscriptions.update(subscription, asked, { idempotencyKey: `${markOf(change)}:set` })
    } catch (error) {
      const fault = faultOf(error)
      if (fault.kind === 'refused' || fault.kind === 'declined') {
        log.error({ err: error, team: change.teamId, key: change.key }, 'Stripe refused to set units that are paid')
      }
      throw new StripeUnavailable(soonSeconds, error)
    }
  }

  const subscriptionOf = ({ subscription }: AddOnTerms) => reached(() => stripe.subscriptions.retrieve(subscription))

  /** The subscription that counts, after the ledger has followed it; null: none counts. */
  async function followed(customer: string): Promise<PlanSubscription | null> {
    const result = await reached(() => subscriptions.follow(customer))
    return result.kind === 'foreign' ? null : result.plan
  }

  async function round(): Promise<number> {
    for (const { teamId, key } of await dueChanges(pool)) {
      try {
        const change = await readChange(pool, teamId, key)
        // A change without a request to Stripe is left to its caller, who may retry.
        await (change.terms === null ? takeOver(change) : pursued(teamId, key))
      } catch (error) {
        const level = error instanceof StripeUnavailable ? 'warn' : 'error'
        log[level](
          { err: error, team: teamId, key },
          'What comes of a change of units is not known yet; it is asked again',
        )
      }
    }
    return maxSleepMs
  }

  return {
    async set(teamId, key, units) {
      await beginChange(pool, teamId, key, units)
      return pursued(teamId, key)
    },
    loop: startBackgroundLoop(round, 'Changes of units could not be looked after; trying again', log),
  }
}

const notAvailable: AddOnResult = { kind: 'not-available' }

/** Null: it is not billed by the month or the year. */
function intervalOf({ price }: Stripe.SubscriptionItem): 'month' | 'year' | null {
  if (price.recurring?.interval_count !== 1) return null
  const { interval } = price.recurring
  return interval === 'month' ? 'month' : interval === 'year' ? 'year' : null
}

const named = (item: string | null, price: string) => (item === null ? { price } : { id: item })

function target({ item, price, charge }: AddOnTerms) {
  if (price === null || charge === null) throw new Error('Nothing is to be paid')
  return { ...named(item, price), quantity: charge.to }
}

/** The item is paid as if it had been raised when the period began. */
function inFull({ charge }: AddOnTerms) {
  if (charge === null) throw new Error('Nothing is to be paid')
  return { proration_behavior: 'always_invoice', proration_date: charge.from / 1000 } as const
}

const isCharged = ({ items }: Stripe.Subscription, change: AddOnChange, { price }: AddOnTerms): boolean =>
  items.data.some((item) => item.price.id === price && item.metadata.change === markOf(change))

/** Nothing was changed, because the bank wants the customer to confirm it. */
const wantsCustomer = ({ code, decline_code: decline }: InstanceType<typeof Stripe.errors.StripeError>): boolean =>
  code === 'subscription_payment_intent_requires_action' ||
  code === 'authentication_required' ||
  decline === 'authentication_required'
