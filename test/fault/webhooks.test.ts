import { afterEach, expect, test, vi } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import { ask, type SpawnedGateway, spawnGateway, stopped } from '../setup/gateway.ts'
import { charge, grant, makeTeam, resultOf } from '../setup/operator.ts'
import { eventsOf, expectDelivered } from '../setup/webhook-history.ts'
import { WebhookReceiver } from '../setup/webhook-receiver.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

async function scene() {
  const home = await createTestDatabase()
  open.push(() => home.drop())
  const receiver = await new WebhookReceiver().listen()
  open.push(() => receiver.close())
  const start = async () => {
    const gateway = await spawnGateway({ DATABASE_URL: home.url, WEBHOOK_ALLOW_PRIVATE: '1', LOG_LEVEL: 'warn' })
    open.push(async () => {
      gateway.child.kill('SIGTERM')
      await stopped(gateway.child)
    })
    return gateway
  }
  return { receiver, start, databaseUrl: home.url }
}

async function endpoint(
  gateway: SpawnedGateway,
  receiver: WebhookReceiver,
  path: string,
  team?: string,
): Promise<string> {
  const query = `mutation ($input: CreateWebhookEndpointInput!) { result: createWebhookEndpoint(input: $input) {
    ... on CreatedWebhookEndpoint { secret endpoint { id } } ... on Error { message } } }`
  const input = { url: receiver.url(path), teamId: team }
  const made = resultOf<{ secret: string; endpoint: { id: string } }>(await ask(gateway.url, query, { input }))
  receiver.expect([made.secret], path)
  return made.endpoint.id
}

async function team(gateway: SpawnedGateway, databaseUrl: string, name: string): Promise<number> {
  await makeTeam(gateway.url, name)
  await grant(gateway.url, name, '1000000')
  return (await eventsOf(databaseUrl, name)).length
}

async function kill({ child }: SpawnedGateway): Promise<void> {
  child.kill('SIGKILL')
  await stopped(child)
}

test('an event whose gateway was killed between attempt and record is sent again, and none is lost', async () => {
  const { receiver, start, databaseUrl } = await scene()
  const first = await start()
  const known = await team(first, databaseUrl, 'acme')
  await endpoint(first, receiver, '/hooks', 'acme')
  for (let count = 0; count < 5; count += 1) await charge(first.url, 'acme')
  await vi.waitFor(() => expect(receiver.received).toHaveLength(5), { timeout: 20_000 })
  // The receiver has the next event, and the gateway never hears of it.
  const { promise: arrived, resolve } = Promise.withResolvers<void>()
  receiver.reply = () => {
    resolve()
    return { hang: true }
  }
  for (let count = 0; count < 5; count += 1) await charge(first.url, 'acme')
  await arrived
  await kill(first)
  receiver.reply = () => ({})
  const second = await start()
  await charge(second.url, 'acme')
  await expectDelivered(databaseUrl, receiver, { team: 'acme', known, path: '/hooks' })
  expect(receiver.refused).toEqual([])
}, 120_000)

test('two gateways, of which one is killed amid charges, send everything in order', async () => {
  const { receiver, start, databaseUrl } = await scene()
  const [one, two] = [await start(), await start()]
  const names = ['red', 'blue', 'green']
  const known = new Map<string, number>()
  for (const name of names) known.set(name, await team(one, databaseUrl, name))
  for (const name of names) await endpoint(two, receiver, `/${name}`, name)
  await endpoint(one, receiver, '/all')
  const charges = async (gateway: SpawnedGateway, count: number) => {
    for (let index = 0; index < count; index += 1) {
      await Promise.allSettled(names.map((name) => charge(gateway.url, name)))
    }
  }
  const under = Promise.all([charges(one, 40), charges(two, 60)])
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(60), { timeout: 30_000 })
  await kill(one)
  await under
  for (const name of names) {
    const of = { team: name, known: known.get(name) ?? 0 }
    await expectDelivered(databaseUrl, receiver, { ...of, path: `/${name}` })
    await expectDelivered(databaseUrl, receiver, { ...of, path: '/all' })
  }
  expect(receiver.refused).toEqual([])
}, 180_000)

test('a restart amid a replay loses nothing of it', async () => {
  const { receiver, start, databaseUrl } = await scene()
  const first = await start()
  await team(first, databaseUrl, 'acme')
  const id = await endpoint(first, receiver, '/hooks', 'acme')
  await Promise.all(Array.from({ length: 150 }, () => charge(first.url, 'acme')))
  const events = await eventsOf(databaseUrl, 'acme')
  await vi.waitFor(() => expect(receiver.ids().at(-1)).toBe(events.at(-1)), { timeout: 30_000 })
  const before = receiver.received.length
  const replay = `mutation { result: replayWebhookDeliveries(endpointId: "${id}", since: "2020-01-01T00:00:00Z") }`
  expect(resultOf(await ask(first.url, replay))).toBe(events.length)
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(before + 20), {
    timeout: 20_000,
    interval: 1,
  })
  await kill(first)
  await start()
  receiver.received.splice(0, before)
  await expectDelivered(databaseUrl, receiver, { team: 'acme', known: 0, path: '/hooks' })
}, 120_000)

test('a slow endpoint, one that is down and one that resolves to nothing delay nobody else', async () => {
  const { receiver, start, databaseUrl } = await scene()
  const gateway = await start()
  const known = await team(gateway, databaseUrl, 'quick')
  await team(gateway, databaseUrl, 'slow')
  await endpoint(gateway, receiver, '/slow', 'slow')
  await endpoint(gateway, receiver, '/quick', 'quick')
  const query = `mutation ($input: CreateWebhookEndpointInput!) { result: createWebhookEndpoint(input: $input) { __typename } }`
  for (const url of ['http://127.0.0.1:1/', 'http://nowhere.invalid/']) {
    await ask(gateway.url, query, { input: { url, teamId: 'slow' } })
  }
  receiver.reply = ({ path }) => (path === '/slow' ? { hang: true } : {})
  for (let count = 0; count < 10; count += 1) {
    await Promise.all([charge(gateway.url, 'slow'), charge(gateway.url, 'quick')])
  }
  await expectDelivered(databaseUrl, receiver, { team: 'quick', known, path: '/quick' })
  // The event that gets no answer blocks its team, however often it has been attempted by now.
  expect(new Set(receiver.ids('/slow')).size).toBeLessThanOrEqual(1)
}, 120_000)
