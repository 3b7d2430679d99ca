import { randomUUID } from 'node:crypto'
import type { Stripe } from 'stripe'
import { vi } from 'vitest'
import { openSandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { sdkOf } from '../../../packages/stripe-sandbox/test/scene.ts'
import { Page } from '../../setup/browser.ts'
import { ask, type Caller, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { connect, Watch } from '../../setup/watching.ts'

/** An answer as any client parses it; each test knows its shape from its own selection. */
export type Data = ReturnType<typeof JSON.parse>
export type SubscriptionTerms = {
  /** The price for each seat and interval. */
  readonly cents: number
  readonly plan: string
  readonly interval?: 'month' | 'year'
  readonly seats?: number
  /** Default: a new team, which begins with its subscription. */
  readonly team?: string
}
export type Subscribed = {
  readonly team: string
  readonly customer: string
  readonly subscription: Stripe.Subscription
}
export type Usage = { rate: string; quantity?: string; count?: number }

const inputTypes: Record<string, string> = {
  setLowBalanceThreshold: 'LowBalanceThresholdInput',
  configureAutoRecharge: 'AutoRechargeInput',
}
const inputTypeOf = (mutation: string) =>
  inputTypes[mutation] ?? `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
const keyless = new Set(['setLowBalanceThreshold', 'setSpendingLimit', 'publishCatalog', 'configureAutoRecharge'])

const balanceFields = `available held included additional owed state lowThreshold label revision asOf
  period { allowance used remaining startsAt resetsAt } nextExpiry { amount at }`

/** A purchase as its buyer sees it. */
const purchaseFields = `id state cause price { amount currency } package { code credits } checkoutUrl confirmUrl invoiceUrl
  paymentReference failure refunded { amount } member { memberId } grant { kind granted source expiresAt } balance { available additional }`
const rechargeFields = `enabled threshold package { code } monthlyCap { amount } spentThisMonth { amount currency } state lastFailure actionUrl`

/** How long background work may take: the reconciler looks after 5 seconds, and the list of events is read every 20. */
const patience = { timeout: 60_000, interval: 50 }

/**
 * A gateway of its own with the product's catalog, or a changed `file` of it, its clock set forward to `start`; and its
 * Stripe, whose clock moves with the gateway's.
 */
export async function openProduct(name: string, start: string, file = `catalogs/${name}.yaml`) {
  const sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
  const { secretKey, webhookSecret, url: apiUrl } = sandbox
  const stripeAccess = { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_URL: apiUrl }
  const gateway: Gateway = await startGateway({ env: { CATALOG: file, ...stripeAccess } })
  const { url } = gateway
  sandbox.deliverTo(`${url}/webhooks/stripe`)
  const watches: (() => Promise<void>)[] = []

  /** Sends a query as the operator's backend, unless `caller` says otherwise. */
  async function query(text: string, variables: Record<string, unknown> = {}, caller: Caller = {}): Promise<Data> {
    const { data, errors } = await ask(url, text, variables, await tokenFor(caller))
    if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors))
    return data
  }

  /** A mutation's result: `__typename`, an error's code and message, and what is selected. */
  async function mutate(mutation: string, input: Record<string, unknown>, selection = '', caller: Caller = {}) {
    const text = `mutation ($input: ${inputTypeOf(mutation)}!) { result: ${mutation}(input: $input) {
      __typename ... on Error { code message } ${selection} } }`
    const key = keyless.has(mutation) ? {} : { idempotencyKey: randomUUID() }
    return (await query(text, { input: { ...key, ...input } }, caller)).result
  }

  /** Advances the clocks. Stripe's events are delivered after that. */
  async function moveTo(instant: string): Promise<void> {
    sandbox.webhooks.hold()
    sandbox.clock.advance(Math.max(0, (Date.parse(instant) - sandbox.clock.now()) / 1000))
    await query('mutation ($to: DateTime!) { advanceClock(to: $to) }', { to: instant })
    sandbox.webhooks.release()
    await sandbox.idle()
  }

  async function team(planId: string, given: Record<string, unknown> = {}): Promise<string> {
    const teamId = `team-${randomUUID()}`
    const made = await mutate('assignPlan', { teamId, planId, ...given })
    if (made.__typename !== 'Team') throw new Error(JSON.stringify(made))
    return teamId
  }

  function watch<T = Data>(caller: Caller, subscription: string): Watch<T> {
    const client = connect(url, caller)
    const watched = new Watch<T>(client, subscription)
    watches.push(async () => {
      await watched.end()
      await client.dispose()
    })
    return watched
  }

  const reserve = (teamId: string, usage: Usage[]) =>
    mutate('holdCredits', { teamId, usage }, '... on Hold { id }').then(({ id }) =>
      mutate('releaseHold', { holdId: id }),
    )

  /** The team's events from now on: credits are reserved and released until the first event has come. */
  async function watchEvents(team: string, usage: Usage[], fields: string): Promise<Watch<Data>> {
    const events = watch({ team, role: 'VIEWER' }, `subscription { accountEvents { ${fields} } }`)
    let arrived = false
    const first = events.next().then(() => {
      arrived = true
    })
    while (!arrived) await reserve(team, usage)
    await first
    return events
  }

  /** Selects `purchaseFields` and the fields of a refusal. */
  const buy = (teamId: string, packageId: string, given: Record<string, unknown> = {}, caller: Caller = {}) =>
    mutate(
      'purchaseCredits',
      { packageId, ...given },
      `... on Purchase { ${purchaseFields} } ... on PurchaseNotAllowed { admins { memberId name } contact }
        ... on PaymentDeclined { declineCode } ... on PaymentActionRequired { actionUrl }`,
      { team: teamId, role: 'ADMIN', ...caller },
    )

  /** Newest first. */
  async function purchases(teamId: string): Promise<Data[]> {
    const text = `query ($id: ID!) { team(id: $id) { purchases(first: 100) { nodes { ${purchaseFields} } } } }`
    return (await query(text, { id: teamId })).team.purchases.nodes
  }

  /** Stripe's own portal, as an admin of the team opens it. */
  async function portal(teamId: string): Promise<Page> {
    const text = 'mutation ($back: String!) { openBillingPortal(returnUrl: $back) { url } }'
    const { openBillingPortal } = await query(text, { back: `${url}/billing` }, { team: teamId, role: 'ADMIN' })
    return Page.open(openBillingPortal.url)
  }

  const stripe = sdkOf(sandbox)

  /**
   * Subscribes as a product's own backend does: with a customer that names the team, and a price whose product names
   * the plan.
   */
  async function subscribe(terms: SubscriptionTerms): Promise<Subscribed> {
    const { plan, cents, interval = 'month', seats = 1, team = `team-${randomUUID()}` } = terms
    const { id: customer } = await stripe.customers.create({ email: 'ana@example.com', metadata: { team } })
    const { id: card } = await stripe.paymentMethods.attach('pm_card_visa', { customer })
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card } })
    const { id: sold } = await stripe.products.create({ name: plan, metadata: { plan } })
    const charged = { currency: 'usd', unit_amount: cents, recurring: { interval } }
    const { id: price } = await stripe.prices.create({ product: sold, ...charged })
    const subscription = await stripe.subscriptions.create({
      customer,
      items: [{ price, quantity: seats }],
    })
    await sandbox.idle()
    return { team, customer, subscription }
  }

  /**
   * Advances to shortly after the end of the running period: the renewal is paid by then, for which Stripe takes an
   * hour.
   */
  async function renew({ subscription }: Subscribed): Promise<void> {
    const { items } = await stripe.subscriptions.retrieve(subscription.id)
    const end = (items.data[0]?.current_period_end ?? 0) * 1000
    await moveTo(new Date(end + 2 * 3_600_000).toISOString())
  }

  await moveTo(start)
  return {
    watchEvents,
    url,
    sandbox,
    stripe,
    subscribe,
    renew,
    buy,
    purchases,
    portal,
    /** Saves a card in the portal, as the default one. */
    async saveCard(teamId: string, number = '4242 4242 4242 4242'): Promise<void> {
      const page = await (await portal(teamId)).press('Add the card', { number })
      if (page.status !== 200) throw new Error(page.html)
    },
    /** Configures auto-recharge as an admin of the team, unless `caller` says otherwise. */
    configureRecharge: (teamId: string, input: Record<string, unknown>, caller: Caller = {}) =>
      mutate(
        'configureAutoRecharge',
        input,
        `... on AutoRecharge { ${rechargeFields} } ... on NoPaymentMethod { setupUrl } ... on PurchaseNotAllowed { admins { memberId name } contact }`,
        { team: teamId, role: 'ADMIN', ...caller },
      ),
    recharge: async (teamId: string): Promise<Data> =>
      (await query(`{ viewer { team { autoRecharge { ${rechargeFields} } } } }`, {}, { team: teamId, role: 'ADMIN' }))
        .viewer.team.autoRecharge,
    /** Waits for background work. */
    eventually: <T>(check: () => Promise<T>): Promise<T> => vi.waitFor(check, patience),
    query,
    mutate,
    moveTo,
    /** Advances the clock by this long, or a little more. */
    pass: (minutes: number) => moveTo(new Date(sandbox.clock.now() + minutes * 60_000).toISOString()),
    team,
    /** Selects the fields that later steps need, without the details of an estimate or a refusal. */
    hold: (teamId: string, usage: Usage[], given: Record<string, unknown> = {}, caller: Caller = {}) =>
      mutate(
        'holdCredits',
        { ...(caller.team === undefined ? { teamId } : {}), usage, ...given },
        '... on Hold { id state amount captured remaining expiresAt } ... on InsufficientCredits { required available shortfall nextGrantAt canPurchase packages { code } } ... on RequirementNotMet { blockers { code message } }',
        caller,
      ),
    settle: (holdId: string, usage?: Usage[]) =>
      mutate(
        'settleHold',
        { holdId, usage },
        '... on Charge { id amount lines { rate credits quantity } metered { amount currency } }',
      ),
    release: (holdId: string) => mutate('releaseHold', { holdId }, '... on Hold { id state }'),
    charge: (teamId: string, usage: Usage[], given: Record<string, unknown> = {}) =>
      mutate(
        'chargeUsage',
        { teamId, usage, ...given },
        '... on Charge { id amount metered { amount currency } lines { rate quantity count credits money { amount currency } } burn { kind amount } } ... on InsufficientCredits { shortfall nextGrantAt } ... on RequirementNotMet { blockers { code message } } ... on InvalidUsage { path }',
      ),
    grant: (teamId: string, amount: string, given: Record<string, unknown> = {}) =>
      mutate(
        'grantCredits',
        { teamId, amount, kind: 'PACKAGE', source: `order:${randomUUID()}`, ...given },
        '... on CreditGrant { id source expiresAt }',
      ),
    async estimate(teamId: string, usage: Usage[], caller: Caller = {}): Promise<Data> {
      const text = `query ($usage: [UsageInput!]!, $teamId: ID) { estimate(usage: $usage, teamId: $teamId) {
        __typename ... on Error { code message } ... on Estimate { total low high metered { amount currency } available balanceAfter
          sufficient blockers { code message } burn { kind amount expiresAt } quoteId lines { rate credits money { amount currency } } } } }`
      return (await query(text, { usage, ...(caller.team === undefined ? { teamId } : {}) }, caller)).estimate
    },
    async balance(teamId: string, asOf?: string): Promise<Data> {
      const text = `query ($id: ID!, $asOf: DateTime) { team(id: $id) { balance(asOf: $asOf) { ${balanceFields} } } }`
      return (await query(text, { id: teamId, asOf })).team.balance
    },
    async grants(teamId: string): Promise<Data[]> {
      const text = `query ($id: ID!) { team(id: $id) { grants { kind granted available startsAt expiresAt source } } }`
      return (await query(text, { id: teamId })).team.grants
    },
    /** Newest first. */
    async activity(teamId: string, filter: Record<string, unknown> = {}): Promise<Data[]> {
      const text = `query ($id: ID!, $filter: ActivityFilter) { team(id: $id) { activity(first: 100, filter: $filter) { nodes {
        type grantKind at amount balanceAfter reference reason member { memberId name } lines { rate name quantity count credits money { amount } } } } } }`
      return (await query(text, { id: teamId, filter })).team.activity.nodes
    },
    async rates(): Promise<Record<string, Data>> {
      const { rateCard } =
        await query(`{ rateCard { categories { code name rates { code name credits money { amount currency }
        per unit roundsUp free settlement requires illustrative } } } }`)
      return Object.fromEntries(
        rateCard.categories.flatMap((category: Data) =>
          category.rates.map((rate: Data) => [rate.code, { ...rate, category: category.code }]),
        ),
      )
    },
    plans: async (): Promise<Data[]> =>
      (
        await query(
          `{ plans { code name topUp contact addOn { credits price { amount } illustrative }
            allowances { credits every perSeat interval rollover rolloverUpTo illustrative } } }`,
        )
      ).plans,
    packages: async (caller: Caller = {}): Promise<Data[]> =>
      (
        await query(
          '{ packages { code name credits price { amount currency } pricePer1000 { amount } approxMessages purchasable illustrative } }',
          {},
          caller,
        )
      ).packages,
    /** Watches as a member of a team with a pill or a toast does. */
    watch,
    async close(): Promise<void> {
      for (const end of watches) await end()
      await gateway.close()
      await sandbox.close()
    },
  }
}
export type Product = Awaited<ReturnType<typeof openProduct>>
