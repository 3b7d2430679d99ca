import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openCluster } from '../../src/database/cluster.ts'
import { startEmbedded } from '../../src/database/embedded.ts'
import { runProgram } from '../../src/database/server-program.ts'
import { createTestDatabase } from '../setup/database.ts'
import { makeFolder } from '../setup/folders.ts'
import { type Gateway, secret, startGateway } from '../setup/gateway.ts'
import { expectHistory, raw, Seen, stock, type Watching, Writing } from '../setup/history-checker.ts'
import { charge, grant, makeTeam } from '../setup/operator.ts'
import { randomOf, seed } from '../setup/random.ts'
import { unreliableLine } from '../setup/unreliable-line.ts'

const log = pino({ level: 'silent' })
const patience = { timeout: 60_000, interval: 50 }
const teams = ['red', 'blue']
const again = `TEST_SEED=${seed}`

/** The resources of a test, closed in the opposite order, whatever its result. */
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

async function makeTeams(url: string): Promise<void> {
  for (const team of teams) {
    await makeTeam(url, team)
    await grant(url, team, '1000000')
  }
}

const ready = (url: () => string) =>
  vi.waitFor(async () => expect((await fetch(`${url()}/readyz`)).status).toBe(200), patience)

/** Some clients of each kind for each team, on all gateways. */
function watch(urls: readonly (() => string)[], each: number): Watching[] {
  const all: Watching[] = []
  for (const team of teams) {
    for (let count = 0; count < each; count += 1) {
      for (const url of urls) all.push(stock(url, team, `stock ${count}`), raw(url, team, `raw ${count}`))
    }
  }
  open.push(() => Promise.all(all.map((one) => one.end())))
  return all
}

function write(urls: readonly (() => string)[], draw: () => number): Writing[] {
  const writing = teams.flatMap((team) =>
    urls.flatMap((url) => [new Writing(url, team, draw), new Writing(url, team, draw)]),
  )
  open.push(() => Promise.all(writing.map((one) => one.stop())))
  return writing
}

const doneBy = (writing: readonly Writing[]) => writing.reduce((sum, { done }) => sum + done, 0)

async function written(writing: readonly Writing[], count: number): Promise<void> {
  const wanted = doneBy(writing) + count
  await vi.waitFor(() => expect(doneBy(writing)).toBeGreaterThanOrEqual(wanted), patience)
}

