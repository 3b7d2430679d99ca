import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { type HintBus, openHintBus } from '../../../src/live/hint-bus.ts'
import { Hints } from '../../../src/live/hints.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { noRedis, startRedis, type TestRedis, withRedis } from '../../setup/redis.ts'

const log = pino({ level: 'silent' })
const patience = { timeout: 15_000, interval: 20 }
const [one, two, ende] = ['one', 'two', 'ende'].map(teamId) as [TeamId, TeamId, TeamId]

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
  bus: HintBus
  hints: Hints
  heard: string[]
  revoked: () => number
  watch: (team: TeamId) => () => void
}

/** What one process has of the bus; `heard` is what its watchers were told. */
async function join(redisUrl: string | undefined, database = home.url): Promise<Process> {
  const pool = new pg.Pool({ connectionString: database, max: 2 })
  closings.push(() => pool.end())
  const hints = new Hints()
  const heard: string[] = []
  let revoked = 0
  const bus = await openHintBus({
    pool,
    url: database,
    redisUrl,
    hints,
    revoked: () => {
      revoked += 1
    },
    log,
  })
  closings.push(() => bus.close())
  const watch = (team: TeamId) => hints.listen(team, () => heard.push(team))
  return { bus, hints, heard, revoked: () => revoked, watch }
}

/** Watches, and waits until what others commit is heard. */
async function listening({ watch, heard }: Process, other: Process, ...teams: TeamId[]): Promise<void> {
  for (const team of teams) {
    watch(team)
    await vi.waitFor(() => {
      other.bus.announce(team, 1)
      expect(heard).toContain(team)
    }, patience)
  }
  watch(ende)
  await vi.waitFor(() => {
    other.bus.announce(ende, 1)
    expect(heard).toContain(ende)
  }, patience)
}

const carriers = [
  ['PostgreSQL', false, () => undefined],
  [withRedis('Redis'), noRedis, () => redis?.url],
] as const

describe.each(carriers)('hints by %s', (_, skipped, url) => {
  const bySkill = test.skipIf(skipped)

  bySkill('reach the watchers of other processes, and nobody else', async () => {
    const [here, there] = [await join(url()), await join(url())]
    expect([here.bus.connected, there.bus.connected]).toEqual([true, true])
    await listening(there, here, one)
    here.watch(one)
    await vi.waitFor(() => expect(there.heard).not.toHaveLength(0))
    await settled(here, there)
    here.heard.length = there.heard.length = 0
    here.bus.announce(two, 1)
    here.bus.announce(one, 2)
    here.bus.announce(ende, 2)
    await vi.waitFor(() => expect(there.heard).toContain(ende), patience)
    expect(there.heard.toSorted()).toEqual(['ende', 'one'])
    expect(here.heard).toEqual([])
  })

  bySkill('that revocations changed reaches all others, once however often it is said', async () => {
    const all = [await join(url()), await join(url()), await join(url())] as const
    for (let count = 0; count < 50; count += 1) all[0].bus.announceRevocations()
    await vi.waitFor(() => expect([all[1].revoked(), all[2].revoked()]).toEqual([1, 1]), patience)
    expect(all[0].revoked()).toBe(0)
  })

  bySkill('that wait when a process closes are sent', async () => {
    const [here, there] = [await join(url()), await join(url())]
    await listening(there, here, one)
    await settled(here, there)
    there.heard.length = 0
    here.bus.announce(ende, 1)
    await vi.waitFor(() => expect(there.heard).toContain(ende), patience)
    here.bus.announce(one, 9)
    await here.bus.close()
    await vi.waitFor(() => expect(there.heard).toContain('one'), patience)
  })

  bySkill('of more teams than fit into one message all arrive', async () => {
    const [here, there] = [await join(url()), await join(url())]
    const teams = Array.from({ length: 3_000 }, (_, index) => teamId(`a team with a long name, ${index}`))
    for (const team of teams) there.watch(team)
    await vi.waitFor(() => {
      here.bus.announce(teams.at(-1) ?? one, 1)
      expect(there.heard).toContain(teams.at(-1))
    }, patience)
    await listening(there, here, one)
    await settled(here, there)
    there.heard.length = 0
    for (const team of teams) here.bus.announce(team, 1)
    await vi.waitFor(() => expect(new Set(there.heard).size).toBe(teams.length), patience)
  })
})

/** All that was announced up to here has arrived. */
async function settled(from: Process, at: Process): Promise<void> {
  const mark = teamId(`mark ${Math.random()}`)
  const end = at.watch(mark)
  await vi.waitFor(() => {
    from.bus.announce(mark, 1)
    expect(at.heard).toContain(mark)
  }, patience)
  from.bus.announce(ende, 1)
  at.heard.length = 0
  await vi.waitFor(() => expect(at.heard).toContain(ende), patience)
  end()
}

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
    await vi.waitFor(() =>
      expect(commands.filter((command) => /"subscribe".*:team:two/i.test(command))).toHaveLength(1),
    )
    expect(commands.filter((command) => /subscribe.*:team:one/i.test(command))).toEqual([])
  })

  test('a team is looked at again once its subscription is confirmed: what was sent before was not heard', async () => {
    const here = await join(url())
    here.watch(one)
    await vi.waitFor(() => expect(here.heard).toEqual(['one']), patience)
    await listening(here, await join(url()), two)
    expect(here.heard.filter((team) => team === 'one')).toEqual(['one'])
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
    await listening(there, here, one)
    await listening(elsewhere, here, two)
    await settled(here, there)
    const commands = (await redis?.monitor()) ?? []
    elsewhere.heard.length = 0
    here.bus.announce(one, 1)
    here.bus.announce(one, 2)
    await settled(here, there)
    expect(commands.filter((command) => /"publish".*:team:one"/i.test(command))).toHaveLength(1)
    expect(elsewhere.heard).not.toContain('one')
  })

  test('two installations on one Redis do not hear each other, whatever address their databases have', async () => {
    const other = await createTestDatabase()
    const sameElsewhere = home.url.replace('127.0.0.1', 'localhost')
    const [here, same, stranger] = [await join(url()), await join(url(), sameElsewhere), await join(url(), other.url)]
    await listening(same, here, one)
    const alsoStrange = await join(url(), other.url)
    await listening(stranger, alsoStrange, one)
    await settled(alsoStrange, stranger)
    stranger.heard.length = 0
    here.bus.announce(one, 5)
    here.bus.announceRevocations()
    await settled(here, same)
    await settled(alsoStrange, stranger)
    expect(same.revoked()).toBe(1)
    expect([stranger.revoked(), stranger.heard.includes('one')]).toEqual([0, false])
    for (const close of closings.splice(0).toReversed()) await close()
    await other.drop()
  })
})
