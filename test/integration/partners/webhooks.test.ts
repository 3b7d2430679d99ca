import { createPublicKey, verify } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { teamId } from '../../../src/domain/identity.ts'
import { readEvents } from '../../../src/ledger/history/account-events.ts'
import { maxAttempts } from '../../../src/partners/back-off.ts'
import { clearLog } from '../../../src/partners/delivery-rows.ts'
import { readSendingEndpoint, resealSecrets } from '../../../src/partners/endpoint-rows.ts'
import { SenderOnDemand } from '../../../src/partners/sender-on-demand.ts'
import { createSecretBox, signingSecretOf } from '../../../src/partners/signing-keys.ts'
import { decodeIdOf, encodeId } from '../../../src/resolvers/request/ids.ts'
import { type Received, WebhookReceiver } from '../../setup/webhook-receiver.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from '../api/gateway.ts'

let gateway: Gateway
let receiver: WebhookReceiver
let team: string
let teams = 0
const admin = () => caller('ADMIN', team, 'ada')

beforeAll(async () => {
  gateway = await openGateway({}, { allowPrivate: true })
})
afterAll(() => gateway.close())
beforeEach(async () => {
  receiver = await new WebhookReceiver().listen()
  teams += 1
  team = `team-${teams}`
  await makeTeam(gateway, team, '1000')
})
afterEach(async () => {
  for (const { teamId: owner } of await live()) await removeAll(owner)
  await receiver.close()
  expect(receiver.refused).toEqual([])
})

const live = async (): Promise<{ teamId: string }[]> => {
  const text = 'select distinct team_id as "teamId" from webhook_endpoint where deleted_at is null'
  return (await gateway.database.pool.query(text)).rows
}
async function removeAll(owner: string): Promise<void> {
  const of =
    owner === '' ? 'endpoints: webhookEndpoints { id }' : `team(id: "${owner}") { endpoints: webhookEndpoints { id } }`
  const data = await gateway.ask(operator, `{ ${of} }`)
  const endpoints: Data[] = data.endpoints ?? data.team.endpoints
  for (const { id } of endpoints) await act('deleteWebhookEndpoint', { id }, operator)
}
const act = async (mutation: string, given: Record<string, string>, viewer = admin()): Promise<Data> => {
  const args = Object.entries(given).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  const selections: Record<string, string> = {
    deleteWebhookEndpoint: '{ __typename }',
    replayWebhookDeliveries: '',
    rotateWebhookSecret: '{ ... on CreatedWebhookEndpoint { secret endpoint { publicKey } } }',
  }
  const selection = selections[mutation] ?? '{ id eventId type attempts delivered status answer failure nextAttemptAt }'
  return (await gateway.ask(viewer, `mutation { result: ${mutation}(${args.join()}) ${selection} }`)).result
}
/** Makes due now all that is due later. */
async function hurry(): Promise<void> {
  await gateway.database.pool.query('update webhook_position set retry_at = now() where attempts > 0')
}
const positionsOf = async () =>
  (await gateway.database.pool.query('select * from webhook_position where team_id = $1', [team])).rows

const fields = `id url types selection publicKey disabledAt lastDeliveryAt lastFailure
  deliveries { nodes { id eventId type attempts delivered status latencyMs answer failure at nextAttemptAt } }`
const patience = { timeout: 15_000, interval: 20 }

async function create(input: object = {}, path = '/hooks', viewer = admin()): Promise<Data> {
  const text = `mutation ($input: CreateWebhookEndpointInput!) { result: createWebhookEndpoint(input: $input) {
    __typename ... on CreatedWebhookEndpoint { secret endpoint { ${fields} } } ... on Error { code message } ... on InvalidInput { path } } }`
  const { result } = await gateway.ask(viewer, text, { input: { url: receiver.url(path), ...input } })
  if (result.secret) receiver.expect([result.secret], path)
  return result
}
const charge = (of = team) =>
  gateway.ask(
    operator,
    'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename ... on Charge { id } } }',
    { input: { teamId: of, usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey() } },
  )
const endpointOf = async (id: string, viewer = admin()): Promise<Data> =>
  (await gateway.ask(viewer, `query ($id: ID!) { node(id: $id) { ... on WebhookEndpoint { ${fields} } } }`, { id }))
    .node

/** The ids of all events of the team, in their order. */
async function eventIds(of = team): Promise<string[]> {
  const events = await readEvents(gateway.database.pool, teamId(of), { revision: 0, number: 0 }, 10_000)
  return events.map(({ revision, number }) => encodeId('Event', `${revision}.${number}`, teamId(of)))
}

