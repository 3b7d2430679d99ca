import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { mergeMetadata } from '../api/parameters.ts'
import type { Work } from '../api/work.ts'
import { type Bill, beginningLines, draftBill } from './bill.ts'
import { collectNow } from './collect.ts'
import { incomplete, incompleteSeconds, refuseMethod, trialEndOf } from './create.ts'
import { changeItems, type ItemChange, inPeriod, intervalAt } from './items.ts'
import { billRemaining, creditUnused, itemAmount } from './proration.ts'
import { idOf } from './reference.ts'
import { noDetails } from './standing.ts'
import {
  changeSubscription,
  ended,
  keepSubscription,
  lastPeriodEnd,
  nextCycle,
  schedule,
  withItems,
} from './subscription.ts'

export type SubscriptionChange = {
  readonly automatic_tax?: { enabled: boolean }
  readonly items?: readonly ItemChange[]
  readonly billing_cycle_anchor?: { type: 'now' | 'unchanged' }
  readonly cancel_at?: number | null
  readonly cancel_at_period_end?: boolean
  readonly cancellation_details?: { comment?: string | null; feedback?: string | null }
  readonly default_payment_method?: string
  readonly description?: string | null
  readonly metadata?: Record<string, string> | null
  readonly off_session?: boolean
  readonly pause_collection?: { behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void'; resumes_at?: number } | null
  readonly payment_behavior?:
    | 'allow_incomplete'
    | 'default_incomplete'
    | 'error_if_incomplete'
    | 'pending_if_incomplete'
  readonly proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
  readonly proration_date?: number
  readonly trial_end?: number | 'now'
  readonly trial_settings?: { end_behavior: { missing_payment_method: 'cancel' | 'create_invoice' | 'pause' } }
}

/**
 * Changes the subscription. The price of the change waits for the next invoice or is charged at once, as the request
 * says.
 */
export function updateSubscription(work: Work, id: string, given: SubscriptionChange): Stripe.Subscription {
  const before = work.need('subscription', id)
  refuseChange(before, given)
  const settings = withSettings(work, before, given)
  const repriced = given.items ?? given.trial_end ?? given.billing_cycle_anchor
  const after =
    repriced === undefined ? changeSubscription(work, before, settings) : reprice(work, before, settings, given)
  const { pause_collection, cancel_at } = work.need('subscription', id)
  if (given.pause_collection && pause_collection?.resumes_at) {
    work.at(pause_collection.resumes_at, 'subscription.collection-resumes', id)
  }
  if (cancel_at !== null && cancel_at !== before.cancel_at) work.at(cancel_at, 'subscription.cycle', id)
  return work.need('subscription', after.id)
}

const always = ['cancellation_details', 'metadata']
const whileIncomplete = [...always, 'default_payment_method', 'description']
const whilePending = [
  'items',
  'proration_behavior',
  'proration_date',
  'payment_behavior',
  'billing_cycle_anchor',
  'off_session',
  'trial_end',
]

/** Throws if the subscription can't be changed so. */
export function refuseChange(before: Stripe.Subscription, given: SubscriptionChange): void {
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const others = (allowed: readonly string[]) => names.find((name) => !allowed.includes(name))
  if (ended(before) && others(always) !== undefined) {
    throw invalid('A canceled subscription can only update its cancellation_details and metadata.', {
      code: 'invalid_canceled_subscription_fields',
    })
  }
  if (before.status === 'incomplete' && others(whileIncomplete) !== undefined) {
    throw invalid(`A subscription with status incomplete can only be updated in: ${whileIncomplete.join(', ')}.`)
  }
  if (before.status === 'paused' && given.items !== undefined) {
    throw invalid('A paused subscription must be resumed before its items can change.')
  }
  const other = given.payment_behavior === 'pending_if_incomplete' ? others(whilePending) : undefined
  if (other !== undefined) {
    throw invalid(`When \`payment_behavior\` is \`pending_if_incomplete\`, \`${other}\` cannot be passed.`, {
      param: other,
    })
  }
}

function withSettings(work: Work, before: Stripe.Subscription, given: SubscriptionChange): Stripe.Subscription {
  const method = given.default_payment_method
  if (method !== undefined) refuseMethod(work, idOf(before.customer) ?? '', method)
  const { pause_collection: pause, cancel_at, cancel_at_period_end: atEnd } = given
  const details = { ...(before.cancellation_details ?? noDetails), ...given.cancellation_details }
  const after: Stripe.Subscription = {
    ...before,
    automatic_tax: { ...before.automatic_tax, ...given.automatic_tax },
    metadata: mergeMetadata(before.metadata, given.metadata),
    default_payment_method: method ?? before.default_payment_method,
    description: given.description === undefined ? before.description : given.description,
    pause_collection:
      pause === undefined
        ? before.pause_collection
        : pause && { behavior: pause.behavior, resumes_at: pause.resumes_at ?? null },
    cancellation_details: details,
    trial_settings:
      given.trial_settings === undefined
        ? before.trial_settings
        : { end_behavior: { billing_cycle_anchor: null, ...given.trial_settings.end_behavior } },
  }
  if (atEnd === undefined && cancel_at === undefined) return after
  const at = atEnd === true ? lastPeriodEnd(before) : (cancel_at ?? null)
  return {
    ...after,
    cancel_at: at,
    cancel_at_period_end: atEnd ?? false,
    canceled_at: at === null ? null : (before.canceled_at ?? work.now),
    cancellation_details: { ...details, reason: at === null ? null : 'cancellation_requested' },
  }
}

function reprice(
  work: Work,
  before: Stripe.Subscription,
  settings: Stripe.Subscription,
  given: SubscriptionChange,
): Stripe.Subscription {
  const { after, restarts, isInvoiced } = repriced(work, before, settings, given)
  if (!isInvoiced) {
    const changed = changeSubscription(work, before, after)
    if (nextCycle(changed) !== nextCycle(before)) schedule(work, changed)
    return changed
  }
  return bill(work, before, { after, given, restarts })
}

/** The subscription after the change, which is not stored. Its prorations wait as invoice items. */
export type Repriced = {
  readonly after: Stripe.Subscription
  /** Whether a new billing cycle begins at once. */
  readonly restarts: boolean
  /** Whether an invoice is made at once. */
  readonly isInvoiced: boolean
}

type Pricing = Pick<
  SubscriptionChange,
  'billing_cycle_anchor' | 'items' | 'proration_behavior' | 'proration_date' | 'trial_end'
>

export function repriced(
  work: Work,
  before: Stripe.Subscription,
  settings: Stripe.Subscription,
  given: Pricing,
): Repriced {
  const changedItems = changeItems(work, before, given.items ?? [])
  const behavior = given.proration_behavior ?? 'create_prorations'
  const trialing = before.status === 'trialing'
  const trialEnd = trialEndOf(work, given)
  const restarts =
    trialEnd !== null ||
    (trialing ? given.trial_end === 'now' : beginsAnew(before.items.data, changedItems)) ||
    given.billing_cycle_anchor?.type === 'now'
  const prorates = behavior !== 'none' && !trialing
  const at = given.proration_date ?? work.now
  if (at > work.now || at < Math.min(...before.items.data.map(({ current_period_start }) => current_period_start))) {
    throw invalid('Invalid proration_date: it must be within the current period.', { param: 'proration_date' })
  }
  const after = restarts ? restarted(work, settings, changedItems, trialEnd) : withItems(settings, changedItems)
  if (prorates && restarts) for (const item of before.items.data) creditUnused(work, before, item, at)
  const billable = prorates && !restarts && prorateChanges(work, before, changedItems, at)
  return {
    after: after.cancel_at_period_end ? { ...after, cancel_at: lastPeriodEnd(after) } : after,
    restarts,
    isInvoiced: restarts || (billable && behavior === 'always_invoice'),
  }
}

/** The bill of a change that is invoiced at once. */
export const billOfChange = (
  work: Work,
  before: Stripe.Subscription,
  { after, restarts }: Pick<Repriced, 'after' | 'restarts'>,
): Bill => ({
  reason: 'subscription_update',
  period: { start: Math.min(...before.items.data.map((item) => item.current_period_start)), end: work.now },
  lines: restarts ? beginningLines(work, after.items.data, after.status === 'trialing') : [],
  advances: true,
})

function bill(
  work: Work,
  before: Stripe.Subscription,
  { after, given, restarts }: { after: Stripe.Subscription; given: SubscriptionChange; restarts: boolean },
): Stripe.Subscription {
  const behavior = given.payment_behavior ?? 'allow_incomplete'
  const pending = behavior === 'pending_if_incomplete'
  const draft = draftBill(work, after, billOfChange(work, before, { after, restarts }))
  if (pending) {
    keepSubscription(work, { ...before, latest_invoice: draft.id, pending_update: pendingUpdate(work, before, after) })
    work.at(work.now + incompleteSeconds, 'subscription.pending-update-expires', before.id)
  } else {
    changeSubscription(work, before, { ...after, latest_invoice: draft.id })
    if (nextCycle(after) !== nextCycle(before)) schedule(work, after)
  }
  const offSession = given.off_session ?? false
  const { invoice, failure } = collectNow(work, draft, { charge: behavior !== 'default_incomplete', offSession })
  if (behavior === 'error_if_incomplete' && invoice.status === 'open') throw incomplete(failure)
  return work.need('subscription', before.id)
}

const pendingUpdate = (
  work: Work,
  before: Stripe.Subscription,
  after: Stripe.Subscription,
): Stripe.Subscription.PendingUpdate => ({
  billing_cycle_anchor: after.billing_cycle_anchor === before.billing_cycle_anchor ? null : after.billing_cycle_anchor,
  cancel_at_period_end: null,
  discount: null,
  discounts: null,
  expires_at: work.now + incompleteSeconds,
  metadata: null,
  subscription_items: after.items.data,
  trial_end: after.trial_end === before.trial_end ? null : after.trial_end,
  trial_from_plan: null,
})

/** Whether the change begins a new billing cycle at once: another interval, or the step from free to paid. */
function beginsAnew(before: readonly Stripe.SubscriptionItem[], after: readonly Stripe.SubscriptionItem[]): boolean {
  const free = (items: readonly Stripe.SubscriptionItem[]) => items.every((item) => itemAmount(item) === 0)
  const rhythm = ({ price }: Stripe.SubscriptionItem) =>
    `${price.recurring?.interval_count} ${price.recurring?.interval}`
  const otherwise = after.some((item) => before.some((old) => old.id === item.id && rhythm(old) !== rhythm(item)))
  return otherwise || (free(before) && !free(after))
}

function restarted(
  work: Work,
  settings: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  trialEnd: number | null,
): Stripe.Subscription {
  const now = { start: work.now, end: trialEnd ?? work.now }
  const wasTrial = settings.status === 'trialing'
  return {
    ...withItems(
      settings,
      items.map((item) => inPeriod(item, trialEnd === null ? intervalAt(item, work.now, work.now) : now)),
    ),
    billing_cycle_anchor: trialEnd ?? work.now,
    status: trialEnd === null ? (wasTrial ? 'active' : settings.status) : 'trialing',
    trial_start: trialEnd === null ? settings.trial_start : (settings.trial_start ?? work.now),
    trial_end: trialEnd ?? (wasTrial ? work.now : settings.trial_end),
  }
}

/** Adds what the changes give back and cost for the rest of the period; returns whether there is anything. */
function prorateChanges(
  work: Work,
  subscription: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  at: number,
): boolean {
  const old = subscription.items.data
  const same = (one: Stripe.SubscriptionItem, other: Stripe.SubscriptionItem) =>
    one.id === other.id && one.price.id === other.price.id && one.quantity === other.quantity
  const gone = old.filter((item) => !items.some((other) => same(item, other)))
  const come = items.filter((item) => !old.some((other) => same(item, other)))
  for (const item of gone) creditUnused(work, subscription, item, at)
  for (const item of come) billRemaining(work, subscription, item, at)
  return gone.length + come.length > 0
}
