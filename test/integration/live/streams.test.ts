import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { rulesOf } from '../../../src/catalog/rules.ts'
import { type Database, openDatabase } from '../../../src/database/open.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { platformStart } from '../../../src/ledger/history/platform-events.ts'
import { createLedger, type Ledger } from '../../../src/ledger/ledger.ts'
import { createTeamReader } from '../../../src/ledger/team-reader.ts'
import type { Feed } from '../../../src/live/feed.ts'
import { Hints } from '../../../src/live/hints/hints.ts'
import { createLiveStreams, type LiveStreams } from '../../../src/live/streams.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { always } from '../ledger/scene.ts'

const log = pino({ level: 'silent' })
const catalog = loadCatalog('catalogs/wevion.yaml')
const rules = rulesOf(catalog)
const world = always({ rulesAt: () => rules, cardOf: () => catalog.rateCard })

let home: TestDatabase
let database: Database
let ledger: Ledger
let live: LiveStreams
const hints = new Hints()

beforeAll(async () => {
  home = await createTestDatabase()
  database = await openDatabase({ url: home.url, log })
  const written = createLedger(database, world)
  written.onCommitted(({ account }) => hints.publish(account.teamId))
  ledger = written
  live = createLiveStreams({ database, teams: createTeamReader(database, world), hints })
})

afterAll(async () => {
  await ledger?.idle()
  await database?.close()
  await home?.drop()
})

let keys = 0
const submit = (team: string, command: Command) =>
  ledger.submit({ teamId: teamId(team), key: `${++keys}`, fingerprint: '00', command })

const plan: Command = { kind: 'assign-plan', planId: 'pro', teamName: null, seats: 1, interval: null, anchor: null }
const charge: Command = {
  kind: 'charge-usage',
  usage: [{ rate: 'image.gpt-image-1-5', quantity: 1_000_000n, count: 1 }],
  reference: null,
  memberId: null,
  caller: { id: null, role: 'PLATFORM' },
}

const kinds = ['balance', 'alerts', 'events'] as const
const begun = <T extends object>(feed: Feed<T>) => feed[Symbol.asyncIterator]()
const open = (kind: (typeof kinds)[number], team: string) =>
  kind === 'events' ? begun<object>(live.events(teamId(team), null)) : begun<object>(live[kind](teamId(team)))

describe.each(kinds)('a stream of %s', (kind) => {
  test('that is returned while it waits ends, also what was asked before, and is forgotten', async () => {
    await submit(`ends-${kind}`, plan)
    const stream = open(kind, `ends-${kind}`)
    if (kind === 'balance') await stream.next()
    const waiting = stream.next()
    expect(hints.watched).toBe(1)
    await stream.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(hints.watched).toBe(0)
  })

  test('that is returned before it began never watches', async () => {
    const stream = open(kind, 'never')
    await stream.return?.()
    expect(hints.watched).toBe(0)
  })
})

test('a slow reader of balances gets the latest, not every one', async () => {
  await submit('slow', plan)
  const stream = begun(live.balance(teamId('slow')))
  await stream.next()
  for (let count = 0; count < 20; count += 1) await submit('slow', charge)
  const { value } = await stream.next()
  expect(value?.account.available).toBe(10_000_000_000n - 20n * 40_000_000n)
  await stream.return?.()
})

test('a change that comes while the balance is being read is not missed', async () => {
  await submit('meanwhile', plan)
  const teams = createTeamReader(database, world)
  let arrive = () => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  let readOnce = () => {}
  const onceRead = new Promise<void>((resolve) => {
    readOnce = resolve
  })
  const slowly = {
    readPosted: teams.readPosted,
    async read(team: Parameters<typeof teams.read>[0]) {
      const now = await teams.read(team)
      readOnce()
      await arrived
      return now
    },
  }
  const stream = begun(createLiveStreams({ database, teams: slowly, hints }).balance(teamId('meanwhile')))
  const first = stream.next()
  await onceRead
  await submit('meanwhile', charge)
  arrive()
  expect((await first).value?.account.available).toBe(10_000_000_000n)
  expect((await stream.next()).value?.account.available).toBe(9_960_000_000n)
  await stream.return?.()
})

test('a team that is made later is waited for', async () => {
  const stream = begun(live.balance(teamId('later')))
  const first = stream.next()
  await submit('later', plan)
  expect((await first).value?.account.available).toBe(10_000_000_000n)
  await stream.return?.()
})

test('a slow reader of the events of all teams gets every one, many pages of them', async () => {
  const teams = ['one-of-all', 'other-of-all']
  const stream = begun(live.platformEvents(platformStart()))
  for (const team of teams) await submit(team, plan)
  await Promise.all(Array.from({ length: 240 }, (_, index) => submit(teams[index % 2] ?? '', charge)))
  const seen = new Map(teams.map((team) => [team, [] as string[]]))
  while ([...seen.values()].flat().length < 244) {
    const { value } = await stream.next()
    if (value === undefined) break
    const { account } = await value.teamThen()
    seen.get(value.teamId)?.push(`${value.type} ${account.available / 1_000_000n}`)
  }
  const charges = Array.from({ length: 120 }, (_, index) => `CHARGE ${10_000 - 40 * (index + 1)}`)
  for (const own of seen.values()) expect(own).toEqual(['GRANT 10000', 'PLAN_CHANGED 10000', ...charges])
  await stream.return?.()
})

test('a slow reader of events still gets every one, many pages of them', async () => {
  await submit('pages', plan)
  const stream = begun(live.events(teamId('pages'), { revision: 0, number: 0 }))
  await Promise.all(Array.from({ length: 240 }, () => submit('pages', charge)))
  const seen: string[] = []
  while (seen.length < 242) {
    const { value } = await stream.next()
    if (value === undefined) break
    const { account } = await value.teamThen()
    seen.push(`${value.type} ${account.available / 1_000_000n}`)
  }
  const charges = Array.from({ length: 240 }, (_, index) => `CHARGE ${10_000 - 40 * (index + 1)}`)
  expect(seen).toEqual(['GRANT 10000', 'PLAN_CHANGED 10000', ...charges])
  await stream.return?.()
})
