import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { pageOf } from '../api/listing.ts'
import { emptyable, flag, integer, list, metadata, oneOf, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { cancelSubscription } from './cancel.ts'
import { updateSubscription } from './change.ts'
import { createSubscription } from './create.ts'
import { itemChange, newItem } from './items.ts'
import { pauseSubscription, resumeSubscription } from './pause.ts'

const moment = integer(0)
const moved = parameters({ type: oneOf(['now', 'unchanged']) })
const paymentBehavior = oneOf([
  'allow_incomplete',
  'default_incomplete',
  'error_if_incomplete',
  'pending_if_incomplete',
])
const prorationBehavior = oneOf(['always_invoice', 'create_prorations', 'none'])
const trialSettings = parameters({
  end_behavior: parameters({ missing_payment_method: oneOf(['cancel', 'create_invoice', 'pause']) }),
})
const details = parameters({
  comment: emptyable(text()).optional(),
  feedback: emptyable(
    oneOf([
      'customer_service',
      'low_quality',
      'missing_features',
      'other',
      'switched_service',
      'too_complex',
      'too_expensive',
      'unused',
    ]),
  ).optional(),
})

const common = {
  automatic_tax: parameters({ enabled: flag }).optional(),
  cancel_at_period_end: flag.optional(),
  default_payment_method: text().optional(),
  metadata: metadata.optional(),
  off_session: flag.optional(),
  payment_behavior: paymentBehavior.optional(),
  proration_behavior: prorationBehavior.optional(),
  trial_end: oneOf(['now']).or(moment).optional(),
  trial_settings: trialSettings.optional(),
}

const createParameters = parameters({
  ...common,
  billing_cycle_anchor: moment.optional(),
  billing_mode: parameters({ type: oneOf(['classic', 'flexible']) }).optional(),
  cancel_at: moment.optional(),
  collection_method: oneOf(['charge_automatically', 'send_invoice']).optional(),
  customer: text(),
  days_until_due: integer(0).optional(),
  description: text(500).optional(),
  items: list(newItem),
  payment_settings: parameters({
    save_default_payment_method: oneOf(['off', 'on_subscription']).optional(),
  }).optional(),
  trial_period_days: integer(1, 730).optional(),
})
const updateParameters = parameters({
  ...common,
  billing_cycle_anchor: moved.optional(),
  cancel_at: emptyable(moment).optional(),
  cancellation_details: details.optional(),
  description: emptyable(text(500)).optional(),
  items: list(itemChange).optional(),
  pause_collection: emptyable(
    parameters({ behavior: oneOf(['keep_as_draft', 'mark_uncollectible', 'void']), resumes_at: moment.optional() }),
  ).optional(),
  proration_date: moment.optional(),
})
const cancelParameters = parameters({
  cancellation_details: details.optional(),
  invoice_now: flag.optional(),
  prorate: flag.optional(),
})
const until = parameters({ type: oneOf(['none', 'now']) }).optional()
const pauseParameters = parameters({
  bill_for: parameters({ outstanding_usage_through: until, unused_time_from: until }).optional(),
  invoicing_behavior: oneOf(['invoice', 'pending_invoice_item']).optional(),
  type: oneOf(['subscription']).optional(),
})
const resumeParameters = parameters({
  billing_cycle_anchor: moved.optional(),
  payment_behavior: oneOf(['resume_on_payment_attempt', 'resume_on_payment_success']).optional(),
  proration_behavior: prorationBehavior.optional(),
})

const alive = ['incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'paused'] as const
const listParameters = parameters({
  ...paging,
  collection_method: oneOf(['charge_automatically', 'send_invoice']).optional(),
  customer: text().optional(),
  status: oneOf([...alive, 'canceled', 'all', 'ended']).optional(),
})

export const subscriptionRoutes: readonly Route[] = [
  route('POST', '/v1/subscriptions', createParameters, createSubscription),
  route('GET', '/v1/subscriptions', listParameters, (work, { collection_method, customer, status, ...page }) =>
    work.list('subscription', '/v1/subscriptions', page, { collection_method, customer, status: statuses(status) }),
  ),
  route('GET', '/v1/subscriptions/:id', parameters({}), (work, _, id) => work.need('subscription', id)),
  route('POST', '/v1/subscriptions/:id', updateParameters, (work, given, id) => updateSubscription(work, id, given)),
  route('DELETE', '/v1/subscriptions/:id', cancelParameters, (work, given, id) => cancelSubscription(work, id, given)),
  route('POST', '/v1/subscriptions/:id/pause', pauseParameters, (work, given, id) =>
    pauseSubscription(work, id, given),
  ),
  route('POST', '/v1/subscriptions/:id/resume', resumeParameters, (work, given, id) =>
    resumeSubscription(work, id, given),
  ),
]

function statuses(status: string | undefined): readonly string[] | string | undefined {
  if (status === undefined) return alive
  if (status === 'all') return undefined
  return status === 'ended' ? ['canceled', 'incomplete_expired'] : status
}

const itemCommon = {
  off_session: flag.optional(),
  payment_behavior: paymentBehavior.optional(),
  proration_behavior: prorationBehavior.optional(),
  proration_date: moment.optional(),
}
const itemSettings = itemChange.omit({ id: true, deleted: true, clear_usage: true })

const { created: _, ...pages } = paging

export const subscriptionItemRoutes: readonly Route[] = [
  route('GET', '/v1/subscription_items', parameters({ ...pages, subscription: text() }), (work, given) => {
    const { subscription, ...page } = given
    const { items } = work.need('subscription', subscription, 'subscription')
    return { ...items, ...pageOf(items.data, page) }
  }),
  route(
    'POST',
    '/v1/subscription_items',
    itemSettings.extend({ ...itemCommon, subscription: text() }),
    (work, given) => {
      const { subscription, off_session, payment_behavior, proration_behavior, proration_date, ...item } = given
      const how = { off_session, payment_behavior, proration_behavior, proration_date }
      const known = new Set(work.need('subscription', subscription, 'subscription').items.data.map(({ id }) => id))
      const after = updateSubscription(work, subscription, { items: [item], ...how })
      const items = after.pending_update?.subscription_items ?? after.items.data
      const [added] = items.filter(({ id }) => !known.has(id))
      if (added === undefined) throw invalid('The item was not added.')
      return added
    },
  ),
  route(
    'DELETE',
    '/v1/subscription_items/:id',
    parameters({ ...itemCommon, clear_usage: flag.optional() }),
    (work, { clear_usage, ...how }, id) => {
      updateSubscription(work, ownerOf(work, id), { items: [{ id, deleted: true, clear_usage }], ...how })
      const deleted: Stripe.DeletedSubscriptionItem = { id, object: 'subscription_item', deleted: true }
      return deleted
    },
  ),
]

const ownerOf = (work: Work, id: string) => work.need('subscription_item', id).subscription
