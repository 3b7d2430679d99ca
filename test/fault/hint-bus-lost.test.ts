import { rm } from 'node:fs/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openCluster } from '../../src/database/cluster.ts'
import { startEmbedded } from '../../src/database/embedded.ts'
import { runProgram } from '../../src/database/server-program.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { makeFolder } from '../setup/folders.ts'
import { type Gateway, secret, spawnGateway, startGateway, stopped } from '../setup/gateway.ts'
import { balanceOf, charge, makeTeam } from '../setup/operator.ts'
import { noRedis, startRedis, type TestRedis, withRedis } from '../setup/redis.ts'
import { connect, Watch } from '../setup/watching.ts'

/** Source: docs/scaling.md. */
const allowed = '+publish +subscribe +unsubscribe +ping +hello'.split(' ')
const patience = { timeout: 30_000, interval: 50 }
const log = pino({ level: 'silent' })

let home: TestDatabase
const endings: (() => Promise<unknown> | unknown)[] = []

beforeEach(async () => {
  home = await createTestDatabase()
})

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
  await home.drop()
})

async function gateway(options: Parameters<typeof startGateway>[0]): Promise<Gateway> {
  const started = await startGateway({ databaseUrl: home.url, ...options })
  endings.push(() => started.close())
  return started
}

type Pill = { balance: { available: string; revision: number } }

/** A pill at `url`, showing what the team has. */
async function pill(url: string, team: string): Promise<Watch<Pill>> {
  const client = connect(url, { team, role: 'VIEWER' })
  endings.push(() => client.dispose())
  const watch = new Watch<Pill>(client, 'subscription { balance { available revision } }')
  await watch.next()
  return watch
}

const shows = (watch: Watch<Pill>, available: string) =>
  watch.until(({ balance }) => balance.available === available).then(({ balance }) => balance.available)

async function busAt(url: string): Promise<string | undefined> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return /^credits_hint_bus_connected (\d)$/m.exec(metrics)?.[1]
}

const untilBus = (state: '0' | '1', ...urls: string[]) =>
  vi.waitFor(async () => expect(await Promise.all(urls.map(busAt))).toEqual(urls.map(() => state)), patience)

const statusOf = async (url: string) => (await fetch(url)).status

