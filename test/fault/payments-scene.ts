import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Stripe } from 'stripe'
import { expect, vi } from 'vitest'
import { openSandbox, type Sandbox } from '../../packages/stripe-sandbox/src/sandbox.ts'
import { loadCatalog } from '../../src/catalog/load.ts'
import { teamId as namedTeam } from '../../src/domain/identity.ts'
import { createCustomers } from '../../src/payments/customers.ts'
import { createStripe } from '../../src/payments/stripe.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { freePort } from '../setup/free-port.ts'
import { ask, type Gateway, type SpawnedGateway, spawnGateway, startGateway } from '../setup/gateway.ts'
import { advanceClock, makeTeam, resultOf } from '../setup/operator.ts'
import { type StripeDoor, stripeDoor } from '../setup/stripe-door.ts'
import { type UnreliableLine, unreliableLine } from '../setup/unreliable-line.ts'

export const patience = { timeout: 60_000, interval: 50 }

export type Bought = {
  readonly __typename: string
  readonly state?: string
  readonly code?: string
  readonly checkoutUrl?: string | null
  readonly actionUrl?: string | null
}

export type PurchaseSeen = {
  readonly id: number
  readonly state: string
  readonly intent: string | null
  readonly actionUrl: string | null
  readonly invoice: string | null
  readonly facts: number
  readonly posted: number
}

export type Faulty = Awaited<ReturnType<typeof openFaulty>>

