import { Writable } from 'node:stream'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { lockAccounts, lockTable } from '../../setup/locked-accounts.ts'
import { metric, untilMetric } from '../../setup/metrics.ts'
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

/** Asks, and returns how the client leaves; that resolves when the gateway knows of it. */
type Ask = (query: string) => Promise<() => Promise<unknown>>

const overSocket =
  (leave: (socket: RawSocket) => Promise<unknown>): Ask =>
  async (query) => {
    const socket = await RawSocket.open(gateway.url)
    onTestFinished(() => socket.terminate())
    await socket.init(authorization)
    socket.subscribe('1', query)
    return () => leave(socket)
  }

const ways: readonly (readonly [string, Ask])[] = [
  [
    'completes its operation',
    overSocket((socket) => {
      socket.complete('1')
      return socket.heard()
    }),
  ],
  [
    'closes its socket',
    overSocket((socket) => {
      socket.terminate()
      return untilMetric(gateway.url, 'credits_open_sockets', 0)
    }),
  ],
  [
    'hangs up',
    async (query) => {
      const leaving = new AbortController()
      const headers = { authorization, 'content-type': 'application/json' }
      const request = { method: 'POST', headers, body: JSON.stringify({ query }), signal: leaving.signal }
      const answer = fetch(`${gateway.url}/graphql`, request)
      return async () => {
        leaving.abort()
        await expect(answer).rejects.toThrow('aborted')
        // The one that asks for the metric.
        await untilMetric(gateway.url, 'credits_http_requests_under_way', 1)
      }
    },
  ],
]

describe.each(ways)('a client that %s', (way, ask) => {
  test('ends its readings in the database', async () => {
    const lock = await lockTable(gateway.databaseUrl, 'audit_record', 'readings')
    const leave = await ask('{ team { auditLog(first: 1) { nodes { at } } } }')
    await expect.poll(() => waiting('audit_record'), patience).toBe(1)
    await leave()
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
    const leave = await ask(`mutation { ${charged('first')} ${charged(late)} }`)
    await expect.poll(() => waiting('account'), patience).toBeGreaterThan(0)
    await leave()
    const underWay = await metric(gateway.url, 'credits_operations_under_way')
    await lock.release()
    await untilMetric(gateway.url, 'credits_operations_under_way', 0)
    const after = Number((await balanceOf(gateway.url, 'leaving')).available)
    const again = { teamId: 'leaving', idempotencyKey: key('other'), usage: [{ rate: 'image.flux-2-pro' }] }
    const { amount } = await mutate(gateway.url, 'chargeUsage', again)
    expect({ underWay, charged: before - after }).toEqual({ underWay: 1, charged: Number(amount) })
  })
})

test('nobody who leaves is logged as a defect', () => {
  expect(logged).toEqual([])
})
