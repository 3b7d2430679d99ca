import type { Client } from 'graphql-ws'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { type SpawnedGateway, spawnGateway, startGateway, stopped } from '../setup/gateway.ts'
import { type BalanceSeen, charge, hold, makeTeam } from '../setup/operator.ts'
import { unreliableLine } from '../setup/unreliable-line.ts'
import { connect, Watch } from '../setup/watching.ts'

type Seen = { balance: BalanceSeen }

let home: TestDatabase
let database: pg.Client
let gateways: SpawnedGateway[]
let clients: Client[]

beforeEach(async () => {
  home = await createTestDatabase()
  database = new pg.Client({ connectionString: home.url })
  await database.connect()
  gateways = []
  clients = []
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.dispose()))
  for (const { child } of gateways) {
    child.kill('SIGCONT')
    child.kill('SIGKILL')
  }
  await Promise.all(gateways.map(({ child }) => stopped(child)))
  await database.end()
  await home.drop()
})

/** One after the other: the first one has the lease. */
async function started(): Promise<SpawnedGateway> {
  const gateway = await spawnGateway({ DATABASE_URL: home.url })
  gateways.push(gateway)
  await expect.poll(sweeping, { timeout: 10_000 }).not.toBeNull()
  return gateway
}

/** Whose lease runs; null: nobody's. */
async function sweeping(): Promise<string | null> {
  const { rows } = await database.query(`select holder from lease where name = 'sweeper' and until > clock_timestamp()`)
  return rows[0]?.holder ?? null
}

const anotherThan = (holder: string | null) =>
  expect.poll(async () => ![null, holder].includes(await sweeping()), { timeout: 20_000 }).toBe(true)

function watch(url: string, team: string): Watch<Seen> {
  const client = connect(url, { team, role: 'VIEWER' })
  clients.push(client)
  return new Watch<Seen>(client, 'subscription { balance { available held } }')
}

/** The ends of two holds by time alone: one of a team with a pill, one of a team that nobody looks at. */
async function expectTimeToPass(url: string, round: string): Promise<void> {
  await makeTeam(url, `seen-${round}`)
  await makeTeam(url, `unseen-${round}`)
  const watched = watch(url, `seen-${round}`)
  await watched.next()
  await hold(url, `seen-${round}`, 1)
  await hold(url, `unseen-${round}`, 1)
  expect((await watched.next()).balance).toMatchObject({ available: '49900', held: '100' })
  expect((await watched.next()).balance).toMatchObject({ available: '50000', held: '0' })
  const text = `select count(*)::int as posted from entry where team_id = $1 and type = 'RELEASE'`
  const posted = async () => (await database.query(text, [`unseen-${round}`])).rows[0].posted
  await expect.poll(posted, { timeout: 20_000 }).toBe(1)
}

test('when the gateway that sweeps is killed, time goes on by another', async () => {
  const first = await started()
  const others = await Promise.all([started(), started()])
  const holder = await sweeping()
  await expectTimeToPass(others[0]?.url ?? '', 'alive')
  first.child.kill('SIGKILL')
  await stopped(first.child)
  await expectTimeToPass(others[1]?.url ?? '', 'killed')
  await anotherThan(holder)
}, 120_000)

test('a sweeper that is frozen loses its lease, and one that stops leaves it', async () => {
  const [first, second] = [await started(), await started()]
  const holder = await sweeping()
  first.child.kill('SIGSTOP')
  await expectTimeToPass(second.url, 'frozen')
  await anotherThan(holder)
  const heir = await sweeping()
  first.child.kill('SIGCONT')
  await expectTimeToPass(first.url, 'thawed')
  second.child.kill('SIGTERM')
  await expectTimeToPass(first.url, 'stopped')
  await anotherThan(heir)
}, 120_000)

test('a gateway that hears no other one shows every change all the same', async () => {
  const line = await unreliableLine(home.url)
  const deaf = line.deafen('listen credits_hints')
  const [gateway, other] = await Promise.all([startGateway({ databaseUrl: line.url }), started(), deaf])
  await makeTeam(other.url, 'unheard')
  const watched = watch(gateway.url, 'unheard')
  expect((await watched.next()).balance.available).toBe('50000')
  for (const available of ['49900', '49800']) {
    await charge(other.url, 'unheard')
    expect((await watched.next()).balance.available).toBe(available)
  }
  other.child.kill('SIGKILL')
  await stopped(other.child)
  // A gateway waits for the connection on which nothing arrives, until that one breaks.
  await Promise.all([gateway.close(), line.close()])
}, 60_000)

test('a change whose gateway is killed before it can tell of it is shown all the same', async () => {
  const [first, second] = await Promise.all([started(), started()])
  await makeTeam(second.url, 'orphan')
  const watched = watch(second.url, 'orphan')
  await watched.next()
  // As soon as the charge is committed, whether or not its hint is out.
  await database.query(`
    create function kill_teller() returns trigger language plpgsql as
      $$ begin perform pg_notify('charged', ''); return null; end $$;
    create trigger kill_teller after insert on command for each row execute function kill_teller();
    listen charged`)
  database.once('notification', () => first.child.kill('SIGKILL'))
  await charge(first.url, 'orphan').catch(() => undefined)
  await stopped(first.child)
  expect((await watched.next()).balance.available).toBe('49900')
}, 60_000)
