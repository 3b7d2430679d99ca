import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import type { Stripe } from 'stripe'
import { openSandbox, type Sandbox } from '../../../sandbox/sandbox.ts'
import type { Catalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { openDatabase } from '../../../src/database/open.ts'
import type { Command } from '../../../src/domain/command.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import type { PayWith } from '../../../src/domain/purchase.ts'
import { openCatalogs } from '../../../src/ledger/catalogs.ts'
import { keepFresh } from '../../../src/ledger/keep-fresh.ts'
import { createLedger } from '../../../src/ledger/ledger.ts'
import { putInForce } from '../../../src/ledger/put-in-force.ts'
import { startSweeper } from '../../../src/ledger/sweeper.ts'
import { createTeamReader } from '../../../src/ledger/team-reader.ts'
import { openPayments } from '../../../src/payments/open-payments.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'
import { readPurchases } from '../../../src/payments/purchase-rows.ts'
import { createStripe } from '../../../src/payments/stripe.ts'
import { createMetrics } from '../../../src/server/metrics.ts'
import { stripeWebhook } from '../../../src/server/stripe-webhook.ts'
import { createTestDatabase } from '../../setup/database.ts'

export type Paying = Awaited<ReturnType<typeof openPaying>>

/** One gateway's payments without its API: ledger, Stripe's stand-in and the webhook between them. */
export async function openPaying(given: { catalog?: string | Catalog; sandbox?: Sandbox; databaseUrl?: string } = {}) {
  const own = given.databaseUrl === undefined ? await createTestDatabase() : null
  const log = pino({ level: 'silent' })
  const database = await openDatabase({ url: own?.url ?? given.databaseUrl ?? '', poolSize: 8, log })
  const catalogs = await openCatalogs(database)
  const freshness = keepFresh(catalogs, database)
  const { catalog = 'wevion' } = given
  const file = typeof catalog === 'string' ? loadCatalog(`catalogs/${catalog}.yaml`) : catalog
  await putInForce(catalogs, file, () => undefined)
  const ledger = createLedger(database, catalogs, () => undefined, log)
  const sweeper = startSweeper(database, ledger, log)
  const teams = createTeamReader(database, catalogs)
  const sandbox = given.sandbox ?? (await openSandbox({ dir: null }))
  const { secretKey, url: apiUrl, webhookSecret } = sandbox
  const stripe = createStripe({ secretKey, apiUrl })
  const paying = openPayments({ database, ledger, catalogs, stripe, publicUrl: () => 'http://127.0.0.1:4000', log })
  const webhook = stripeWebhook(stripe, webhookSecret, paying.events, createMetrics(), log)
  const server = createServer((request, response) => void webhook(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  if (given.sandbox === undefined) sandbox.deliverTo(webhookUrl)

  let made = 0
  const submit = (team: TeamId, command: Command, key: string | null = null) =>
    ledger.submit({ teamId: team, key, fingerprint: key === null ? '' : 'ab', command })

  return {
    ...{ database, ledger, sandbox, stripe, webhookUrl, payments: paying.payments, events: paying.events, submit },
    databaseUrl: database.url,
    poke: paying.poke,

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

    /** Begins a purchase and takes it as far as it goes. */
    async buy(team: TeamId, packageId = 'starter', pay: PayWith = 'AUTO'): Promise<Purchase> {
      const terms = { packageId, pay, successUrl: null, cancelUrl: null, memberId: null } as const
      const { outcome } = await submit(team, {
        kind: 'begin-purchase',
        ...terms,
        caller: { id: null, role: 'ADMIN' },
      })
      if (outcome.kind !== 'purchase') throw new Error(`Not begun: ${JSON.stringify(outcome)}`)
      return this.payments.pursue(team, outcome.purchase.id)
    },

    purchases: (team: TeamId) => readPurchases(database.pool, team, null, 100),

    async available(team: TeamId): Promise<bigint> {
      return (await teams.read(team))?.account.available ?? 0n
    },

    async account(team: TeamId) {
      const read = await teams.read(team)
      if (read === null) throw new Error(`${team} does not exist`)
      return read.account
    },

    /** Every charge that Stripe has made of a team's customer. */
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
      await ledger.idle()
      await freshness.stop()
      await catalogs.close()
      await database.close()
      await own?.drop()
    },
  }
}
