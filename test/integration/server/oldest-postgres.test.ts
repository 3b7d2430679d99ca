import { once } from 'node:events'
import { type AddressInfo, connect as connectTo, createServer, type Server } from 'node:net'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openDatabase } from '../../../src/database/open.ts'
import { DatabaseUnsuitable } from '../../../src/database/server-requirements.ts'
import { brokenInvariants } from '../../setup/database.ts'
import { type Gateway, startGateway } from '../../setup/gateway.ts'
import {
  noOldestPostgres,
  type OldestPostgres,
  startOldestPostgres,
  withOldestPostgres,
} from '../../setup/oldest-postgres.ts'
import { advanceClock, charge, hold, makeTeam } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

/** Nothing but a hint shows a pill what another gateway committed. */
const intervals = { pollEveryMs: 600_000 }
const pill = 'subscription { balance { available held } }'

describe.skipIf(noOldestPostgres)(withOldestPostgres('on PostgreSQL 15, the oldest that is promised'), () => {
  let server: OldestPostgres | undefined
  let gateways: Gateway[] = []

  beforeAll(async () => {
    server = await startOldestPostgres()
  })

  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()))
    await server?.stop()
  })

  test('two gateways migrate, charge, hold, hear each other and post what came due, and the ledger is sound', async () => {
    const databaseUrl = server?.url ?? ''
    const start = () => startGateway({ databaseUrl, intervals })
    gateways = await Promise.all([start(), start()])
    const [one, other] = gateways.map(({ url }) => url) as [string, string]
    await makeTeam(one, 'old')
    const client = connect(other, { team: 'old', role: 'VIEWER' })
    const watch = new Watch<{ balance: { available: string; held: string } }>(client, pill)
    const shown = (available: string, held: string) =>
      watch.until(({ balance }) => balance.available === available && balance.held === held)
    await shown('50000', '0')
    expect(await charge(one, 'old')).toMatchObject({ __typename: 'Charge', amount: '100' })
    await shown('49900', '0')
    expect(await hold(one, 'old', 60)).toMatchObject({ __typename: 'Hold' })
    await shown('49800', '100')
    await advanceClock(one, new Date(Date.now() + 120_000))
    await shown('49900', '0')
    await client.dispose()
    const database = await openDatabase({ url: databaseUrl, log: pino({ level: 'silent' }), poolSize: 1 })
    // The sweeper posts the end of the hold.
    const open = "select count(*)::int as open from hold where state = 'OPEN'"
    await expect.poll(async () => (await database.pool.query(open)).rows).toEqual([{ open: 0 }])
    await database.close()
    expect(await brokenInvariants(databaseUrl)).toEqual([])
  })
})

test('an older PostgreSQL is refused at the start, with what to do', async () => {
  const server = new URL(inject('postgresUrl'))
  const door = await claiming('140012', server)
  const url = Object.assign(new URL(server), { port: (door.address() as AddressInfo).port }).href
  const refusal = await openDatabase({ url, log: pino({ level: 'silent' }) }).catch((error) => error)
  door.close()
  expect(refusal).toBeInstanceOf(DatabaseUnsuitable)
  expect(refusal.message).toMatch(
    /is PostgreSQL 14.*; the gateway needs 15 or later: upgrade that server, or set DATABASE_URL to a later one$/,
  )
  expect(refusal.message).not.toContain(server.password)
})

/** A line to a server whose answers name another version. */
async function claiming(version: string, server: URL): Promise<Server> {
  const door = createServer((caller) => {
    const line = connectTo(Number(server.port), server.hostname)
    for (const end of [caller, line]) end.on('error', () => undefined)
    caller.pipe(line)
    line.on('data', (answer) => {
      const said = answer
        .toString('latin1')
        .replace(/18\d{4}/g, version)
        .replace(/18(\.\d)/g, '14$1')
      caller.write(Buffer.from(said, 'latin1'))
    })
    line.once('close', () => caller.destroy())
  })
  await once(door.listen(0, '127.0.0.1'), 'listening')
  return door
}
