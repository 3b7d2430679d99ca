import { hash } from 'node:crypto'
import type { Stripe } from 'stripe'
import { sharing } from '../concurrency/sharing.ts'
import type { TeamId } from '../domain/identity.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import type { Customers } from './customers.ts'
import { createPortalConfiguration } from './portal-configuration.ts'
import { reached } from './stripe-faults.ts'

export type PagesOptions = {
  readonly stripe: Stripe
  readonly customers: Pick<Customers, 'ofTeam'>
  readonly catalogs: Pick<Catalogs, 'inForce'>
}

export type Pages = {
  setupPage(teamId: TeamId, returnUrl: string): Promise<string>
  billingPortal(teamId: TeamId, returnUrl: string): Promise<string>
}

/** Pages of Stripe for a team. A repeated request gets the open page. */
export function createPages({ stripe, customers, catalogs }: PagesOptions): Pages {
  const configurationOf = createPortalConfiguration(stripe)
  /** Requests at the same time share one page. */
  const shared = sharing<string, string>()

  async function setupPage(teamId: TeamId, returnUrl: string): Promise<string> {
    const { id: customer } = await customers.ofTeam(teamId)
    const { data } = await stripe.checkout.sessions.list({ customer, status: 'open', limit: 100 })
    const open = data.filter(({ mode }) => mode === 'setup')
    const success_url = `${returnUrl}?outcome=saved`
    const same = open.find((session) => session.success_url === success_url)
    if (same?.url) return same.url
    for (const { id } of open) await stripe.checkout.sessions.expire(id)
    const currency = catalogs.inForce().currency.toLowerCase()
    const cancel_url = `${returnUrl}?outcome=unsaved`
    const { url } = await stripe.checkout.sessions.create({
      mode: 'setup',
      customer,
      currency,
      success_url,
      cancel_url,
    })
    if (url === null) throw new Error('A Checkout session has no address')
    return url
  }

  /** Portals can't be listed at Stripe. Under the key of a minute, the same one is answered with. */
  async function billingPortal(teamId: TeamId, return_url: string): Promise<string> {
    const { id: customer } = await customers.ofTeam(teamId)
    const minute = Math.floor(Date.now() / 60_000)
    const idempotencyKey = `portal:${hash('sha256', `${customer} ${return_url} ${minute}`, 'hex')}`
    const configuration = await configurationOf()
    const terms = { customer, return_url, ...(configuration === undefined ? {} : { configuration }) }
    return (await stripe.billingPortal.sessions.create(terms, { idempotencyKey })).url
  }

  return {
    setupPage: (teamId, returnUrl) =>
      shared(`setup ${teamId} ${returnUrl}`, () => reached(() => setupPage(teamId, returnUrl))),
    billingPortal: (teamId, returnUrl) =>
      shared(`portal ${teamId} ${returnUrl}`, () => reached(() => billingPortal(teamId, returnUrl))),
  }
}
