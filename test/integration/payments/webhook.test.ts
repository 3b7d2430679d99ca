import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import pino from 'pino'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSandbox, type Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import { sdkOf } from '../../../packages/stripe-sandbox/test/scene.ts'
import { createMetrics } from '../../../src/server/metrics.ts'
import { stripeWebhook } from '../../../src/server/stripe-webhook.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'

let sandbox: Sandbox
let stripe: Stripe
let gateway: Gateway
let database: pg.Client
let hook: string

beforeAll(async () => {
  sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
  stripe = sdkOf(sandbox)
  const { secretKey: STRIPE_SECRET_KEY, webhookSecret: STRIPE_WEBHOOK_SECRET, url: STRIPE_API_URL } = sandbox
  gateway = await startGateway({ env: { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_URL } })
  hook = `${gateway.url}/webhooks/stripe`
  database = new pg.Client({ connectionString: gateway.databaseUrl })
  await database.connect()
})
afterAll(async () => {
  await database.end()
  await gateway.close()
  await sandbox.close()
})

/** Posts a body as Stripe would have signed it `secondsAgo`. */
function post(payload: string, { secret = sandbox.webhookSecret, secondsAgo = 0 } = {}): Promise<Response> {
  const timestamp = Math.floor(Date.now() / 1000) - secondsAgo
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
  return fetch(hook, { method: 'POST', headers: { 'stripe-signature': signature }, body: payload })
}
const tell = (event: object) => post(JSON.stringify(event))

async function counted(type: string, result: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.includes(`type="${type}"`) && one.includes(`result="${result}"`))
  return Number(line?.split(' ').at(-1) ?? 0)
}

const bought = '{"team":{"balance":{"available":"5500"}}}'
async function balance(team: string): Promise<string> {
  const token = await tokenFor({ team, role: 'ADMIN' })
  const { data, errors } = await ask(gateway.url, '{ team { balance { available } } }', {}, token)
  if (!data) throw new Error(JSON.stringify(errors))
  return JSON.stringify(data)
}

const buying = `mutation ($input: PurchaseCreditsInput!) { purchaseCredits(input: $input) { __typename
  ... on Purchase { state checkoutUrl } } }`
/** A purchase by Checkout that was paid, of which nobody has told the gateway: the events that tell of it. */
async function paidElsewhere(team: string): Promise<Stripe.Event[]> {
  const token = await tokenFor({ team, role: 'ADMIN' })
  const input = { packageId: 'starter', idempotencyKey: crypto.randomUUID() }
  await ask(gateway.url, buying, { input }, token)
  const { rows } = await database.query('select checkout_url from purchase where team_id = $1', [team])
  await submit(rows[0].checkout_url, { email: 'ana@example.com', card: '4242424242424242' })
  const { data: events } = await stripe.events.list({ types: ['payment_intent.succeeded'], limit: 100 })
  return events.filter(({ data: { object } }) => 'metadata' in object && object.metadata?.team === team)
}
const only = (events: readonly Stripe.Event[]): Stripe.PaymentIntentSucceededEvent => {
  const [event] = events
  if (event?.type !== 'payment_intent.succeeded') throw new Error('Nothing was paid')
  return event
}
const renamed = (event: Stripe.PaymentIntentSucceededEvent, metadata: object, intent = 'pi_forged') => ({
  ...event,
  id: `evt_${crypto.randomUUID()}`,
  data: { object: { ...event.data.object, id: intent, metadata: { ...event.data.object.metadata, ...metadata } } },
})

describe('is not of Stripe', () => {
  const ping = '{"id":"evt_0","object":"event","type":"ping","created":1,"data":{"object":{}}}'
  const event = { id: 'evt_1', object: 'event', type: 'payment_intent.succeeded', created: 1, data: { object: {} } }

  test('what another secret signed, what nobody signed, and what was changed', async () => {
    expect((await post(JSON.stringify(event), { secret: 'whsec_of_somebody_else' })).status).toBe(400)
    expect((await fetch(hook, { method: 'POST', body: JSON.stringify(event) })).status).toBe(400)
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: '{}', secret: sandbox.webhookSecret })
    const headers = { 'stripe-signature': signature }
    expect((await fetch(hook, { method: 'POST', headers, body: JSON.stringify(event) })).status).toBe(400)
    expect((await fetch(hook, { method: 'POST', headers: { 'stripe-signature': 'nonsense' } })).status).toBe(400)
  })

  test('what was signed six minutes ago; four are taken', async () => {
    expect((await post(ping, { secondsAgo: 360 })).status).toBe(400)
    expect((await post(ping, { secondsAgo: 240 })).status).toBe(200)
  })

  test('what was not posted', async () => {
    const answer = await fetch(hook)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await fetch(hook, { method: 'PUT', body: '{}' })).status).toBe(405)
  })

  test('what is larger than a megabyte', async () => {
    const frame = '{"id":"evt_2","object":"event","type":"large.one","created":1,"data":{"object":{"padding":""}}}'
    const exactly = frame.replace('""', `"${'x'.repeat(1_000_000 - frame.length)}"`)
    expect(Buffer.byteLength(exactly)).toBe(1_000_000)
    expect((await post(exactly)).status).toBe(200)
    expect((await post(`${exactly} `)).status).toBe(413)
  })

  test.each(['', '{', 'nonsense', '{"type":"ping"'])('a text that is no JSON, though signed: %j', async (text) => {
    expect((await post(text)).status).toBe(400)
  })

  test.each(['null', '42', '[]', '"text"', '{}', '{"type":"ping"}', '{"type":"payment_intent.succeeded","data":{}}'])(
    'JSON that is no event, though signed: %j',
    async (text) => {
      expect((await post(text)).status).toBe(400)
    },
  )
})