test(`what all clients saw through cut lines, killed connections and gateways that come and go is the ledger (${again})`, async () => {
  const draw = randomOf(seed)
  const home = await createTestDatabase()
  open.push(() => home.drop())
  const line = await unreliableLine(home.url)
  open.push(() => line.close())
  const near = await startGateway({ databaseUrl: home.url })
  open.push(() => near.close())
  let far: Gateway = await startGateway({ databaseUrl: line.url })
  open.push(() => far.close())
  await makeTeams(near.url)

  const urls = [() => near.url, () => far.url]
  const watching = watch(urls, 4)
  const writing = write(urls, draw)
  const killing = async (whose: string) => {
    const client = new pg.Client({ connectionString: home.url })
    await client.connect()
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and application_name like $1`,
      [whose],
    )
    await client.end()
  }
  const faults = {
    async 'lines of clients'() {
      for (const one of watching) if (draw() < 0.5) one.cut()
    },
    'the connections that hear': () => killing('%hints'),
    'all connections': () => killing('%'),
    async 'the line to the database'() {
      line.cut()
      await delay(200)
      line.mend()
      await ready(() => far.url)
    },
    async 'a gateway'() {
      await far.close()
      far = await startGateway({ databaseUrl: line.url })
    },
  }
  const order = [...Object.values(faults), ...Object.values(faults)].toSorted(() => draw() - 0.5)
  for (const fault of order) {
    await written(writing, 40)
    await fault()
  }
  await written(writing, 40)
  await Promise.all(writing.map((one) => one.stop()))
  await expectHistory(home.url, watching)
  expect(watching.every(({ seen }) => seen.events.length > 0)).toBe(true)
})

test(`three hundred clients that all come back at once go on where each of them was (${again})`, async () => {
  const draw = randomOf(seed)
  const home = await createTestDatabase()
  open.push(() => home.drop())
  let gateway = await startGateway({ databaseUrl: home.url })
  open.push(() => gateway.close())
  await makeTeams(gateway.url)
  const url = () => gateway.url
  const watching = Array.from({ length: 300 }, (_, index) =>
    (index % 3 === 0 ? stock : raw)(url, teams[index % 2] ?? '', `member ${index}`),
  )
  open.push(() => Promise.all(watching.map((one) => one.end())))
  const writing = write([url], draw)
  await vi.waitFor(() => expect(watching.every(({ seen }) => seen.last !== null)).toBe(true), patience)
  for (const one of watching) one.cut()
  await written(writing, 100)
  await gateway.close()
  gateway = await startGateway({ databaseUrl: home.url })
  await written(writing, 100)
  await Promise.all(writing.map((one) => one.stop()))
  await expectHistory(home.url, watching)
})

test(`what all clients saw across restarts of the database is the ledger (${again})`, async () => {
  const draw = randomOf(seed)
  const dataDir = await makeFolder('credits-history-')
  open.push(() => rm(dataDir, { recursive: true, force: true }))
  const config = readConfig({ NODE_ENV: 'test', PORT: '0', AUTH_SECRET: secret, DATA_DIR: dataDir })
  const gateway = await createApp(config, { log, demo: false })
  open.push(() => gateway.close())
  await makeTeams(gateway.url)
  const seat = await startEmbedded(dataDir, log)
  await seat.release()
  const watching = watch([() => gateway.url], 4)
  const writing = write([() => gateway.url], draw)
  for (let round = 0; round < 2; round += 1) {
    await written(writing, 60)
    const { dir, user } = await openCluster(dataDir, false, true)
    await runProgram('pg_ctl', ['stop', '-D', dir, '-m', 'immediate', '-W'], user)
    await ready(() => gateway.url)
  }
  await written(writing, 60)
  await Promise.all(writing.map((one) => one.stop()))
  await expectHistory(seat.url, watching)
})

test('the checker finds what was lost, told twice, out of order, older or wrong', async () => {
  const gateway = await startGateway()
  open.push(() => gateway.close())
  await makeTeam(gateway.url, 'red')
  const watching = raw(() => gateway.url, 'red', 'raw')
  open.push(() => watching.end())
  for (let told = 0; told < 5; ) {
    await charge(gateway.url, 'red')
    await vi.waitFor(() => expect(watching.seen.balances.at(-1)?.length ?? 0).toBeGreaterThan(told), patience)
    told = watching.seen.balances.at(-1)?.length ?? 0
  }
  // Its events come on another subscription than its balances, and what is copied below must be whole.
  await vi.waitFor(() => expect(watching.seen.last).not.toBeNull(), patience)
  await expectHistory(gateway.databaseUrl, [watching])
  const check = (spoil: (seen: Seen, balances: Seen['balances'][number]) => unknown) => {
    const seen = new Seen()
    seen.balances.push(...structuredClone(watching.seen.balances))
    seen.events.push(...structuredClone(watching.seen.events))
    spoil(seen, seen.balances.at(-1) ?? [])
    return expectHistory(gateway.databaseUrl, [{ ...watching, seen }])
  }
  await check(() => undefined)
  await expect(check(({ events }) => events.splice(1, 1))).rejects.toThrow()
  await expect(check(({ events }) => events.splice(1, 0, ...events.slice(1, 2)))).rejects.toThrow()
  await expect(check(({ events }) => events.splice(1, 2, ...events.slice(1, 3).toReversed()))).rejects.toThrow()
  await expect(check((_, balances) => balances.splice(2, 0, ...balances.slice(1, 2)))).rejects.toThrow()
  await expect(check((_, balances) => balances.splice(2, 0, ...balances.slice(0, 1)))).rejects.toThrow()
  await expect(check((_, balances) => Object.assign(balances[1] ?? {}, { available: '1' }))).rejects.toThrow()
  await expect(check(({ faults }) => faults.push('told'))).rejects.toThrow()
})