test('listeners whose backends are killed come back, and pills end at what the database says', async () => {
  const [here, there] = [await gateway({}), await gateway({})]
  await makeTeam(here.url, 'heard')
  const watch = await pill(there.url, 'heard')
  const admin = new pg.Client({ connectionString: home.url })
  await admin.connect()
  for (let round = 0; round < 10; round += 1) {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'credits-gateway hints' and datname = current_database()`,
    )
    if (round === 0) expect(rowCount).toBe(2)
    await charge(here.url, 'heard')
  }
  await admin.end()
  expect(await shows(watch, '49000')).toBe('49000')
  await untilBus('1', here.url, there.url)
  await charge(here.url, 'heard')
  expect(await shows(watch, '48900')).toBe('48900')
})

test('a database that is restarted: both gateways hear each other again', async () => {
  const dataDir = await makeFolder('credits-bus-')
  endings.push(() => rm(dataDir, { recursive: true, force: true }))
  const config = readConfig({ NODE_ENV: 'test', PORT: '0', AUTH_SECRET: secret, DATA_DIR: dataDir })
  const here = await createApp(config, { log, demo: false, postgres: { fsync: 'off' } })
  endings.push(() => here.close())
  const seat = await startEmbedded(dataDir, log)
  endings.push(() => seat.release())
  const there = await gateway({ databaseUrl: seat.url })
  await makeTeam(here.url, 'restarted')
  const watch = await pill(there.url, 'restarted')

  const { dir, user } = await openCluster(dataDir, false, true)
  await runProgram('pg_ctl', ['stop', '-D', dir, '-m', 'immediate', '-W'], user)
  await vi.waitFor(() => charge(here.url, 'restarted', 'during'), patience)
  expect(await shows(watch, '49900')).toBe('49900')
  await untilBus('1', here.url, there.url)
  await charge(here.url, 'restarted')
  expect(await shows(watch, '49800')).toBe('49800')
})

describe.skipIf(noRedis)(withRedis('Redis'), () => {
  let redis: TestRedis

  beforeEach(async () => {
    redis = await startRedis()
    endings.push(() => redis.stop())
  })

  test('that is killed (kill -9) under two processes stops nothing; once it is back, so is what changed meanwhile', async () => {
    const env = { DATABASE_URL: home.url, REDIS_URL: redis.url }
    const [here, there] = await Promise.all([spawnGateway(env), spawnGateway(env)])
    for (const { child } of [here, there]) {
      endings.push(() => {
        child.kill('SIGTERM')
        return stopped(child)
      })
    }
    await makeTeam(here.url, 'kept')
    await makeTeam(here.url, 'other')
    const watch = await pill(there.url, 'kept')
    const others = await pill(there.url, 'other')
    await charge(here.url, 'kept')
    expect(await shows(watch, '49900')).toBe('49900')

    for (const [before, after] of [
      ['49900', '49800'],
      ['49700', '49600'],
    ] as const) {
      await redis.kill()
      await untilBus('0', here.url, there.url)
      expect(await balanceOf(there.url, 'kept')).toMatchObject({ available: before })
      expect((await charge(here.url, 'kept')).__typename).toBe('Charge')
      expect(await statusOf(`${here.url}/readyz`)).toBe(200)
      await redis.startAgain()
      expect(await shows(watch, after)).toBe(after)
      await untilBus('1', here.url, there.url)
      await charge(here.url, 'kept')
      await shows(watch, `${Number(after) - 100}`)
    }
    await charge(here.url, 'other')
    expect(await shows(others, '49900')).toBe('49900')
    const revisions = watch.seen.map(({ balance }) => balance.revision)
    expect(revisions).toEqual(revisions.toSorted((one, other) => one - other))
  })

  test('that hangs (SIGSTOP) is noticed and slows no charge; when it answers again, pills go on', async () => {
    // A quarter of the production time, so that a Redis that hangs is noticed sooner.
    const quick = { redisUrl: redis.url, intervals: { proofMs: 1_000 } }
    const [here, there] = [await gateway(quick), await gateway(quick)]
    await makeTeam(here.url, 'frozen')
    const watch = await pill(there.url, 'frozen')
    redis.freeze()
    for (let count = 0; count < 20; count += 1) {
      expect((await charge(here.url, 'frozen')).__typename).toBe('Charge')
    }
    await untilBus('0', here.url, there.url)
    expect(await statusOf(`${here.url}/readyz`)).toBe(200)
    redis.thaw()
    expect(await shows(watch, '48000')).toBe('48000')
    await untilBus('1', here.url, there.url)
    await charge(here.url, 'frozen')
    expect(await shows(watch, '47900')).toBe('47900')
  })

  test('that is down when gateways start: they serve, say what to check and no password, and use it once it is there', async () => {
    await redis.kill()
    const url = redis.url.replace('//', '//:hunter2@')
    const here = await spawnGateway({ DATABASE_URL: home.url, REDIS_URL: url })
    endings.push(() => {
      here.child.kill('SIGTERM')
      return stopped(here.child)
    })
    expect(here.output()).toMatch(/Other gateways can't be heard; trying again.*Check.*REDIS_URL/)
    expect(here.output()).not.toContain('hunter2')
    const there = await gateway({ redisUrl: redis.url })
    await makeTeam(there.url, 'early')
    const watch = await pill(there.url, 'early')
    await charge(there.url, 'early')
    expect(await shows(watch, '49900')).toBe('49900')
    expect([await busAt(here.url), await busAt(there.url)]).toEqual(['0', '0'])
    expect([await statusOf(`${here.url}/readyz`), await statusOf(`${there.url}/readyz`)]).toEqual([200, 200])

    await redis.startAgain()
    await untilBus('1', there.url)
    const another = await gateway({ redisUrl: redis.url })
    await charge(another.url, 'early')
    expect(await shows(watch, '49800')).toBe('49800')
    expect(here.output()).not.toContain('hunter2')
  })

  test('that lets a user do no more than the docs ask for is used; with a wrong password the gateway says what to check', async () => {
    const guarded = await startRedis(
      '--user',
      'default',
      'off',
      '--user',
      'gate',
      'on',
      '>p#w',
      '&credits:*',
      ...allowed,
    )
    endings.push(() => guarded.stop())
    const lines: string[] = []
    const heard = pino({ level: 'warn' }, { write: (line) => lines.push(line) })
    const url = guarded.url.replace('//', '//gate:p%23w@')
    const [here, there] = [await gateway({ redisUrl: url }), await gateway({ redisUrl: url })]
    const outside = await gateway({ redisUrl: guarded.url.replace('//', '//gate:hunter2@'), log: heard })
    expect([await busAt(here.url), await busAt(there.url), await busAt(outside.url)]).toEqual(['1', '1', '0'])
    await makeTeam(here.url, 'guarded')
    const watch = await pill(there.url, 'guarded')
    await charge(here.url, 'guarded')
    expect(await shows(watch, '49900')).toBe('49900')
    expect(lines.join()).toMatch(/user and password/)
    expect(lines.join()).not.toContain('hunter2')
  })
})