describe('is tolerated', () => {
  test('a type that nobody knows, and counted', async () => {
    const event = { id: 'evt_3', object: 'event', type: 'nobody.knows', created: 1, data: { object: { id: 'x_1' } } }
    const before = await counted('nobody.knows', 'ignored')
    expect((await tell(event)).status).toBe(200)
    expect(await counted('nobody.knows', 'ignored')).toBe(before + 1)
  })

  test('a thin event of the newer kind, which has no object', async () => {
    const type = 'v1.billing.meter.no_meter_found'
    const thin = { id: 'evt_4', object: 'v2.core.event', type, created: '2026-11-18T12:00:00.000Z', livemode: false }
    expect((await tell(thin)).status).toBe(200)
    expect(await counted(type, 'ignored')).toBe(1)
  })

  test('thin events, of which the log warns once', async () => {
    const lines: string[] = []
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
    const { webhookSecret: secret } = sandbox
    const events = { handle: async () => 'handled' as const }
    const webhook = stripeWebhook({ stripe, secret, events, metrics: createMetrics(), log })
    const server = createServer((request, response) => void webhook(request, response)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const payload = JSON.stringify({ object: 'v2.core.event', type: 'v1.invoice.paid' })
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret })
    const { port } = server.address() as AddressInfo
    for (const _ of [1, 2, 3]) {
      const init = { method: 'POST', headers: { 'stripe-signature': signature }, body: payload }
      expect((await fetch(`http://127.0.0.1:${port}`, init)).status).toBe(200)
    }
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('Thin events')
    server.close()
  })

  test('an event of another account or mode, without effect', async () => {
    const event = only(await paidElsewhere('other-account'))
    const { id: own } = await stripe.accounts.retrieveCurrent()
    const before = await balance('other-account')
    for (const difference of [{ livemode: true }, { account: 'acct_other' }, { context: 'acct_other' }]) {
      expect((await tell({ ...event, ...difference })).status).toBe(200)
    }
    expect(await counted('payment_intent.succeeded', 'foreign')).toBe(3)
    expect(await balance('other-account')).toBe(before)
    expect((await tell({ ...event, context: own })).status).toBe(200)
    expect(await balance('other-account')).toBe(bought)
  })

  test('the version of another account', async () => {
    const event = only(await paidElsewhere('other-version'))
    expect((await tell({ ...event, api_version: '2019-02-19' })).status).toBe(200)
    expect(await balance('other-version')).toBe(bought)
  })
})

describe('credits nobody', () => {
  test('a payment that is not of a purchase, or of none of this team', async () => {
    const event = only(await paidElsewhere('honest'))
    await paidElsewhere('thief')
    const before = [await balance('honest'), await balance('thief')]
    const forged: object[] = [
      { team: undefined },
      { tag: undefined },
      { purchase: undefined },
      { team: 'thief' },
      { team: 'nobody' },
      { purchase: '2' },
      { purchase: '0' },
      { purchase: '1.0' },
      { purchase: '99999999999999999999' },
      { purchase: "1'; drop table purchase" },
      { tag: '0'.repeat(32) },
      { tag: '' },
    ]
    for (const metadata of forged)
      expect((await tell(renamed(event, metadata))).status, JSON.stringify(metadata)).toBe(200)
    const strange = { ...event, data: { object: { ...event.data.object, metadata: null } } }
    expect((await tell(strange)).status).toBe(200)
    expect([await balance('honest'), await balance('thief')]).toEqual(before)
    const { rows } = await database.query(`select from credit_grant where source like 'stripe:pi_forged%'`)
    expect(rows).toHaveLength(0)
  })

  test('a second payment of the same purchase', async () => {
    const event = only(await paidElsewhere('twice'))
    expect((await tell(event)).status).toBe(200)
    expect((await tell(renamed(event, {}, 'pi_second'))).status).toBe(200)
    expect(await balance('twice')).toBe(bought)
  })
})

describe('is answered after commit', () => {
  test('while somebody else has the purchase, there is no answer', async () => {
    const event = only(await paidElsewhere('locked'))
    const before = await balance('locked')
    const other = new pg.Client({ connectionString: gateway.databaseUrl })
    await other.connect()
    await other.query('begin')
    await other.query(`select from purchase where team_id = 'locked' for update`)
    const answer = tell(event)
    expect(await Promise.race([answer, pause(1_000, 'none')])).toBe('none')
    expect(await balance('locked')).toBe(before)
    await other.query('commit')
    expect((await answer).status).toBe(200)
    expect(await balance('locked')).toBe(bought)
    await other.end()
  })
})

describe('is sent again', () => {
  test('an event of a subscription that can not be read, because Stripe fails', async () => {
    const { id: customer } = await stripe.customers.create({ metadata: { team: 'unread' } })
    const object = { id: 'sub_unread', customer }
    const event = { object: 'event', id: 'evt_5', type: 'customer.subscription.updated', created: 1, data: { object } }
    sandbox.faults.add({ do: 'fail-before', method: 'GET', path: '/v1/subscriptions' })
    expect((await tell(event)).status).toBe(503)
    expect((await tell(event)).status).toBe(200)
  })
})
