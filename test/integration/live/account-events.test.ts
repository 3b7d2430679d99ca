import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { charge, grant, makeTeam } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

const query = `subscription ($after: ID) { accountEvents(after: $after) {
  id revision type at message amount balance { available revision } } }`
type Event = {
  id: string
  revision: number
  type: string
  at: string
  message: string
  amount: string | null
  balance: { available: string; revision: number }
}
type Seen = { accountEvents: Event }

let home: TestDatabase
let gateway: Gateway
let url: string
let clients: Client[] = []

beforeAll(async () => {
  home = await createTestDatabase()
  gateway = await startGateway({ databaseUrl: home.url })
  url = gateway.url
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.dispose()))
  clients = []
})

afterAll(async () => {
  await gateway?.close()
  await home?.drop()
})

function watch(teamId: string, after: string | null = null): Watch<Seen> {
  const client = connect(url, { team: teamId, role: 'VIEWER' })
  clients.push(client)
  return new Watch<Seen>(client, query, { after })
}

/** Watches from now on: the answer to a first change proves that it listens. */
async function watchFromNow(teamId: string): Promise<{ watched: Watch<Seen>; first: Event }> {
  const watched = watch(teamId)
  const first = watched.next()
  for (;;) {
    await grant(url, teamId, '1')
    const seen = await Promise.race([first, new Promise<null>((resolve) => setTimeout(resolve, 50, null))])
    if (seen !== null) return { watched, first: seen.accountEvents }
  }
}

async function collect(watched: Watch<Seen>, count: number): Promise<Event[]> {
  const events: Event[] = []
  while (events.length < count) events.push((await watched.next()).accountEvents)
  return events
}

test('every event comes once and in order, each with the balance right after it', async () => {
  await makeTeam(url, 'all')
  const { watched, first } = await watchFromNow('all')
  await Promise.all(Array.from({ length: 300 }, () => charge(url, 'all')))
  const events: Event[] = []
  let available = first
  while (events.length < 300) {
    const { accountEvents: event } = await watched.next()
    expect(event.revision).toBeGreaterThan(available.revision)
    expect(event.balance.revision).toBe(event.revision)
    const moved = Number(event.balance.available) - Number(available.balance.available)
    expect(moved).toBe(Number(event.amount))
    if (event.type === 'CREDITS_CHARGED') events.push(event)
    available = event
  }
})

test('nothing is missed across a reconnect, nor across a restart of the gateway', async () => {
  await makeTeam(url, 'back')
  const { watched, first } = await watchFromNow('back')
  await charge(url, 'back')
  const before = await watched.until(({ accountEvents }) => accountEvents.type === 'CREDITS_CHARGED')
  await watched.end()
  await Promise.all(Array.from({ length: 30 }, () => charge(url, 'back')))
  const again = watch('back', before.accountEvents.id)
  const missed = await collect(again, 30)
  expect(missed.map(({ type }) => type)).toEqual(Array(30).fill('CREDITS_CHARGED'))

  await again.end()
  await charge(url, 'back')
  await gateway.close()
  gateway = await startGateway({ databaseUrl: home.url })
  url = gateway.url
  await charge(url, 'back')
  const behind = await collect(watch('back', missed.at(-1)?.id), 2)
  expect(behind.map(({ type }) => type)).toEqual(['CREDITS_CHARGED', 'CREDITS_CHARGED'])

  const all = await collect(watch('back', first.id), 33)
  expect(new Set(all.map(({ id }) => id)).size).toBe(33)
  expect(all.at(-1)?.id).toBe(behind.at(-1)?.id)
})

test('an event of another team, or none at all, is no place to go on from', async () => {
  await makeTeam(url, 'mine')
  await makeTeam(url, 'theirs')
  const { first } = await watchFromNow('theirs')
  await expect(watch('mine', first.id).next()).rejects.toThrow('code')
  await expect(watch('mine', 'nonsense').next()).rejects.toThrow('code')
})

test('the newest event can be named, and what comes behind it is never missed', async () => {
  await makeTeam(url, 'named')
  const newest = async () =>
    (await ask(url, '{ team(id: "named") { lastEventId } }')).data?.team as { lastEventId: string } | undefined
  const first = await newest()
  await grant(url, 'named', '1')
  await grant(url, 'named', '2')
  const named = await newest()
  await grant(url, 'named', '3')
  await grant(url, 'named', '4')
  const behind = await collect(watch('named', named?.lastEventId), 2)
  expect(behind.map(({ amount }) => amount)).toEqual(['3', '4'])
  expect(await newest()).toEqual({ lastEventId: behind.at(-1)?.id })
  expect(await collect(watch('named', first?.lastEventId), 4)).toHaveLength(4)
})