describe('an endpoint of a team', () => {
  it('receives each event from its creation on, in order and signed', async () => {
    const before = (await eventIds()).length
    const { endpoint } = await create()
    for (let count = 0; count < 20; count += 1) await charge()
    const ids = (await eventIds()).slice(before)
    await vi.waitFor(() => expect(receiver.ids()).toEqual(ids), patience)
    const [event] = receiver.received
    expect(event?.body).toEqual({
      type: 'CREDITS_CHARGED',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { id: ids[0], team, revision: expect.any(Number) },
    })
    await vi.waitFor(async () => {
      const { deliveries, lastDeliveryAt, lastFailure } = await endpointOf(endpoint.id)
      expect(deliveries.nodes.map(({ eventId }: Data) => eventId)).toEqual(ids.toReversed())
      expect(deliveries.nodes[0]).toMatchObject({
        attempts: 1,
        delivered: true,
        status: 200,
        answer: '',
        failure: null,
      })
      expect(lastDeliveryAt).not.toBeNull()
      expect(lastFailure).toBeNull()
    }, patience)
  })

  it('receives the types that it names alone, and with a selection the fields of the event', async () => {
    const selection = '{ message amount balance { available team { name } } subject { __typename } }'
    await create({ types: ['CREDITS_HELD', 'CREDITS_CHARGED'], selection })
    await makeTeam(gateway, team, '5')
    await charge()
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
    const [{ body }] = receiver.received as [Received]
    expect(body.type).toBe('CREDITS_CHARGED')
    expect(body.data).toEqual({
      id: expect.any(String),
      team,
      revision: expect.any(Number),
      event: {
        message: '30 credits used',
        amount: '-30',
        balance: { available: expect.any(String), team: { name: team } },
        subject: { __typename: 'Charge' },
      },
    })
  })

  it('gets nothing of another team, and is seen by none', async () => {
    const { endpoint } = await create()
    const other = `${team}-other`
    await makeTeam(gateway, other, '1000')
    await charge(other)
    await charge()
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(0), patience)
    expect(receiver.received.map(({ body }) => body.data.team)).toEqual([team])
    const theirs = caller('ADMIN', other, 'eve')
    const text = `{ node(id: "${endpoint.id}") { id } team { webhookEndpoints { id } } }`
    expect(await gateway.ask(theirs, text)).toEqual({ node: null, team: { webhookEndpoints: [] } })
    for (const mutation of ['sendTestEvent', 'rotateWebhookSecret']) {
      const text = `mutation { ${mutation}(endpointId: "${endpoint.id}") { __typename } }`
      expect((await gateway.run(theirs, text)).codes).toEqual(['NOT_FOUND'])
    }
    const events = await eventIds(other)
    const replay = `mutation { replayWebhookDeliveries(endpointId: "${endpoint.id}", afterEventId: "${events[0]}") }`
    expect((await gateway.run(admin(), replay)).codes).toEqual(['NOT_FOUND'])
  })

  it('is signed with both keys, and for a day with the old ones, too', async () => {
    const { endpoint, secret } = await create()
    const rotated = await act('rotateWebhookSecret', { endpointId: endpoint.id })
    expect(rotated.secret).not.toBe(secret)
    receiver.expect([secret, rotated.secret])
    await charge()
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
    const [{ id, headers, raw }] = receiver.received as [Received]
    const signatures = `${headers['webhook-signature']}`.split(' ').map((one) => one.split(','))
    expect(signatures.map(([version]) => version)).toEqual(['v1', 'v1a', 'v1', 'v1a'])
    const signed = Buffer.from(`${id}.${headers['webhook-timestamp']}.${raw}`)
    for (const [index, text] of [rotated.endpoint.publicKey, endpoint.publicKey].entries()) {
      const key = createPublicKey({
        key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(text.slice(5), 'base64')]),
        format: 'der',
        type: 'spki',
      })
      expect(verify(null, signed, key, Buffer.from(signatures[2 * index + 1]?.[1] ?? '', 'base64'))).toBe(true)
    }
    await gateway.database.pool.query(
      "update webhook_endpoint set previous_until = now() - interval '1 second' where previous_until is not null",
    )
    receiver.expect([rotated.secret])
    const sent = await act('sendTestEvent', { endpointId: endpoint.id })
    expect(sent).toMatchObject({ type: 'WEBHOOK_TEST', delivered: true, attempts: 1, status: 200 })
    const test = receiver.received.at(-1)
    expect(test?.id).toBe(sent.eventId)
    expect(`${test?.headers['webhook-signature']}`.split(' ')).toHaveLength(2)
  })

  it('waits behind an event that fails, and the order is kept when it succeeds', async () => {
    receiver.reply = (_, number) => (number <= 2 ? { status: 500, body: 'x'.repeat(3_000) } : {})
    const before = (await eventIds()).length
    const { endpoint } = await create()
    for (let count = 0; count < 3; count += 1) await charge()
    await vi.waitFor(async () => expect((await positionsOf())[0]).toMatchObject({ attempts: 1 }), patience)
    const failed = await endpointOf(endpoint.id)
    expect(failed.lastFailure).toBe('Status 500')
    expect(failed.deliveries.nodes).toMatchObject([
      { attempts: 1, delivered: false, status: 500, answer: 'x'.repeat(1_024), failure: 'Status 500' },
    ])
    const [{ at, nextAttemptAt }] = failed.deliveries.nodes
    expect(Date.parse(nextAttemptAt) - Date.parse(at)).toBeGreaterThanOrEqual(5_000)
    await hurry()
    await vi.waitFor(async () => expect((await positionsOf())[0]).toMatchObject({ attempts: 2 }), patience)
    await hurry()
    const ids = (await eventIds()).slice(before)
    await vi.waitFor(() => expect(receiver.ids()).toEqual([ids[0], ids[0], ...ids]), patience)
    await vi.waitFor(async () => {
      const { nodes } = (await endpointOf(endpoint.id)).deliveries
      expect(nodes.map(({ attempts, delivered }: Data) => [attempts, delivered])).toEqual([
        [1, true],
        [1, true],
        [3, true],
      ])
    }, patience)
  })

  it('does not follow a redirect', async () => {
    receiver.reply = () => ({ status: 302, headers: { location: receiver.url('/elsewhere') } })
    receiver.expect([], '/elsewhere')
    const { endpoint } = await create()
    const sent = await act('sendTestEvent', { endpointId: endpoint.id })
    expect(sent).toMatchObject({ delivered: false, status: 302, failure: 'Status 302: redirects are not followed' })
    expect(receiver.requests).toBe(1)
    const after = await endpointOf(endpoint.id)
    expect(after).toMatchObject({ lastFailure: sent.failure, lastDeliveryAt: null })
  })

  it.each([
    ['the last attempt', 500, maxAttempts - 1],
    ['an answer that it is gone', 410, 0],
  ])('is disabled after %s, with an event, and a replay enables it', async (_, status, attempts) => {
    receiver.reply = () => ({ status })
    const { endpoint } = await create()
    await charge()
    if (attempts > 0) {
      await vi.waitFor(async () => expect((await positionsOf())[0]).toMatchObject({ attempts: 1 }), patience)
      await gateway.database.pool.query(
        'update webhook_position set attempts = $1, retry_at = now() where attempts > 0',
        [attempts],
      )
    }
    await vi.waitFor(async () => expect((await endpointOf(endpoint.id)).disabledAt).not.toBeNull(), patience)
    expect(await endpointOf(endpoint.id)).toMatchObject({ lastFailure: `Status ${status}` })
    const events = await readEvents(gateway.database.pool, teamId(team), { revision: 0, number: 0 }, 1_000)
    expect(events.at(-1)).toMatchObject({
      type: 'WEBHOOK_DISABLED',
      reason: expect.stringContaining(`Status ${status}`),
    })
    const requests = receiver.requests
    await charge()
    receiver.reply = () => ({})
    const ids = await eventIds()
    const [first = ''] = ids
    expect(await act('replayWebhookDeliveries', { endpointId: endpoint.id, afterEventId: first })).toBe(ids.length - 1)
    await vi.waitFor(() => expect(receiver.ids().slice(requests)).toEqual(ids.slice(1)), patience)
    expect((await endpointOf(endpoint.id)).disabledAt).toBeNull()
  })

  it('receives one delivery again, also one that succeeded', async () => {
    const { endpoint } = await create({ selection: '{ amount }' })
    await charge()
    await vi.waitFor(async () => expect((await endpointOf(endpoint.id)).deliveries.nodes).toHaveLength(1), patience)
    const [{ id, eventId }] = (await endpointOf(endpoint.id)).deliveries.nodes
    receiver.reply = () => ({ status: 503, body: 'later\0' })
    expect(await act('resendWebhookDelivery', { deliveryId: id })).toMatchObject({
      eventId,
      attempts: 2,
      delivered: true,
      status: 503,
      answer: 'later\uFFFD',
      failure: 'Status 503',
    })
    expect(receiver.ids()).toEqual([eventId, eventId])
    expect(receiver.received[1]?.raw).toBe(receiver.received[0]?.raw)
    expect((await positionsOf())[0]).toMatchObject({ attempts: 0 })
  })

  it('receives everything from a moment on again', async () => {
    const { endpoint } = await create()
    for (let count = 0; count < 3; count += 1) await charge()
    await vi.waitFor(() => expect(receiver.received).toHaveLength(3), patience)
    const all = await eventIds()
    const since = '2020-01-01T00:00:00Z'
    expect(await act('replayWebhookDeliveries', { endpointId: endpoint.id, since })).toBe(all.length)
    await vi.waitFor(() => expect(receiver.ids().slice(3)).toEqual(all), patience)
    const later = new Date(Date.now() + 60_000).toISOString()
    expect(await act('replayWebhookDeliveries', { endpointId: endpoint.id, since: later })).toBe(0)
    const { codes } = await gateway.run(admin(), `mutation { replayWebhookDeliveries(endpointId: "${endpoint.id}") }`)
    expect(codes).toEqual(['BAD_USER_INPUT'])
  })

  it('receives nothing once it is deleted, and its log goes', async () => {
    const { endpoint } = await create()
    await charge()
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
    await act('deleteWebhookEndpoint', { id: endpoint.id })
    await charge()
    expect((await gateway.ask(admin(), `{ node(id: "${endpoint.id}") { id } }`)).node).toBeNull()
    expect(await act('deleteWebhookEndpoint', { id: endpoint.id })).toEqual({ __typename: 'NotFound' })
    const { rows } = await gateway.database.pool.query(
      "select secret = '' as empty from webhook_endpoint where team_id = $1",
      [team],
    )
    expect(rows).toEqual([{ empty: true }])
    const canary = await create({}, '/canary')
    await charge()
    await vi.waitFor(() => expect(receiver.ids('/canary')).toHaveLength(1), patience)
    expect(receiver.ids('/hooks')).toHaveLength(1)
    expect(canary.endpoint.id).not.toBe(endpoint.id)
  })
})

