import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pino from 'pino'
import { expect, test } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { openDatabase } from '../../../src/database/open.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { purchaseId, teamId } from '../../../src/domain/identity.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { openLedger } from '../../../src/ledger/open-ledger.ts'
import { makeFolder } from '../../setup/folders.ts'
import { startGateway } from '../../setup/gateway.ts'
import { advanceClock, makeTeam } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

const balances = `subscription ($teamId: ID) { balance(teamId: $teamId) { available locked nextUnlock { amount at } } }`
const events = `subscription ($teamId: ID) { accountEvents(teamId: $teamId) { type amount at } }`
type Seen = { balance: { available: string; locked: string; nextUnlock: { amount: string; at: string } | null } }
type Heard = { accountEvents: { type: string; amount: string; at: string } }

test('an open pill gets the new balance when locked credits become available, and an event tells of them', async () => {
  const { source } = loadCatalog('catalogs/wevion.yaml')
  const catalog = join(await makeFolder('slow-'), 'slow.yaml')
  const fraud = 'fraud: { newTeamCredits: { percentAtOnce: 20, restAfterHours: 24 } }'
  await writeFile(catalog, `${source}\n${fraud}\n`)
  const gateway = await startGateway({ catalog })
  const client = connect(gateway.url, { team: 'slow', role: 'VIEWER' })
  const database = await openDatabase({ url: gateway.databaseUrl, log: pino({ level: 'silent' }) })
  const own = await openLedger(database)
  try {
    await makeTeam(gateway.url, 'slow')
    const watched = new Watch<Seen>(client, balances)
    const heard = new Watch<Heard>(client, events)
    const { available: before } = (await watched.next()).balance
    const price = { amount: 5_000_000_000n, currency: 'USD' }
    const sold = { purchase: purchaseId(1), cause: 'PURCHASE', price, costBasis: price, memberId: null } as const
    const paid = { source: 'payment 1', credits: 5_000n * MICRO, ofNewTeam: true, loss: null }
    await own.ledger.submit(keyless(teamId('slow'), { kind: 'land-purchase', ...sold, ...paid }))
    const { balance } = await watched.until((seen) => seen.balance.locked === '4000')
    expect(balance.available).toBe(`${Number(before) + 1_000}`)
    const at = balance.nextUnlock?.at ?? ''
    await advanceClock(gateway.url, new Date(Date.parse(at) - 2_000))
    const after = await watched.until((seen) => seen.balance.locked === '0')
    expect(after.balance.nextUnlock).toBeNull()
    const told = await heard.until(({ accountEvents: { amount } }) => amount === '4000')
    expect(told.accountEvents).toEqual({ type: 'CREDITS_ADDED', amount: '4000', at })
  } finally {
    await client.dispose()
    await own.close()
    await database.close()
    await gateway.close()
  }
})
