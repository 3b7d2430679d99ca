import { randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BackgroundLoop } from '../../../src/database/background-loop.ts'
import { openDatabase } from '../../../src/database/open.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { findDue, giveBackLease } from '../../../src/ledger/background/find-due.ts'
import { startSweeper } from '../../../src/ledger/background/sweeper.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { createTestDatabase } from '../../setup/database.ts'
import { at, hour, minute, openScene, placeHold, type Scene } from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const log = pino({ level: 'silent' })

describe('sweepers', () => {
  let scene: Scene
  let sweepers: BackgroundLoop[] = []

  beforeEach(async () => {
    scene = await openScene(undefined, start)
  })
  afterEach(async () => {
    await Promise.all(sweepers.map((sweeper) => sweeper.stop()))
    sweepers = []
    await scene.close()
  })

  /** A sweeper that notes what it posts. */
  function sweeping(ledger: Ledger = scene.ledger): { sweeper: BackgroundLoop; posted: TeamId[] } {
    const posted: TeamId[] = []
    const noting: Ledger = {
      submit: (submission) => ledger.submit(submission),
      underWay: () => ledger.underWay(),
      idle: () => ledger.idle(),
      submitAll(submissions) {
        posted.push(...submissions.map(({ teamId }) => teamId))
        return ledger.submitAll(submissions)
      },
    }
    const sweeper = startSweeper(scene.database, noting, log)
    sweepers.push(sweeper)
    return { sweeper, posted }
  }

  async function teamWithHold(minutes: number): Promise<TeamId> {
    const team = await scene.teamWith(10)
    await scene.submit(team, placeHold(1, { expiresInSeconds: minutes * 60 }))
    return team
  }

  async function held(team: TeamId): Promise<number> {
    const text = `select count(*)::int as open from hold where team_id = $1 and state = 'OPEN'`
    return (await scene.database.pool.query(text, [team])).rows[0].open
  }
  const untilPosted = (team: TeamId) => expect.poll(() => held(team), { timeout: 10_000 }).toBe(0)

  test('are one at a time; when it stops, another one goes on', async () => {
    const all = [sweeping(), sweeping(scene.other), sweeping()]
    for (let round = 1; round <= 3; round += 1) {
      const team = await teamWithHold(1)
      await scene.setClock(start + round * hour)
      await untilPosted(team)
    }
    expect(all.flatMap(({ posted }) => posted)).toHaveLength(3)
    const last = all.findLast(({ posted }) => posted.length > 0)
    await last?.sweeper.stop()
    const before = last?.posted.length
    const team = await teamWithHold(1)
    await scene.setClock(start + 5 * hour)
    await untilPosted(team)
    expect(last?.posted).toHaveLength(before ?? 0)
  })

  test('sweep when they are poked, whoever has the lease', async () => {
    const { pool } = scene.database
    expect((await findDue(pool, randomUUID(), false, [])).teams).toEqual([])
    const { sweeper, posted } = sweeping()
    const teams = await Promise.all(Array.from({ length: 5 }, () => teamWithHold(1)))
    await scene.setClock(start + 2 * minute)
    // Somebody holds the lease all the while, and hangs.
    const text = `update lease set holder = $1, until = clock_timestamp() + interval '1.4 s'`
    const hung = setInterval(() => void pool.query(text, [randomUUID()]), 100)
    sweeper.poke()
    for (const team of teams) await untilPosted(team)
    clearInterval(hung)
    expect(posted.toSorted()).toEqual(teams.toSorted())
  })

  test('pass over a team that cannot be posted, and come back to it', async () => {
    const teams = await Promise.all(Array.from({ length: 12 }, () => teamWithHold(1)))
    const [broken = teams[0] as TeamId, ...others] = teams
    await scene.database.pool.query(`
      create function refuse_team() returns trigger language plpgsql as
        $$ begin raise exception 'this team cannot be written'; end $$;
      create trigger refuse_team before update on account for each row when (old.team_id = '${broken}')
        execute function refuse_team()`)
    const { posted } = sweeping()
    await scene.setClock(start + 2 * minute)
    for (const team of others) await untilPosted(team)
    const late = await teamWithHold(1)
    await scene.setClock(start + 4 * minute)
    await untilPosted(late)
    expect(await held(broken)).toBe(1)
    await scene.database.pool.query('drop trigger refuse_team on account')
    await untilPosted(broken)
    expect(posted.filter((team) => team === broken).length).toBeLessThan(5)
  })
})

