import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Balance, CreditsClient, CreditsClientOptions, Snapshot } from '../../../web/client/index.ts'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { hurriedClient } from './hurried.ts'
import { Arrivals } from './watching.ts'

let gateway: Gateway
let team: string
let client: CreditsClient

beforeAll(async () => {
  gateway = await startGateway()
  team = randomUUID()
  await makeTeam(gateway.url, team)
})

afterEach(() => client.close())

afterAll(() => gateway?.close())

function open(options: Partial<CreditsClientOptions> = {}): void {
  client = hurriedClient({ url: `${gateway.url}/graphql`, token: () => tokenFor({ team }), ...options })
}

/** A view as React has one: it reads the snapshot after each notification. */
function view() {
  const { subscribe, getSnapshot } = client.balance.store
  const shown = new Arrivals<Snapshot<Balance>>()
  const take = () => {
    if (getSnapshot() !== shown.seen.at(-1)) shown.take(getSnapshot())
  }
  return Object.assign(shown, { stop: subscribe(take) })
}

test('a snapshot is the same object until it changes', async () => {
  open()
  const { getSnapshot } = client.balance.store
  expect(getSnapshot()).toBe(getSnapshot())
  const shown = view()
  const live = await shown.until(({ state }) => state === 'live')
  expect(live.value?.label).toMatch(/Credits$/)
  expect(getSnapshot()).toBe(live)
  await charge(gateway.url, team)
  const next = await shown.until(({ value }) => value?.revision !== live.value?.revision)
  expect(Number(live.value?.available) - Number(next.value?.available)).toBe(100)
  expect(getSnapshot()).toBe(next)
})

test('the snapshot of a server is always the same, has no value and connects nowhere', () => {
  let tokens = 0
  open({ token: () => `${tokens++}` })
  const { getServerSnapshot, getSnapshot } = client.balance.store
  expect(getServerSnapshot()).toBe(getServerSnapshot())
  expect(getServerSnapshot()).toEqual({ value: null, state: 'idle', error: null })
  expect(getSnapshot()).toEqual(getServerSnapshot())
  expect(client.alerts.store.getServerSnapshot()).toBe(client.alerts.store.getServerSnapshot())
  expect(tokens).toBe(0)
  expect(client.state).toBe('idle')
})

test('a second view begins with what the first one shows', async () => {
  open()
  const live = await view().until(({ state }) => state === 'live')
  client.balance.store.subscribe(() => undefined)
  expect(client.balance.store.getSnapshot()).toBe(live)
})

test('a view that a listener re-renders early is told of the change, too', async () => {
  open()
  const { getSnapshot, subscribe } = client.balance.store
  const told = new Arrivals<number>()
  subscribe(getSnapshot)
  subscribe(() => told.take(getSnapshot().value?.revision ?? 0))
  const first = await told.until((revision) => revision > 0)
  await charge(gateway.url, team)
  await told.until((revision) => revision > first)
})

test('a closed client keeps the value on the views that show it, and new views do not throw', async () => {
  open()
  const shown = view()
  const live = await shown.until(({ state }) => state === 'live')
  client.close()
  expect(await shown.until(({ state }) => state === 'closed')).toMatchObject({ value: live.value })
  shown.stop()
  const late = view()
  expect(client.balance.store.getSnapshot()).toMatchObject({ value: null, state: 'closed' })
  expect(client.balance.store.getSnapshot().error?.code).toBe('CLIENT_CLOSED')
  late.stop()
})

test('a refusal of the gateway is in the snapshot', async () => {
  open({ teamId: randomUUID() })
  const refused = await view().until(({ error }) => error !== null)
  expect(refused).toMatchObject({ value: null, error: { code: expect.stringMatching(/NOT_FOUND|FORBIDDEN/) } })
})
