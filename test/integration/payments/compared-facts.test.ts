import type { PoolClient } from 'pg'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { type Database, openDatabase } from '../../../src/database/open.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { publishFile } from '../../../src/ledger/catalogs/publish-file.ts'
import { openLedger } from '../../../src/ledger/open-ledger.ts'
import type { Observation } from '../../../src/payments/purchase.ts'
import { readPurchase } from '../../../src/payments/purchase-rows.ts'
import { createFactRecorder, type FactRecorder } from '../../../src/payments/record-facts.ts'
import type { PurchaseName } from '../../../src/payments/stripe-metadata.ts'
import { createTestDatabase } from '../../setup/database.ts'

let own: Awaited<ReturnType<typeof createTestDatabase>>
let database: Database
let opened: Awaited<ReturnType<typeof openLedger>>
let recorder: FactRecorder
let made = 0

beforeAll(async () => {
  // The other gateway writes a part of what a gateway writes, or deletes a row.
  own = await createTestDatabase({ verified: false })
  const log = pino({ level: 'silent' })
  database = await openDatabase({ url: own.url, poolSize: 8, log })
  opened = await openLedger(database)
  await publishFile(opened.catalogs, loadCatalog('catalogs/wevion.yaml'), () => undefined)
  recorder = createFactRecorder(database, opened.ledger, log)
})
afterAll(async () => {
  await opened.close()
  await database.close()
  await own.drop()
})

/** A purchase of 5,000 credits that waits for its payment. */
async function begun(): Promise<PurchaseName> {
  made += 1
  const team = teamId(`team-${made}`)
  const submit = (command: Parameters<typeof opened.ledger.submit>[0]['command']) =>
    opened.ledger.submit({ teamId: team, key: null, fingerprint: '', command })
  const plan = { planId: 'free', teamName: null, seats: 1, interval: null, anchor: null } as const
  await submit({ kind: 'assign-plan', ...plan })
  const terms = { packageId: 'starter', pay: 'SAVED_METHOD', successUrl: null, cancelUrl: null } as const
  const { outcome } = await submit({
    kind: 'begin-purchase',
    ...terms,
    memberId: null,
    caller: { id: null, role: 'ADMIN' },
  })
  if (outcome.kind !== 'purchase') throw new Error(`Not begun: ${JSON.stringify(outcome)}`)
  return { teamId: team, id: outcome.purchase.id }
}

const paid = ({ teamId: team }: PurchaseName): Observation => ({ outcome: 'PAID', intent: `pi_${team}` })
const eventOf = ({ teamId: team }: PurchaseName) => ({
  ...{ id: `evt_${team}`, type: 'payment_intent.succeeded', object: `pi_${team}`, createdAt: 0 },
})
const record = (purchase: PurchaseName) =>
  recorder.record({ purchase, tag: null, see: () => paid(purchase), event: eventOf(purchase) })

const isTold = async (purchase: PurchaseName) =>
  (await database.pool.query('select from stripe_event where id = $1', [eventOf(purchase).id])).rowCount === 1
const bought = async (team: TeamId) =>
  (await database.pool.query(`select granted::text from credit_grant where team_id = $1 and kind = 'PACKAGE'`, [team]))
    .rows
const once = [{ granted: `${5_000n * MICRO}` }]

const held = `select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`

/** Another gateway has the rows locked, until the payment's record waits for them, and commits its own writing then. */
async function overtaken(lock: string, purchase: PurchaseName, other: Other) {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    await client.query(`select from ${lock} where team_id = $1 for update`, [purchase.teamId])
    const result = record(purchase)
    await expect.poll(async () => (await database.pool.query(held)).rowCount).toBe(1)
    await other(client)
    await client.query('commit')
    return await result
  } finally {
    client.release()
  }
}
type Other = (client: PoolClient) => Promise<unknown>