/** A database and a Stripe, each behind a line that fails on request, and gateways between them. */
export async function openFaulty() {
  const home: TestDatabase = await createTestDatabase()
  const line: UnreliableLine = await unreliableLine(home.url)
  const sandbox: Sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000, log: () => undefined })
  const door: StripeDoor = await stripeDoor(sandbox.url)
  const { secretKey, webhookSecret } = sandbox
  const stripe: Stripe = createStripe({ secretKey, apiUrl: sandbox.url })
  const pool = new pg.Pool({ connectionString: home.url, max: 4 })
  pool.on('error', () => undefined)
  const customers = createCustomers({ pool }, stripe, { inForce: () => loadCatalog('catalogs/wevion.yaml') })
  const port = await freePort()
  const access = { secretKey, webhookSecret, apiUrl: door.url }

  const notBefore = async () => {
    const { rows } = await pool.query('select ledger_now() as now')
    return rows[0].now as Date
  }

  return {
    home,
    line,
    sandbox,
    door,
    stripe,
    pool,

    /** Starts a gateway as a process of its own, always at the same address, to which webhooks go from then on. */
    async spawn(): Promise<SpawnedGateway> {
      const gateway = await spawnGateway({
        ...{ DATABASE_URL: line.url, DEV_CLOCK: '1', PORT: `${port}`, LOG_LEVEL: 'error' },
        STRIPE_SECRET_KEY: secretKey,
        STRIPE_WEBHOOK_SECRET: webhookSecret,
        STRIPE_API_URL: door.url,
      })
      sandbox.deliverTo(`${gateway.url}/webhooks/stripe`)
      return gateway
    },

    /** Starts a gateway in this process. */
    async start(databaseUrl = line.url): Promise<Gateway> {
      const gateway = await startGateway({ databaseUrl, stripe: access })
      sandbox.deliverTo(`${gateway.url}/webhooks/stripe`)
      return gateway
    },

    /** A team on the plan with this card as its default method; its customer at Stripe. */
    async team(url: string, teamId: string, card: string | null = 'pm_card_visa'): Promise<string> {
      await makeTeam(url, teamId, 'free')
      const { id: customer } = await customers.ofTeam(namedTeam(teamId))
      if (card !== null) await this.saveCard(customer, card)
      return customer
    },

    async saveCard(customer: string, card: string): Promise<void> {
      const { id } = await stripe.paymentMethods.attach(card, { customer })
      await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
    },

    /** Advances both clocks, Stripe's and the ledger's. */
    async advance(url: string, seconds: number): Promise<void> {
      sandbox.clock.advance(seconds)
      await advanceClock(url, new Date((await notBefore()).getTime() + seconds * 1000))
    },

    async purchases(teamId: string): Promise<PurchaseSeen[]> {
      const text = `select id, state, payment_intent as intent, action_url as "actionUrl", invoice, facts, posted from purchase
        where team_id = $1 order by id`
      return (await pool.query<PurchaseSeen>(text, [teamId])).rows
    },

    /** The credits that payments brought, in whole credits. */
    async creditsOf(teamId: string): Promise<bigint> {
      const text = `select coalesce(sum(granted), 0) / 1000000 as credits from credit_grant
        where team_id = $1 and source like 'stripe:%'`
      return BigInt((await pool.query(text, [teamId])).rows[0].credits.split('.')[0])
    },

    async rechargeOf(teamId: string): Promise<{ state: string; attempt: number | null; retryAt: number | null }> {
      const { rows } = await pool.query('select recharge from account where team_id = $1', [teamId])
      return rows[0]?.recharge
    },

    /**
     * Resolves when nothing is pending or on its way to the ledger, and every payment has its invoice. Purchases that
     * wait for their next try are made due.
     */
    async settled(url: string): Promise<void> {
      await vi.waitFor(
        async () => {
          const text = `select team_id, id, state, facts, posted, invoice from purchase
          where state = 'PENDING' or posted < facts or (state = 'PAID' and invoice_url is null)`
          const { rows } = await pool.query(text)
          if (rows.length > 0) await this.advance(url, 60)
          expect(rows).toEqual([])
        },
        { timeout: 60_000, interval: 500 },
      )
    },

    /** The payments of each team at Stripe, in cents, and the purchases that were paid more than once. */
    async taken(): Promise<{ byTeam: Map<string, number>; twice: string[] }> {
      const byTeam = new Map<string, number>()
      const tags = new Set<string>()
      const twice: string[] = []
      for await (const { status, amount, metadata } of stripe.paymentIntents.list({ limit: 100 })) {
        const { team = '', tag = '' } = metadata
        if (status !== 'succeeded') continue
        byTeam.set(team, (byTeam.get(team) ?? 0) + amount)
        if (tags.has(tag)) twice.push(`${team} ${tag}`)
        tags.add(tag)
      }
      return { byTeam, twice }
    },

    /**
     * Nobody is charged twice, and nobody misses credits: the payments at Stripe equal the price of the ledgers'
     * credits.
     */
    async expectEven(): Promise<Map<string, number>> {
      const { byTeam, twice } = await this.taken()
      expect(twice).toEqual([])
      const text = `select p.team_id, sum(p.price_amount / 10000000)::int as cents from credit_grant g
        join purchase p on p.team_id = g.team_id and g.source = 'stripe:' || p.payment_intent and g.granted = p.credits
        group by p.team_id`
      const { rows } = await pool.query<{ team_id: string; cents: number }>(text)
      expect(new Map(rows.map(({ team_id, cents }) => [team_id, cents]))).toEqual(byTeam)
      return byTeam
    },

    /** Each payment has one invoice, paid by it. */
    async expectInvoicedOnce(): Promise<void> {
      const seen: string[] = []
      for await (const { status, metadata, amount_paid } of stripe.invoices.list({ limit: 100 })) {
        seen.push(`${metadata?.team} ${metadata?.purchase} ${status} ${amount_paid}`)
      }
      const text = `select team_id, id, price_amount / 10000000 as cents from purchase where state = 'PAID'`
      const { rows } = await pool.query(text)
      const expected = rows.map(({ team_id, id, cents }) => `${team_id} ${id} paid ${cents}`)
      expect(seen.toSorted()).toEqual(expected.toSorted())
    },

    async close(): Promise<void> {
      await pool.end()
      await door.close()
      await sandbox.close()
      await line.close()
      await home.drop()
    },
  }
}

export async function buy(url: string, teamId: string, key: string = randomUUID()): Promise<Bought> {
  const query = `mutation ($input: PurchaseCreditsInput!) { result: purchaseCredits(input: $input) { __typename
    ... on Error { code message } ... on Purchase { state checkoutUrl } ... on PaymentActionRequired { actionUrl } } }`
  return resultOf(await ask(url, query, { input: { teamId, packageId: 'starter', idempotencyKey: key } }))
}

/** Packs of 5,000 credits for $5 whenever the balance is below the threshold. */
export async function recharge(url: string, teamId: string, threshold: number, monthlyCap: number | null = null) {
  const query = `mutation ($input: AutoRechargeInput!) { result: configureAutoRecharge(input: $input) {
    __typename ... on AutoRecharge { state } } }`
  const input = { teamId, enabled: true, threshold: `${threshold}`, packageId: 'starter' }
  const cap = monthlyCap === null ? {} : { monthlyCap: `${monthlyCap}` }
  expect(resultOf(await ask(url, query, { input: { ...input, ...cap } }))).toMatchObject({ state: 'ARMED' })
}
