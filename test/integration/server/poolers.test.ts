import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { openDatabase } from '../../../src/database/open.ts'
import { DatabaseUnsuitable } from '../../../src/database/server-requirements.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { spawnGateway, startGateway } from '../../setup/gateway.ts'
import { balanceOf, charge, makeTeam } from '../../setup/operator.ts'
import { noPgBouncer, type PgBouncer, startPgBouncer, withPgBouncer } from '../../setup/pgbouncer.ts'
import { connect, Watch } from '../../setup/watching.ts'

const log = pino({ level: 'silent' })
const pill = 'subscription { balance { available } }'
/** Nothing but a hint shows a pill what another gateway committed. */
const intervals = { pollEveryMs: 600_000 }
const oneSentence = /behind a pooler .*: set pool_mode=session for this database in PgBouncer, or set DATABASE_URL to /

let home: TestDatabase
let pooler: PgBouncer | undefined

const pool = async (settings: Record<string, string>): Promise<string> => {
  pooler = await startPgBouncer(inject('postgresUrl'), { default_pool_size: '60', ...settings })
  return pooler.behind(home.url)
}

describe.skipIf(noPgBouncer)(withPgBouncer('behind PgBouncer'), () => {
  beforeAll(async () => {
    home = await createTestDatabase()
  })

  afterEach(async () => {
    await pooler?.stop()
    pooler = undefined
  })

  afterAll(() => home.drop())

  test.each([
    ['that gives out the connection used last', {}],
    ['that gives out its connections in turn', { server_round_robin: '1', min_pool_size: '5' }],
    ['of a single connection', { default_pool_size: '1' }],
  ])('a pooler in transaction mode %s is refused', async (_, settings) => {
    const url = await pool({ pool_mode: 'transaction', ...settings })
    const refusal = await openDatabase({ url, log }).catch((error) => error)
    expect(refusal).toBeInstanceOf(DatabaseUnsuitable)
    expect(refusal.message).toMatch(oneSentence)
    expect(refusal.message).not.toContain(new URL(url).password)
  })

  test('a pooler in statement mode is refused, and the process ends with one sentence', async () => {
    const url = await pool({ pool_mode: 'statement' })
    const refusal = await spawnGateway({ DATABASE_URL: url }).catch((error) => error)
    expect(refusal.message.trim().split('\n')).toEqual([expect.stringMatching(oneSentence)])
  })

  test('in session mode two gateways charge, and the pill of one shows the charge of the other', async () => {
    const databaseUrl = await pool({ pool_mode: 'session' })
    const [one, other] = await Promise.all([
      startGateway({ databaseUrl, intervals }),
      startGateway({ databaseUrl, intervals }),
    ])
    await makeTeam(one.url, 'pooled')
    const client = connect(other.url, { team: 'pooled', role: 'VIEWER' })
    const watch = new Watch<{ balance: { available: string } }>(client, pill)
    await watch.until(({ balance }) => balance.available === '50000')
    await charge(one.url, 'pooled')
    await watch.until(({ balance }) => balance.available === '49900')
    expect(await balanceOf(other.url, 'pooled')).toMatchObject({ available: '49900' })
    await client.dispose()
    await Promise.all([one.close(), other.close()])
  })
})