describe('facts of a row that another gateway writes at the same time', () => {
  test('are added to newer ones, and the event is stored with them', async () => {
    const name = await begun()
    const after = await overtaken('purchase', name, (client) =>
      client.query(
        `update purchase set facts = 1, posted = 1, checkout_session = 'cs_other', receipt_url = 'https://other' where team_id = $1`,
        [name.teamId],
      ),
    )
    expect(after).toMatchObject({
      state: 'PAID',
      session: 'cs_other',
      receiptUrl: 'https://other',
      facts: 2,
      posted: 2,
    })
    expect(await readPurchase(database.pool, name.teamId, name.id)).toMatchObject({ facts: 2, posted: 2 })
    expect(await isTold(name)).toBe(true)
    expect(await bought(name.teamId)).toEqual(once)
  })

  test.each([
    ['are written once where they are the same, and posted where the other gateway died before that', 0, once],
    ['are neither written nor posted again where they are the same', 1, []],
  ])('%s', async (_, posted, grants) => {
    const name = await begun()
    const after = await overtaken('purchase', name, (client) =>
      client.query(
        `update purchase set state = 'PAID', payment_intent = $2, facts = 1, posted = $3 where team_id = $1`,
        [name.teamId, paid(name).intent, posted],
      ),
    )
    expect(after).toMatchObject({ state: 'PAID', facts: 1, posted: 1 })
    expect(await isTold(name)).toBe(true)
    expect(await bought(name.teamId)).toEqual(grants)
  })

  test('are of no purchase where its row has vanished, and the event is stored', async () => {
    const name = await begun()
    const after = await overtaken('purchase', name, (client) =>
      client.query('delete from purchase where team_id = $1', [name.teamId]),
    )
    expect(after).toBe(null)
    expect(await isTold(name)).toBe(true)
    expect(await bought(name.teamId)).toEqual([])
  })
})

describe('commands that post facts', () => {
  const bumped = 'update account set version = version + 1 where team_id = $1'

  test('are decided again where another gateway has written the team since it was read', async () => {
    const name = await begun()
    const after = await overtaken('account', name, (client) => client.query(bumped, [name.teamId]))
    expect(after).toMatchObject({ state: 'PAID', facts: 1, posted: 1 })
    expect(await bought(name.teamId)).toEqual(once)
  })

  test('have no effect where another gateway has posted the facts since the team was read', async () => {
    const name = await begun()
    const after = await overtaken('account', name, async (client) => {
      await client.query(bumped, [name.teamId])
      await client.query('update purchase set posted = facts where team_id = $1', [name.teamId])
    })
    expect(after).toMatchObject({ posted: 1 })
    expect(await bought(name.teamId)).toEqual([])
  })

  test('of older facts leave the number and the next look of newer ones', async () => {
    const name = await begun()
    await overtaken('account', name, (client) =>
      client.query(`update purchase set facts = 2, ask_at = '2100-01-01T00:00:00Z' where team_id = $1`, [name.teamId]),
    )
    const { rows } = await database.pool.query(
      `select facts, posted, ask_at = '2100-01-01T00:00:00Z' as is_kept from purchase where team_id = $1`,
      [name.teamId],
    )
    expect(rows).toEqual([{ facts: 2, posted: 1, is_kept: true }])
    expect(await bought(name.teamId)).toEqual(once)
    await database.pool.query('update purchase set posted = 2 where team_id = $1', [name.teamId])
    const posts = { purchase: name.id, facts: 1, askAt: null }
    const refusing = { kind: 'claw-back', source: `stripe:pi_${name.teamId}`, reference: 'late' } as const
    const { outcome } = await opened.ledger.submit({
      ...{ teamId: name.teamId, key: null, fingerprint: '', posts },
      command: { ...refusing, total: 5_000n * MICRO, frozen: false, loss: 'REFUNDED', reason: 'late' },
    })
    expect(outcome).toEqual({ kind: 'done' })
    expect((await opened.teams.read(name.teamId))?.account.available).toBe(5_500n * MICRO)
  })
})
