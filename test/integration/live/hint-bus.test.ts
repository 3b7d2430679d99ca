import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import type { HintBus } from '../../../src/live/hints/hint-bus.ts'
import { Hints } from '../../../src/live/hints/hints.ts'
import { openHintBus } from '../../../src/live/hints/open-hint-bus.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { noRedis, startRedis, type TestRedis, withRedis } from '../../setup/redis.ts'
import { unreliableLine } from '../../setup/unreliable-line.ts'

const log = pino({ level: 'silent' })
/** A tenth of the production time, so that an unwatched team is left sooner. */
const lingerMs = 500
const patience = { timeout: 15_000, interval: 20 }
const [one, two, last] = [teamId('one'), teamId('two'), teamId('last')]

let home: TestDatabase
let redis: TestRedis | undefined
const closings: (() => Promise<void>)[] = []

beforeAll(async () => {
  home = await createTestDatabase()
  if (!noRedis) redis = await startRedis()
})

afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

afterAll(async () => {
  await redis?.stop()
  await home?.drop()
})

type Process = {
  readonly bus: HintBus
  readonly hints: Hints
  /** The hints that its watchers received. */
  readonly heard: string[]
  readonly revoked: () => number
  watch(team: TeamId): () => void
  /** Watches, and resolves when later commits of others are received. */
  listenTo(...teams: TeamId[]): Promise<void>
}

/** Connects one process to the bus. */
async function join(
  redisUrl: string | undefined,
  database = home.url,
  listenAt = database,
  proofMs?: number,
): Promise<Process> {
  const pool = new pg.Pool({ connectionString: database, max: 2 })
  closings.push(() => pool.end())
  const hints = new Hints()
  const heard: string[] = []
  const revoked = vi.fn()
  const bus = await openHintBus({ pool, url: listenAt, redisUrl, hints, revoked, log, lingerMs, proofMs })
  closings.push(() => bus.close())
  const watch = (team: TeamId) => hints.listen(team, () => heard.push(team))
  const unheard = (teams: readonly TeamId[]) => {
    const known = new Set(heard)
    return teams.filter((team) => !known.has(team))
  }
  return {
    bus,
    hints,
    heard,
    revoked: () => revoked.mock.calls.length,
    watch,
    async listenTo(...teams) {
      for (const team of teams) watch(team)
      // PostgreSQL has one channel, which is listened to already.
      if (redisUrl !== undefined) await vi.waitFor(() => expect(unheard(teams)).toEqual([]), patience)
      heard.length = 0
    },
  }
}

/** Announces a last hint, and waits for it: all earlier hints have arrived by then. */
async function announced(from: Process, ...to: Process[]): Promise<void> {
  from.bus.announce(last, 1)
  for (const { heard } of to) await vi.waitFor(() => expect(heard).toContain('last'), patience)
}

const carriers = [
  ['PostgreSQL', false, () => undefined, killListeners],
  [withRedis('Redis'), noRedis, () => redis?.url, () => redis?.cutOff()],
] as const

