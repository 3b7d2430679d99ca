import { hash } from 'node:crypto'
import type { Stripe } from 'stripe'
import { sharing } from '../concurrency/sharing.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import { PaymentsOverasked } from './budget.ts'
import type { Customers } from './customers.ts'
import { createPortalConfiguration } from './portal-configuration.ts'
import { reached } from './stripe-faults.ts'

export type PagesOptions = {
  readonly stripe: Stripe
  readonly customers: Pick<Customers, 'ensure'>
  readonly teams: Pick<TeamReader, 'read'>
  readonly catalogs: Pick<Catalogs, 'inForce'>
  /** The ledger's clock. */
  readonly now: () => Promise<Instant>
}

const anHour = 3_600

export type Pages = {
  setupPage(teamId: TeamId, returnUrl: string): Promise<string>
  billingPortal(teamId: TeamId, returnUrl: string): Promise<string>
}

/** Pages of Stripe for a team. A repeated request gets the open page. */
export function createPages({ stripe, customers, teams, catalogs, now }: PagesOptions): Pages {
  const configurationOf = createPortalConfiguration(stripe)
  /** Requests at the same time share one page. */
  const shared = sharing<string, string>()

  async function setupPage(teamId: TeamId, returnUrl: string): Promise<string> {
    const { id: customer } = await customers.ensure(teamId)
    const { data } = await stripe.checkout.sessions.list({ customer, limit: 100 })
    const setups = data.filter(({ mode }) => mode === 'setup')
    const open = setups.filter(({ status }) => status === 'open')
    const success_url = `${returnUrl}?outcome=saved`
    const currency = (await currencyOf(teamId)).toLowerCase()
    const same = open.find((session) => session.success_url === success_url && session.currency === currency)
    if (same?.url) return same.url
    await refuseTooMany(setups)
    for (const { id } of open) await stripe.checkout.sessions.expire(id)
    const { paymentMethods } = catalogs.inForce()
    const cancel_url = `${returnUrl}?outcome=unsaved`
    const { url } = await stripe.checkout.sessions.create({
      mode: 'setup',
      customer,
      currency,
      allowed_payment_method_types: [...paymentMethods],
      success_url,
      cancel_url,
    })
    if (url === null) throw new Error('A Checkout session has no address')
    return url
  }

  /** The methods that a page offers can pay in the team's currency. */
  const currencyOf = async (teamId: TeamId): Promise<string> =>
    (await teams.read(teamId))?.account.currency ?? catalogs.inForce().currency

  /** Card testers try cards on these pages. `setups`: the newest first. */
  async function refuseTooMany(setups: readonly Stripe.Checkout.Session[]): Promise<void> {
    const most = catalogs.inForce().purchaseLimits.setupPagesPerHour
    const last = setups[most - 1]
    if (last === undefined) return
    const seconds = last.created + anHour - Math.floor((await now()) / 1000)
    if (seconds > 0)
      throw new PaymentsOverasked(seconds, `opened ${most} pages to save a payment method within an hour`)
  }

  /** Portals can't be listed at Stripe. Under the key of a minute, the same one is answered with. */
  async function billingPortal(teamId: TeamId, return_url: string): Promise<string> {
    const { id: customer } = await customers.ensure(teamId)
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