describe('the lease', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await openScene(undefined, start)
  })
  beforeEach(() => scene.database.pool.query(`update lease set holder = default, until = default`))
  afterAll(() => scene.close())

  const one = randomUUID()
  const other = randomUUID()
  /** One right after the other on one connection, so that no lease runs out in between. */
  async function atOnce<T>(ask: (client: PoolClient) => readonly Promise<T>[]): Promise<T[]> {
    const client = await scene.database.pool.connect()
    return Promise.all(ask(client)).finally(() => client.release())
  }

  const look = async (client: Pick<PoolClient, 'query'>, holder: string, anyway = false) =>
    (await findDue(client, holder, anyway, [])).teams

  test('belongs to one; the other is told when it ends at the latest', async () => {
    const found = await atOnce((client) => [
      findDue(client, one, false, []),
      findDue(client, other, false, []),
      findDue(client, one, false, []),
      findDue(client, other, true, []),
    ])
    expect(found.map(({ teams }) => teams)).toEqual([[], null, [], []])
    expect(found[1]?.nextMs).toBeGreaterThan(0)
    expect(found[1]?.nextMs).toBeLessThanOrEqual(1_500)
  })

  test('is lost by who says nothing any more', async () => {
    const { pool } = scene.database
    expect(await atOnce((client) => [look(client, one), look(client, other)])).toEqual([[], null])
    await expect.poll(() => look(pool, other), { timeout: 5_000 }).toEqual([])
  })

  test('is given back at once by who stops, and by nobody else', async () => {
    const found = await atOnce<unknown>((client) => [
      look(client, one),
      giveBackLease(client, other),
      look(client, other),
      giveBackLease(client, one),
      look(client, other),
    ])
    expect(found).toEqual([[], undefined, null, undefined, []])
  })

  test("does not outlast the database's clock being set back", async () => {
    const found = await atOnce<unknown>((client) => [
      look(client, one),
      client.query(`update lease set until = clock_timestamp() + interval '1 hour'`),
      look(client, other),
      look(client, one),
    ])
    expect(found).toEqual([[], expect.anything(), [], null])
  })

  test('is not written by who only looks', async () => {
    const row = async (client: PoolClient) => (await client.query('select xmin, * from lease')).rows
    const [, before, , , after] = await atOnce<unknown>((client) => [
      look(client, one),
      row(client),
      look(client, one),
      look(client, other),
      row(client),
    ])
    expect(after).toEqual(before)
  })

  test('is taken by one of many who ask at the same instant', async () => {
    const asked = await Promise.all(Array.from({ length: 6 }, () => look(scene.database.pool, randomUUID())))
    expect(asked.filter((teams) => teams !== null)).toHaveLength(1)
  })
})

test('a look reads no more of 100,000 teams whose time is to come than of none', async () => {
  const home = await createTestDatabase({ verified: false })
  const database = await openDatabase({ url: home.url, poolSize: 2, log })
  const { pool } = database
  /** Pages of a look, by the plan that PostgreSQL makes of it. */
  async function pagesOfLook(): Promise<number> {
    let pages = Number.NaN
    await findDue(
      {
        async query(config) {
          const explained = { text: `explain (analyze, buffers, format json) ${config.text}`, values: config.values }
          const [{ Plan: plan }] = (await pool.query(explained)).rows[0]['QUERY PLAN']
          pages = plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
          return pool.query(config)
        },
      },
      randomUUID(),
      true,
      [],
    )
    return pages
  }
  try {
    const none = await pagesOfLook()
    await pool.query(`
      insert into account (team_id, name, seats, version, revision, available, held, owed, alert, last_at, created_at, next_boundary)
      select 'far-' || i, 'Far', 1, i, 0, 0, 0, 0, 'OK', now(), now(), now() + interval '1 day' + i * interval '1 second'
      from generate_series(1, 100000) i`)
    for (const state of ['just filled', 'analyzed']) {
      if (state === 'analyzed') await pool.query('vacuum analyze account')
      await pagesOfLook()
      expect(await pagesOfLook(), state).toBeLessThan(none + 10)
    }
  } finally {
    await database.close()
    await home.drop()
  }
}, 60_000)