async function killListeners(): Promise<void> {
  const admin = new pg.Client({ connectionString: home.url })
  await admin.connect()
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'credits-gateway hints' and datname = current_database()`,
  )
  await admin.end()
}

describe.each(carriers)('hints by %s', (_, skipped, url, lose) => {
  const withCarrier = test.skipIf(skipped)

  withCarrier('reach the watchers of other processes, and nobody else', async () => {
    const [here, there] = [await join(url()), await join(url())]
    expect([here.bus.connected, there.bus.connected]).toEqual([true, true])
    await here.listenTo(one, two, last)
    await there.listenTo(one, last)
    here.bus.announce(two, 1)
    here.bus.announce(one, 2)
    await announced(here, there)
    expect(there.heard).toEqual(['one', 'last'])
    expect(here.heard).toEqual([])
  })

  withCarrier('that revocations changed reaches all others, once however often it is said', async () => {
    const [here, ...others] = [await join(url()), await join(url()), await join(url())]
    for (let count = 0; count < 50; count += 1) here?.bus.announceRevocations()
    await vi.waitFor(() => expect(others.map(({ revoked }) => revoked())).toEqual([1, 1]), patience)
    expect(here?.revoked()).toBe(0)
  })

  withCarrier('that wait when a process closes are sent', async () => {
    const [here, there] = [await join(url()), await join(url())]
    await there.listenTo(one, last)
    await announced(here, there)
    here.bus.announce(one, 9)
    await here.bus.close()
    expect(here.bus.connected).toBe(false)
    await vi.waitFor(() => expect(there.heard).toEqual(['last', 'one']), patience)
  })

  withCarrier(
    'that may have been missed: on return all that is watched is looked at again, and revocations',
    async () => {
      const [here, there] = [await join(url()), await join(url())]
      await here.listenTo(one, two)
      expect(here.revoked()).toBe(0)
      await lose()
      await vi.waitFor(() => expect(here.heard.toSorted()).toEqual(['one', 'two']), patience)
      await vi.waitFor(() => expect(here.revoked()).toBe(1), patience)
      here.heard.length = 0
      there.bus.announce(one, 1)
      await vi.waitFor(() => expect(here.heard).toEqual(['one']), patience)
    },
  )

  withCarrier('of more teams than fit into one message all arrive, each once', async () => {
    const [here, there] = [await join(url()), await join(url())]
    const teams = Array.from({ length: 3_000 }, (_, index) => teamId(`a team with a long name, ${index}`))
    await there.listenTo(...teams, last)
    for (const team of teams) here.bus.announce(team, 1)
    await announced(here, there)
    expect(there.heard).toEqual([...teams, 'last'])
  })
})

test('a listener whose connection to PostgreSQL hangs is given up and made anew', async () => {
  const line = await unreliableLine(home.url)
  closings.push(() => line.close())
  const [here, there] = [await join(undefined, home.url, line.url, 1_000), await join(undefined)]
  await here.listenTo(one)
  await line.deafen('select 1')
  there.bus.announce(one, 1)
  await vi.waitFor(() => expect(here.heard).toContain('one'), patience)
  expect([here.revoked(), here.bus.connected]).toEqual([1, true])
})

describe.skipIf(noRedis)(withRedis('on Redis'), () => {
  const url = () => redis?.url
  const teamChannels = async () =>
    ((await redis?.channels()) ?? []).flatMap((channel) => /:team:(.*)$/.exec(channel)?.[1] ?? []).toSorted()

  test('a process listens to the teams that are watched in it, and leaves those that nobody watches any more', async () => {
    const here = await join(url())
    const ends = [here.watch(one), here.watch(one), here.watch(two)]
    await vi.waitFor(async () => expect(await teamChannels()).toEqual(['one', 'two']), patience)
    for (const end of ends) end()
    const back = here.watch(two)
    await vi.waitFor(async () => expect(await teamChannels()).toEqual(['two']), patience)
    back()
    await vi.waitFor(async () => expect(await teamChannels()).toEqual([]), patience)
    here.watch(one)
    await vi.waitFor(async () => expect(await teamChannels()).toEqual(['one']), patience)
  })

  test('who comes back soon finds the subscription still there', async () => {
    const here = await join(url())
    const end = here.watch(one)
    await vi.waitFor(async () => expect(await teamChannels()).toEqual(['one']), patience)
    const commands = (await redis?.monitor()) ?? []
    end()
    for (let times = 0; times < 20; times += 1) here.watch(one)()
    here.watch(one)
    here.watch(two)
    await expect.poll(() => commands.filter((command) => /"subscribe".*:team:two/i.test(command))).toHaveLength(1)
    expect(commands.filter((command) => /subscribe.*:team:one/i.test(command))).toEqual([])
  })

  test('a team is looked at again, once, when its subscription is confirmed: what was sent before was not heard', async () => {
    const here = await join(url())
    here.watch(one)
    await vi.waitFor(() => expect(here.heard).toEqual(['one']), patience)
    await here.listenTo(two, last)
    await announced(await join(url()), here)
    expect(here.heard).toEqual(['last'])
  })

  test('many teams that are watched at once are subscribed to with few commands', async () => {
    const here = await join(url())
    const commands = (await redis?.monitor()) ?? []
    for (let team = 0; team < 2_000; team += 1) here.watch(teamId(`many ${team}`))
    await vi.waitFor(async () => expect(await teamChannels()).toHaveLength(2_000), patience)
    const subscribing = commands.filter((command) => /"subscribe"/i.test(command))
    expect(subscribing.length).toBeLessThanOrEqual(5)
  })

  test('one change of a team is one message on one channel, and none for who does not watch it', async () => {
    const [here, there, elsewhere] = [await join(url()), await join(url()), await join(url())]
    await there.listenTo(one, last)
    await elsewhere.listenTo(two, last)
    const commands = (await redis?.monitor()) ?? []
    here.bus.announce(one, 1)
    here.bus.announce(one, 2)
    await announced(here, there, elsewhere)
    expect(there.heard).toEqual(['one', 'last'])
    expect(elsewhere.heard).toEqual(['last'])
    expect(commands.filter((command) => /"publish".*:team:one"/i.test(command))).toHaveLength(1)
  })

  test('two installations do not hear each other, and one is the same by whatever address its database is reached', async () => {
    const other = await createTestDatabase()
    const [here, same] = [await join(url()), await join(url(), home.url.replace('127.0.0.1', 'localhost'))]
    const [stranger, neighbour] = [await join(url(), other.url), await join(url(), other.url)]
    for (const process of [same, stranger]) await process.listenTo(one, last)
    here.bus.announce(one, 5)
    here.bus.announceRevocations()
    await vi.waitFor(() => expect([same.heard, same.revoked()]).toEqual([['one'], 1]), patience)
    await announced(neighbour, stranger)
    expect([stranger.heard, stranger.revoked()]).toEqual([['last'], 0])
    for (const close of closings.splice(0).toReversed()) await close()
    await other.drop()
  })
})
