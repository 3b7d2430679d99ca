import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import type { Catalogs } from '../ledger/catalogs.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { startCatchUp } from './catch-up.ts'
import { createCustomers } from './customers.ts'
import { makeInvoice } from './invoices.ts'
import type { Payments } from './payments.ts'
import { readPurchase } from './purchase-rows.ts'
import { createPursuit } from './pursuit.ts'
import { startReconciler } from './reconciler.ts'
import { createRecordings } from './recordings.ts'
import { createStripeEvents, type StripeEvents } from './stripe-events.ts'
import { reached } from './stripe-faults.ts'
import type { PurchaseName } from './tags.ts'

export type PaymentsOptions = {
  readonly database: Database
  readonly ledger: Ledger
  readonly catalogs: Catalogs
  readonly stripe: Stripe
  /** The gateway's own address, without a trailing slash. */
  readonly publicUrl: () => string
  readonly log: Logger
}

export type OpenPayments = {
  readonly payments: Payments
  readonly events: StripeEvents
  /** The clock was moved: what is due is looked after at once. */
  poke(): void
  close(): Promise<void>
}

/** All that has to do with Stripe, and the work in the background that nobody waits for. */
export function openPayments({ database, ledger, catalogs, stripe, publicUrl, log }: PaymentsOptions): OpenPayments {
  const customers = createCustomers(database, stripe)
  const recordings = createRecordings(database, ledger, log)
  const pursuit = createPursuit({ database, stripe, customers, recordings, catalogs, publicUrl, log })
  const subscriptions = { follow: async () => false }
  const events = createStripeEvents({ database, ledger, stripe, customers, recordings, subscriptions, log })

  async function lookAfter(name: PurchaseName): Promise<void> {
    const purchase = await pursuit.pursue(name)
    if (purchase.intent === null || purchase.state === 'PENDING' || purchase.invoiceUrl !== null) return
    if (purchase.state === 'FAILED' || purchase.state === 'CANCELED') return
    const fresh = await readPurchase(database.pool, name.teamId, name.id)
    // What has just become known is due again at once: whoever claims it then is the only one who makes its invoice.
    if (fresh === null || fresh.asks === 0) return
    const seen = await makeInvoice(stripe, fresh, await pursuit.titleOf(fresh))
    await recordings.record({ purchase: name, tag: null, see: () => seen, event: null })
  }

  const reconciler = startReconciler(database, lookAfter, log)
  const catchUp = startCatchUp(database, stripe, events, log)

  return {
    payments: {
      pursue: (teamId, id) => pursuit.pursue({ teamId, id }),
      hasSavedMethod: async (teamId) => (await reached(() => customers.ofTeam(teamId))).method !== null,
      async setupPage(teamId, returnUrl) {
        const { id } = await reached(() => customers.ofTeam(teamId))
        const { url } = await reached(() =>
          stripe.checkout.sessions.create({
            mode: 'setup',
            customer: id,
            currency: catalogs.inForce().currency.toLowerCase(),
            success_url: `${returnUrl}?outcome=success`,
            cancel_url: `${returnUrl}?outcome=cancel`,
          }),
        )
        if (url === null) throw new Error('A Checkout session has no address')
        return url
      },
      async billingPortal(teamId, returnUrl) {
        const { id } = await reached(() => customers.ofTeam(teamId))
        return (await reached(() => stripe.billingPortal.sessions.create({ customer: id, return_url: returnUrl }))).url
      },
    },
    events,
    poke: () => reconciler.poke(),
    async close() {
      await Promise.all([reconciler.stop(), catchUp.stop()])
      await recordings.idle()
    },
  }
}