describe('a sender', () => {
  it('sends nothing more of its page once the endpoint is deleted', async () => {
    for (let count = 0; count < 3; count += 1) await charge()
    const { endpoint } = await create()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    receiver.reply = ({ path }) => (path === '/hooks' ? { until: released } : {})
    await act('replayWebhookDeliveries', { endpointId: endpoint.id, since: '2020-01-01T00:00:00Z' })
    await vi.waitFor(() => expect(receiver.ids('/hooks')).toHaveLength(1), patience)
    await act('deleteWebhookEndpoint', { id: endpoint.id })
    await create({}, '/canary')
    await charge()
    await vi.waitFor(() => expect(receiver.ids('/canary')).toHaveLength(1), patience)
    release()
    await charge()
    await vi.waitFor(() => expect(receiver.ids('/canary')).toHaveLength(2), patience)
    expect(receiver.ids('/hooks')).toHaveLength(1)
  })

  it.each([0, maxAttempts - 1])(
    'does not disable an endpoint that was replayed amid its attempt, after %d failures',
    async (attempts) => {
      const { promise: released, resolve: release } = Promise.withResolvers<void>()
      receiver.reply = (_, number) => ({ status: 500, ...(number > Math.min(attempts, 1) && { until: released }) })
      const { endpoint } = await create()
      await charge()
      if (attempts > 0) {
        await vi.waitFor(async () => expect((await positionsOf())[0]).toMatchObject({ attempts: 1 }), patience)
        await gateway.database.pool.query(
          'update webhook_position set attempts = $1, retry_at = now() where attempts > 0',
          [attempts],
        )
      }
      const requests = Math.min(attempts, 1) + 1
      await vi.waitFor(() => expect(receiver.received).toHaveLength(requests), patience)
      const [last = ''] = (await eventIds()).slice(-1)
      expect(await act('replayWebhookDeliveries', { endpointId: endpoint.id, afterEventId: last })).toBe(0)
      receiver.reply = () => ({})
      release()
      await charge()
      const [next] = (await eventIds()).slice(-1)
      await vi.waitFor(() => expect(receiver.ids().slice(requests)).toEqual([next]), patience)
      const { disabledAt, deliveries } = await endpointOf(endpoint.id)
      expect(disabledAt).toBeNull()
      expect(deliveries.nodes.filter(({ nextAttemptAt }: Data) => nextAttemptAt !== null)).toEqual([])
      const events = await readEvents(gateway.database.pool, teamId(team), { revision: 0, number: 0 }, 1_000)
      expect(events.map(({ type }) => type)).not.toContain('WEBHOOK_DISABLED')
    },
  )

  it('records the deliveries of one endpoint while the position of another is locked', async () => {
    const other = `${team}-other`
    await makeTeam(gateway, other, '1000')
    const known = (await eventIds(other)).length
    await create({}, '/locked')
    const { endpoint } = await create({ teamId: other }, '/free', operator)
    const client = await gateway.database.pool.connect()
    try {
      await client.query('begin')
      await client.query('select 1 from webhook_position where team_id = $1 for update', [team])
      await charge()
      await vi.waitFor(() => expect(receiver.ids('/locked')).not.toEqual([]), patience)
      await charge(other)
      const ids = (await eventIds(other)).slice(known)
      await vi.waitFor(async () => {
        const { nodes } = (await endpointOf(endpoint.id, operator)).deliveries
        expect(nodes.map(({ eventId }: Data) => eventId)).toEqual(ids)
      }, patience)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})

describe('a replay', () => {
  it('leaves the connections of the ledger alone while it looks for its events', async () => {
    const { endpoint } = await create({ types: ['PLAN_CHANGED'] })
    const blocker = new pg.Client({ connectionString: gateway.database.url })
    await blocker.connect()
    const since = '2020-01-01T00:00:00Z'
    try {
      await blocker.query('begin; lock table account_notice in access exclusive mode')
      const replays = Array.from({ length: 12 }, () =>
        act('replayWebhookDeliveries', { endpointId: endpoint.id, since }),
      )
      const waiting = `select from pg_locks where not granted and relation = 'account_notice'::regclass
        and database = (select oid from pg_database where datname = current_database())`
      await vi.waitFor(async () => expect((await blocker.query(waiting)).rowCount).toBeGreaterThan(1), patience)
      expect((await gateway.database.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
      await blocker.query('rollback')
      // The plan that the team began with.
      expect(await Promise.all(replays)).toEqual(replays.map(() => 1))
    } finally {
      await blocker.end()
    }
  })
})

describe('the log', () => {
  it('is kept for 30 days', async () => {
    const { endpoint } = await create({ types: ['PLAN_CHANGED'] })
    for (const _ of [1, 2]) await act('sendTestEvent', { endpointId: endpoint.id })
    const [newer, older] = (await endpointOf(endpoint.id)).deliveries.nodes
    const number = (id: string) => decodeIdOf('WebhookDelivery', id)?.number
    const { pool } = gateway.database
    const age = 'update webhook_delivery set at = now() - $2::interval where number = $1'
    await pool.query(age, [number(older.id), '30 days 1 hour'])
    await pool.query(age, [number(newer.id), '29 days'])
    await clearLog(pool)
    const left = (await endpointOf(endpoint.id)).deliveries.nodes
    expect(left.map(({ id }: Data) => id)).toEqual([newer.id])
  })
})

describe('a gateway', () => {
  it('starts the sender for the log of an endpoint that was deleted long ago', async () => {
    const { pool, log } = gateway.database
    const { endpoint } = await create({ types: ['PLAN_CHANGED'] })
    const id = decodeIdOf('WebhookEndpoint', endpoint.id)?.number
    await pool.query("update webhook_endpoint set deleted_at = now() - interval '3 days' where id = $1", [id])
    const { promise: started, resolve: start } = Promise.withResolvers<void>()
    const unused = { hint: () => undefined, refresh: () => undefined, stop: async () => undefined }
    const sender = new SenderOnDemand({ pool, log }, () => {
      start()
      return unused
    })
    await started
    await sender.stop()
  })
})

describe('the stored secrets', () => {
  it('are sealed anew when the secret of the gateway changes, and open with the new one alone', async () => {
    const { pool } = gateway.database
    const { endpoint, secret } = await create({ types: ['PLAN_CHANGED'] })
    const id = decodeIdOf('WebhookEndpoint', endpoint.id)?.number ?? 0
    const sealed = async () => (await readSendingEndpoint(pool, id))?.secret ?? Buffer.alloc(0)
    const before = await sealed()
    const old = 'a secret of tests, long enough to be one'
    await resealSecrets(pool, createSecretBox('another one'))
    expect(await sealed()).toEqual(before)
    await resealSecrets(pool, createSecretBox('another one', old))
    const opened = createSecretBox('another one').open(await sealed())
    expect(signingSecretOf(opened?.seed ?? Buffer.alloc(0)).symmetric).toBe(secret)
    const sent = await act('sendTestEvent', { endpointId: endpoint.id })
    expect(sent).toMatchObject({ delivered: false, status: null, failure: expect.stringContaining('AUTH_SECRET') })
    const rotated = await act('rotateWebhookSecret', { endpointId: endpoint.id })
    receiver.expect([rotated.secret])
    expect(await act('sendTestEvent', { endpointId: endpoint.id })).toMatchObject({ delivered: true })
    // The other tests' endpoints are back under the gateway's secret.
    await resealSecrets(pool, createSecretBox(old, 'another one'))
  })
})

describe('an endpoint of the operator', () => {
  it('receives the events of all teams, each in its order, also of a team that is younger', async () => {
    const known = (await eventIds()).length
    await create({ url: receiver.url('/all') }, '/all', operator)
    const young = `${team}-young`
    await makeTeam(gateway, young, '1000')
    for (let count = 0; count < 5; count += 1) await Promise.all([charge(), charge(young)])
    const expected = { [team]: (await eventIds()).slice(known), [young]: await eventIds(young) }
    await vi.waitFor(() => {
      const found = Object.groupBy(receiver.received, ({ body }) => body.data.team)
      expect(Object.fromEntries([team, young].map((of) => [of, found[of]?.map(({ id }) => id)]))).toEqual(expected)
    }, patience)
    expect((await gateway.ask(operator, '{ webhookEndpoints { types } }')).webhookEndpoints).toHaveLength(1)
    expect((await gateway.run(admin(), '{ webhookEndpoints { id } }')).codes).toEqual(['FORBIDDEN'])
  })

  it('goes on with other teams while the events of one fail', async () => {
    await create({ url: receiver.url('/all') }, '/all', operator)
    const other = `${team}-other`
    await makeTeam(gateway, other, '1000')
    receiver.reply = ({ body }) => (body.data.team === team ? { status: 500 } : {})
    await charge()
    for (let count = 0; count < 5; count += 1) await charge(other)
    const expected = await eventIds(other)
    const idsOf = (of: string) => receiver.received.filter(({ body }) => body.data.team === of).map(({ id }) => id)
    await vi.waitFor(() => expect(idsOf(other)).toEqual(expected), patience)
    receiver.reply = () => ({})
    await hurry()
    const [last] = (await eventIds()).slice(-1)
    await vi.waitFor(() => expect(idsOf(team).at(-1)).toBe(last), patience)
    await vi.waitFor(async () => {
      const { rows } = await gateway.database.pool.query('select 1 from webhook_position where attempts > 0')
      expect(rows).toEqual([])
    }, patience)
  })
})

describe('an endpoint that can not be', () => {
  const dear = (alias: string) => `${alias}: balance(asOf: "2030-01-01T00:00:00Z") { available }`
  it.each([
    ['url', { url: 'hooks' }],
    ['url', { url: 'ftp://hooks.example/a' }],
    ['url', { url: 'https://ana:pw@hooks.example/' }],
    ['url', { url: `https://hooks.example/${'a'.repeat(2_000)}` }],
    ['url', { url: `https://hooks.example/${'ü'.repeat(1_000)}` }],
    ['types', { types: ['WEBHOOK_TEST'] }],
    ['selection', { selection: '{ nothing }' }],
    ['selection', { selection: 'message' }],
    ['selection', { selection: '{ id # \0\n }' }],
    ['selection', { selection: `{ id "${'b'.repeat(3_000)}" }` }],
    ['selection', { selection: '{ id } balance { available }' }],
    ['selection', { selection: '{ id } } query Other { viewer { memberId }' }],
    ['selection', { selection: `{ balance { team { ${['a', 'b', 'c'].map(dear).join(' ')} } } }` }],
    ['selection', { selection: `{ ${'id '.repeat(2_000)} }` }],
  ])('is refused for its %s', async (field, input) => {
    const { message, ...refusal } = await create(input)
    expect(refusal).toMatchObject({ __typename: 'InvalidInput', path: [field] })
    expect(message, 'no value that was sent').not.toContain('bbb')
  })
})
