import type Stripe from 'stripe'
import { mergeMetadata } from '../api/parameters.ts'
import type { Work } from '../api/work.ts'
import type { Period } from './calendar.ts'
import type { NewItem } from './items.ts'
import { noDetails } from './standing.ts'
import { itemList } from './subscription.ts'

export type SubscriptionPlan = {
  readonly customer: string
  readonly items: readonly NewItem[]
  readonly automatic_tax?: { enabled: boolean }
  readonly billing_cycle_anchor?: number
  readonly billing_mode?: { type: 'classic' | 'flexible' }
  readonly cancel_at?: number
  readonly cancel_at_period_end?: boolean
  readonly collection_method?: 'charge_automatically' | 'send_invoice'
  readonly days_until_due?: number
  readonly default_payment_method?: string
  readonly description?: string
  readonly metadata?: Record<string, string> | null
  readonly off_session?: boolean
  readonly payment_behavior?:
    | 'allow_incomplete'
    | 'default_incomplete'
    | 'error_if_incomplete'
    | 'pending_if_incomplete'
  readonly payment_settings?: { save_default_payment_method?: 'off' | 'on_subscription' }
  readonly proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
  readonly trial_end?: number | 'now'
  readonly trial_period_days?: number
  readonly trial_settings?: { end_behavior: { missing_payment_method: 'cancel' | 'create_invoice' | 'pause' } }
}

type Beginning = {
  readonly id: string
  readonly items: readonly Stripe.SubscriptionItem[]
  readonly anchor: number
  /** Null: it begins without a trial. */
  readonly trial: Period | null
}

/** A subscription as it begins, not stored. */
export function newSubscription(
  work: Work,
  given: SubscriptionPlan,
  { id, items, anchor, trial }: Beginning,
): Stripe.Subscription {
  const collection_method = given.collection_method ?? 'charge_automatically'
  return {
    ...unusedFields,
    id,
    object: 'subscription',
    automatic_tax: { disabled_reason: null, enabled: given.automatic_tax?.enabled ?? false, liability: null },
    billing_cycle_anchor: anchor,
    billing_mode: billingModeOf(work, given.billing_mode?.type),
    cancel_at: given.cancel_at ?? null,
    cancel_at_period_end: given.cancel_at_period_end ?? false,
    cancellation_details: noDetails,
    collection_method,
    created: work.now,
    currency: items[0]?.price.currency ?? 'usd',
    customer: given.customer,
    days_until_due: given.days_until_due ?? null,
    default_payment_method: given.default_payment_method ?? null,
    description: given.description ?? null,
    items: itemList(id, items),
    metadata: mergeMetadata({}, given.metadata),
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: given.payment_settings?.save_default_payment_method ?? 'off',
    },
    start_date: work.now,
    status: trial !== null ? 'trialing' : collection_method === 'send_invoice' ? 'active' : 'incomplete',
    test_clock: work.need('customer', given.customer, 'customer').test_clock ?? null,
    trial_end: trial?.end ?? null,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: 'create_invoice',
        ...given.trial_settings?.end_behavior,
      },
    },
    trial_start: trial?.start ?? null,
  }
}

/** The fields that are the same in every subscription as it begins. */
const unusedFields = {
  application: null,
  application_fee_percent: null,
  billing_cycle_anchor_config: null,
  billing_schedules: [],
  billing_thresholds: null,
  canceled_at: null,
  customer_account: null,
  default_source: null,
  default_tax_rates: [],
  discounts: [],
  ended_at: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  latest_invoice: null,
  livemode: false,
  managed_payments: null,
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
  transfer_data: null,
} satisfies Partial<Stripe.Subscription>

const billingModeOf = (work: Work, type: 'classic' | 'flexible' = 'flexible'): Stripe.Subscription.BillingMode =>
  type === 'classic'
    ? { flexible: null, type }
    : { flexible: { proration_discounts: 'included' }, type, updated_at: work.now }
