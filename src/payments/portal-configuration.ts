import type { Stripe } from 'stripe'
import { sharing } from '../concurrency/sharing.ts'

/** The feature set of the portal. Plans, seats and add-on units are changed through the gateway and the product alone. */
const features: Stripe.BillingPortal.ConfigurationCreateParams.Features = {
  customer_update: { enabled: true, allowed_updates: ['name', 'email', 'address', 'tax_id'] },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: false },
  subscription_update: { enabled: false },
}

const metadata = { made_by: 'credits-gateway' }
const keptMs = 600_000

/**
 * The portal configuration to name in a session; undefined: the account has a default of its own, which counts. A new
 * account has none, so that one is created. It is found by its metadata, and not created a second time.
 */
export function createPortalConfiguration(stripe: Stripe): () => Promise<string | undefined> {
  const shared = sharing<string, string | undefined>()
  let known: { readonly id: string | undefined; readonly until: number } | undefined

  async function find(): Promise<string | undefined> {
    let ours: string | undefined
    for await (const { id, is_default, metadata: told } of stripe.billingPortal.configurations.list({
      active: true,
      limit: 100,
    })) {
      if (is_default) return undefined
      if (told?.made_by === metadata.made_by) ours ??= id
    }
    return ours ?? (await create())
  }

  /** Gateways that create one at the same time create the same one. A key that Stripe failed under ends with its minute. */
  async function create(): Promise<string> {
    const idempotencyKey = `portal-configuration:${Math.floor(Date.now() / 60_000)}`
    return (await stripe.billingPortal.configurations.create({ features, metadata }, { idempotencyKey })).id
  }

  return () =>
    shared('configuration', async () => {
      if (known === undefined || known.until < performance.now()) {
        known = { id: await find(), until: performance.now() + keptMs }
      }
      return known.id
    })
}
