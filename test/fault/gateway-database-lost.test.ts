import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openCluster } from '../../src/database/cluster.ts'
import { startEmbedded } from '../../src/database/embedded.ts'
import { runProgram } from '../../src/database/server-program.ts'
import { makeFolder } from '../setup/folders.ts'
import { secret } from '../setup/gateway.ts'
import { balanceOf, charge, grant, makeTeam } from '../setup/operator.ts'
import { expectExactlyOnce, Load } from '../setup/under-load.ts'
import { connect, Watch } from '../setup/watching.ts'

const log = pino({ level: 'silent' })
const patience = { timeout: 30_000, interval: 50 }

let dataDir: string
let app: App
let databaseUrl: string

beforeAll(async () => {
  dataDir = await makeFolder('credits-lost-')
  const config = readConfig({ NODE_ENV: 'test', PORT: '0', AUTH_SECRET: secret, DATA_DIR: dataDir })
  // Durable: what PostgreSQL acknowledged must be there after it was killed.
  app = await createApp(config, { log, demo: false })
  const seat = await startEmbedded(dataDir, log)
  databaseUrl = seat.url
  await seat.release()
})

afterAll(async () => {
  await app?.close()
  await rm(dataDir, { recursive: true, force: true })
})

test.each([
  ['stopped at once (pg_ctl stop -m immediate)', stopImmediately],
  ['killed (SIGKILL to the postmaster)', killPostmaster],
])(
  'a PostgreSQL that is %s under load: every key tells its outcome, and the gateway goes on',
  async (name, strike) => {
    const teams = ['one', 'two', 'three'].map((team) => `${team} ${name}`)
    const [team = ''] = teams
    for (const each of teams) {
      await makeTeam(app.url, each)
      await grant(app.url, each, '10000000')
    }
    const client = connect(app.url, { team, role: 'VIEWER' })
    const watched = new Watch<{ balance: { available: string; revision: number } }>(
      client,
      'subscription { balance { available revision } }',
    )
    await watched.next()
    const load = new Load(() => app.url, teams, 24)
    for (let round = 0; round < 2; round += 1) {
      await load.more(100)
      await strike()
      await vi.waitFor(async () => expect((await fetch(`${app.url}/readyz`)).status).toBe(200), patience)
    }
    await load.more(50)
    const asked = await load.stop()
    await expectExactlyOnce(app.url, databaseUrl, asked)

    const charged = await charge(app.url, team)
    expect(charged.__typename).toBe('Charge')
    const total = await balanceOf(app.url, team)
    await watched.until(({ balance }) => balance.revision === total.revision)
    const revisions = watched.seen.map(({ balance }) => balance.revision)
    expect(revisions).toEqual(revisions.toSorted((one, other) => one - other))
    await client.dispose()
  },
  120_000,
)

async function stopImmediately(): Promise<void> {
  const { dir, user } = await openCluster(dataDir, false, true)
  await runProgram('pg_ctl', ['stop', '-D', dir, '-m', 'immediate', '-W'], user)
}

async function killPostmaster(): Promise<void> {
  process.kill(await postmasterPid(), 'SIGKILL')
}

async function postmasterPid(): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10)
}
