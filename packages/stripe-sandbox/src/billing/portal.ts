import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import {
  address,
  emptyable,
  flag,
  list,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  parameters,
  text,
} from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'

const sessionParameters = parameters({
  configuration: text().optional(),
  customer: text(),
  locale: text().optional(),
  return_url: address.optional(),
})
const feature = parameters({ enabled: flag })
const configurationParameters = parameters({
  business_profile: parameters({
    headline: emptyable(text(60)).optional(),
    privacy_policy_url: address.optional(),
    terms_of_service_url: address.optional(),
  }).optional(),
  default_return_url: emptyable(address).optional(),
  features: parameters({
    customer_update: parameters({
      allowed_updates: emptyable(list(oneOf(['address', 'email', 'name', 'phone', 'shipping', 'tax_id']))).optional(),
      enabled: flag,
    }).optional(),
    invoice_history: feature.optional(),
    payment_method_update: feature.optional(),
    subscription_cancel: feature.optional(),
    subscription_update: feature.optional(),
  }),
  metadata: metadata.optional(),
  name: emptyable(text()).optional(),
})

export const portalRoutes: readonly Route[] = [
  route('POST', '/v1/billing_portal/configurations', configurationParameters, (work, given) =>
    createConfiguration(work, given),
  ),
  route(
    'GET',
    '/v1/billing_portal/configurations',
    parameters({ ...paging, active: flag.optional(), is_default: flag.optional() }),
    (work, { active, is_default, ...page }) =>
      work.list('billing_portal.configuration', '/v1/billing_portal/configurations', page, { active, is_default }),
  ),
  route('GET', '/v1/billing_portal/configurations/:id', parameters({}), (work, _, id) =>
    work.need('billing_portal.configuration', id),
  ),
  route('POST', '/v1/billing_portal/sessions', sessionParameters, (work, given) => {
    const customer = work.need('customer', given.customer, 'customer')
    const configuration =
      given.configuration === undefined
        ? defaultConfiguration(work)
        : work.need('billing_portal.configuration', given.configuration, 'configuration')
    if (!configuration.active) throw invalid('The configuration is not active.', { param: 'configuration' })
    const id = work.id('billing_portal.session')
    const session: Stripe.BillingPortal.Session = {
      id,
      object: 'billing_portal.session',
      configuration: configuration.id,
      created: work.now,
      customer: customer.id,
      customer_account: null,
      flow: null,
      livemode: false,
      locale: given.locale ?? null,
      on_behalf_of: null,
      return_url: given.return_url ?? configuration.default_return_url,
      url: `${work.url}/portal/${id}`,
    }
    work.objects.put('billing_portal.session', session)
    work.emit('billing_portal.session.created', session)
    return session
  }),
]

/** A new account has none until its settings are saved in the dashboard, or a configuration is created and named. */
function defaultConfiguration(work: Work): Stripe.BillingPortal.Configuration {
  const [known] = work.objects.all('billing_portal.configuration', { is_default: true })
  if (known !== undefined) return known
  throw invalid(
    'No configuration provided and your test mode default configuration has not been created. Provide a configuration or create your default by saving your customer portal settings in test mode at https://dashboard.stripe.com/test/settings/billing/portal.',
  )
}

function createConfiguration(
  work: Work,
  given: ReturnType<typeof configurationParameters.parse>,
): Stripe.BillingPortal.Configuration {
  const { features } = given
  const configuration: Stripe.BillingPortal.Configuration = {
    id: work.id('billing_portal.configuration'),
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: {
      headline: null,
      privacy_policy_url: null,
      terms_of_service_url: null,
      ...given.business_profile,
    },
    created: work.now,
    default_return_url: given.default_return_url ?? null,
    features: {
      customer_update: {
        allowed_updates: features.customer_update?.allowed_updates ?? [],
        enabled: features.customer_update?.enabled ?? false,
      },
      invoice_history: features.invoice_history ?? { enabled: false },
      payment_method_update: {
        payment_method_configuration: null,
        ...(features.payment_method_update ?? { enabled: false }),
      },
      subscription_cancel: {
        cancellation_reason: { enabled: false, feedback_options: null, options: [] },
        enabled: features.subscription_cancel?.enabled ?? false,
        mode: 'at_period_end',
        proration_behavior: 'none',
      },
      subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: features.subscription_update?.enabled ?? false,
        proration_behavior: 'none',
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: 'end_trial',
      },
    },
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: mergeMetadata({}, given.metadata),
    name: given.name ?? null,
    updated: work.now,
  }
  work.objects.put('billing_portal.configuration', configuration)
  work.emit('billing_portal.configuration.created', configuration)
  return configuration
}
