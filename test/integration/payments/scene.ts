import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import type { Stripe } from 'stripe'
import { openSandbox, type Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { openDatabase } from '../../../src/database/open.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import type { PayWith } from '../../../src/domain/purchase.ts'
import { startSweeper } from '../../../src/ledger/background/sweeper.ts'
import { publishFile } from '../../../src/ledger/catalogs/publish-file.ts'
import { moveClock } from '../../../src/ledger/clock/move-clock.ts'
import { openLedger } from '../../../src/ledger/open-ledger.ts'
import { wholeSpan } from '../../../src/ledger/rows/span.ts'
import { openPayments } from '../../../src/payments/open-payments.ts'
import type { AddOnResult } from '../../../src/payments/payments.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'
import { readPurchases } from '../../../src/payments/purchase-rows.ts'
import { createStripe } from '../../../src/payments/stripe.ts'
import { createMetrics } from '../../../src/server/metrics.ts'
import { stripeWebhook } from '../../../src/server/stripe-webhook.ts'
import { createTestDatabase } from '../../setup/database.ts'

export type Paying = Awaited<ReturnType<typeof openPaying>>

/** A line of the log. */
type Logged = { readonly level: number; readonly msg: string } & Readonly<Record<string, unknown>>

/** One gateway's payments without its API: ledger, Stripe's stand-in and the webhook between them. */
export async function openPaying(
  given: { catalog?: string | WholeCatalog; sandbox?: Sandbox; databaseUrl?: string } = {},
) {
  const own = given.databaseUrl === undefined ? await createTestDatabase() : null
  const logged: Logged[] = []
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line)) })
  const database = await openDatabase({ url: own?.url ?? given.databaseUrl ?? '', poolSize: 8, log })
  const opened = await openLedger(database)
  const { catalogs, ledger, teams } = opened
  const { catalog = 'wevion' } = given
  const file = typeof catalog === 'string' ? loadCatalog(`catalogs/${catalog}.yaml`) : catalog
  await publishFile(catalogs, file, () => undefined)
  const sweeper = startSweeper(database, ledger, log)
  const sandbox = given.sandbox ?? (await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 }))
  const { secretKey, url: apiUrl, webhookSecret } = sandbox
  const stripe = createStripe({ secretKey, apiUrl })
  const publicUrl = () => 'http://127.0.0.1:4000'
  const paying = openPayments({ database, ledger, teams, catalogs, stripe, mode: 'test', publicUrl, log })
  paying.begin()
  const { events } = paying
  const webhook = stripeWebhook({ stripe, secret: webhookSecret, events, metrics: createMetrics(), log })
  const server = createServer((request, response) => void webhook(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  if (given.sandbox === undefined) sandbox.deliverTo(webhookUrl)

  const prices = new Map<string, string>()
  let made = 0
  const submit = (team: TeamId, command: Command, key: string | null = null) =>
    ledger.submit({ teamId: team, key, fingerprint: key === null ? '' : 'ab', command })

  return {
    database,
    ledger,
    teams,
    catalogs,
    sandbox,
    stripe,
    webhookUrl,
    payments: paying.payments,
    events: paying.events,
    submit,
    databaseUrl: database.url,
    poke: paying.poke,
    /** The warnings and errors so far. */
    logged,

    /** A team on the catalog's plan. */
    async team(planId = 'free'): Promise<TeamId> {
      made += 1
      const id = teamId(`team-${made}`)
      const command = { kind: 'assign-plan', planId, teamName: null, seats: 1, interval: null, anchor: null } as const
      await submit(id, command)
      return id
    },

    /** Saves a card of the team as its default method. */
    async saveCard(team: TeamId, card = 'pm_card_visa'): Promise<void> {
      const { rows } = await database.pool.query('select id from customer where team_id = $1', [team])
      await this.payments.hasSavedMethod(team)
      const customer: string =
        rows[0]?.id ?? (await database.pool.query('select id from customer where team_id = $1', [team])).rows[0].id
      const { id } = await stripe.paymentMethods.attach(card, { customer })
      await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
    },

    /** The team's default method. */
    async savedCard(team: TeamId): Promise<string> {
      const found = await stripe.customers.retrieve(await this.customer(team))
      const method = found.deleted ? null : found.invoice_settings.default_payment_method
      if (typeof method !== 'string') throw new Error(`${team} has no default method`)
      return method
    },

    /** Begins a purchase and continues it as far as possible. */
    async buy(team: TeamId, packageId = 'starter', pay: PayWith = 'AUTO'): Promise<Purchase> {
      const terms = { packageId, pay, successUrl: null, cancelUrl: null, memberId: null } as const
      const { outcome } = await submit(team, {
        kind: 'begin-purchase',
        ...terms,
        caller: { id: null, role: 'ADMIN' },
      })
      if (outcome.kind !== 'purchase') throw new Error(`Not begun: ${JSON.stringify(outcome)}`)
      return this.payments.advance(team, outcome.purchase.id)
    },

    /** Sets up auto-recharge, and spends until the first recharge begins. */
    async recharge(team: TeamId): Promise<void> {
      const terms = {
        threshold: 3_000n * MICRO,
        packageId: 'starter',
        monthlyCap: null,
        targetBalance: null,
        maxPerDay: null,
      }
      const caller = { id: null, role: 'ADMIN' } as const
      await submit(team, { kind: 'configure-recharge', enabled: true, ...terms, caller })
      const usage = [{ rate: 'video.luma-ray-3', quantity: MICRO, count: 1 }]
      await submit(team, { kind: 'charge-usage', usage, reference: null, memberId: null, caller })
    },

    /** The id of the team's customer, who is created if there is none. */
    async customer(team: TeamId): Promise<string> {
      await this.payments.hasSavedMethod(team)
      const { rows } = await database.pool.query('select id from customer where team_id = $1', [team])
      return rows[0].id
    },

    /** Advances Stripe's clock to that instant, and the ledger's with it. The events meanwhile are delivered. */
    async until(instant: string): Promise<void> {
      sandbox.clock.advance(Math.max(0, Date.parse(instant) - sandbox.clock.now()) / 1000)
      await moveClock(database, Math.round(sandbox.clock.now()))
      paying.poke()
      await sandbox.idle()
    },

    /** A price, created as a product's backend does, once for each name. */
    async price(
      plan: string,
      unitAmount: number,
      interval: 'month' | 'year' = 'month',
      metadata: Record<string, string> = { plan },
    ): Promise<string> {
      const name = `${plan} ${unitAmount} ${interval} ${JSON.stringify(metadata)}`
      const known = prices.get(name)
      if (known !== undefined) return known
      const { id: product } = await stripe.products.create({ name: plan })
      const recurring = { interval }
      const terms = { product, currency: 'usd', unit_amount: unitAmount, recurring, metadata }
      const { id } = await stripe.prices.create(terms)
      prices.set(name, id)
      return id
    },

    /** Subscribes the team's customer as a product's backend does, and waits for the events. */
    async subscribe(
      team: TeamId,
      items: Stripe.SubscriptionCreateParams.Item[],
      given: Partial<Stripe.SubscriptionCreateParams> = {},
    ): Promise<Stripe.Subscription> {
      const made = await stripe.subscriptions.create({
        customer: await this.customer(team),
        items,
        ...given,
      })
      await sandbox.idle()
      return made
    },

    /** Orders add-on units as an admin does. */
    async order(team: TeamId, units: number, key: string): Promise<AddOnResult> {
      const command = { kind: 'order-add-on-units', units } as const
      const { outcome } = await ledger.submit({ teamId: team, key, fingerprint: `${units}`.padStart(4, '0'), command })
      if (outcome.kind !== 'ordered') throw new Error(`Not ordered: ${JSON.stringify(outcome)}`)
      return this.payments.setAddOnUnits(team, key, units)
    },

    /** The money that all of a team's invoices have collected, in cents. */
    async paidIn(team: TeamId): Promise<number> {
      const { data } = await stripe.invoices.list({ customer: await this.customer(team), limit: 100 })
      return data.reduce((sum, { amount_paid: paid }) => sum + paid, 0)
    },

    /** All deposits to the team: `60 INCLUDED 2028-01-31 to 2028-02-29`. */
    async deposits(team: TeamId): Promise<string[]> {
      const text = `select kind, granted::text, to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD') as starts,
        coalesce(to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD'), 'for ever') as ends
        from credit_grant where team_id = $1 order by id`
      const { rows } = await database.pool.query(text, [team])
      return rows.map(({ kind, granted, starts, ends }) => `${BigInt(granted) / MICRO} ${kind} ${starts} to ${ends}`)
    },

    purchases: (team: TeamId) => readPurchases(database.pool, { teamId: team, memberId: null }, wholeSpan, 100),

    async available(team: TeamId): Promise<bigint> {
      return (await teams.read(team))?.account.available ?? 0n
    },

    async account(team: TeamId) {
      const read = await teams.read(team)
      if (read === null) throw new Error(`${team} does not exist`)
      return read.account
    },

    /** Every charge of the team's customer at Stripe. */
    async charges(team: TeamId): Promise<Stripe.PaymentIntent[]> {
      const { rows } = await database.pool.query('select id from customer where team_id = $1', [team])
      if (rows[0] === undefined) return []
      const { data } = await stripe.paymentIntents.list({ customer: rows[0].id, limit: 100 })
      return data.filter(({ status }) => status === 'succeeded')
    },

    async close(): Promise<void> {
      if (given.sandbox === undefined) await sandbox.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await paying.close()
      await sweeper.stop()
      await opened.close()
      await database.close()
      await own?.drop()
    },
  }
}
