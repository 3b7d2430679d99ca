import { Writable } from 'node:stream'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { lockAccounts, lockTable } from '../../setup/locked-accounts.ts'
import { untilMetric } from '../../setup/metrics.ts'
import { balanceOf, makeTeam, mutate } from '../../setup/operator.ts'
import { RawSocket } from '../../setup/raw-socket.ts'

const patience = { timeout: 10_000 }
let gateway: Gateway
let database: pg.Client
let authorization: string
const logged: string[] = []

beforeAll(async () => {
  const lines = new Writable({
    write(line, _, done) {
      logged.push(String(line))
      done()
    },
  })
  gateway = await startGateway({ log: pino({ level: 'error' }, lines) })
  await makeTeam(gateway.url, 'leaving')
  authorization = `Bearer ${await tokenFor({ team: 'leaving', role: 'ADMIN' })}`
  database = new pg.Client({ connectionString: gateway.databaseUrl })
  await database.connect()
})
afterAll(async () => {
  await database?.end()
  await gateway?.close()
})

/** Statements of the gateway that wait for a lock of a table. */
async function waiting(table: string): Promise<number> {
  const { rows } = await database.query(
    `select count(*)::int as waiting from pg_stat_activity join pg_locks using (pid)
     where datname = current_database() and not granted and relation = $1::regclass`,
    [table],
  )
  return rows[0].waiting
}

async function open(): Promise<RawSocket> {
  const socket = await RawSocket.open(gateway.url)
  onTestFinished(() => socket.terminate())
  await socket.init(authorization)
  return socket
}

const ways: readonly (readonly [string, (socket: RawSocket) => Promise<unknown>])[] = [
  [
    'completes its operation',
    (socket) => {
      socket.complete('1')
      return socket.heard()
    },
  ],
  [
    'closes its socket',
    (socket) => {
      socket.terminate()
      return untilMetric(gateway.url, 'credits_open_sockets', 0)
    },
  ],
]

describe.each(ways)('a client that %s', (way, leave) => {
  test('ends its readings in the database', async () => {
    const lock = await lockTable(gateway.databaseUrl, 'audit_record', 'readings')
    const socket = await open()
    socket.subscribe('1', '{ team { auditLog(first: 1) { nodes { at } } } }')
    await expect.poll(() => waiting('audit_record'), patience).toBe(1)
    await leave(socket)
    await expect.poll(() => waiting('audit_record'), patience).toBe(0)
    await untilMetric(gateway.url, 'credits_operations_under_way', 0)
    await lock.release()
  })

  test.each(['second', 'then'])('leaves the field %s of its mutation undone', async (late) => {
    const key = (name: string) => `${way}-${late}-${name}`
    const charged = (name: string) =>
      `${name}: chargeUsage(input: { idempotencyKey: "${key(name)}", usage: [{ rate: "image.flux-2-pro" }] }) { __typename }`
    const before = Number((await balanceOf(gateway.url, 'leaving')).available)
    const lock = await lockAccounts(gateway.databaseUrl)
    const socket = await open()
    socket.subscribe('1', `mutation { ${charged('first')} ${charged(late)} }`)
    await expect.poll(() => waiting('account'), patience).toBeGreaterThan(0)
    await leave(socket)
    await lock.release()
    await untilMetric(gateway.url, 'credits_operations_under_way', 0)
    const after = Number((await balanceOf(gateway.url, 'leaving')).available)
    const again = { teamId: 'leaving', idempotencyKey: key('other'), usage: [{ rate: 'image.flux-2-pro' }] }
    const { amount } = await mutate(gateway.url, 'chargeUsage', again)
    expect(before - after).toBe(Number(amount))
  })
})

test('nobody who leaves is logged as a defect', () => {
  expect(logged).toEqual([])
})
