import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/database/open.ts'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { NANO } from '../../src/domain/amounts/money.ts'
import { purchaseId, teamId } from '../../src/domain/identity.ts'
import { keyless } from '../../src/ledger/deciding/team-state.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { compileCache, type Gateway, startGateway } from '../setup/gateway.ts'
import { advanceClock, makeTeam } from '../setup/operator.ts'

const formula = '=1+1'
/** The ledger's clock stands in the middle of a month: no month ends while the test runs. */
const midMonth = new Date(new Date().setUTCMonth(new Date().getUTCMonth() + 1, 15))
const month = midMonth.toISOString().slice(0, '2026-11'.length)
let gateway: Gateway
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'revenue-'))
  gateway = await startGateway()
  await advanceClock(gateway.url, midMonth)
  const database = await openDatabase({ url: gateway.databaseUrl, log: pino({ level: 'silent' }) })
  const { ledger, close } = await openLedger(database)
  const price = { amount: NANO, currency: 'USD' }
  for (const name of ['acme', formula]) {
    await makeTeam(gateway.url, name)
    const terms = { purchase: purchaseId(1), cause: 'PURCHASE', memberId: null, ofNewTeam: false, loss: null } as const
    const paid = { source: 'stripe:pi_1', credits: 3n * MICRO, price, costBasis: price }
    await ledger.submit(keyless(teamId(name), { kind: 'land-purchase', ...terms, ...paid }))
  }
  const taken = { source: 'stripe:pi_1', total: MICRO, reference: 're_1', frozen: false, loss: null, reason: null }
  await ledger.submit(keyless(teamId(formula), { kind: 'claw-back', ...taken }))
  await close()
  await database.close()
})
afterAll(async () => {
  await gateway?.close()
  await rm(directory, { recursive: true, force: true })
})

const run = (...args: string[]) =>
  new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) => {
    const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, DATABASE_URL: gateway.databaseUrl }
    execFile(process.execPath, ['src/programs/revenue.ts', ...args], { env }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, stdout, stderr }),
    )
  })

const money = 'open_at_start,sold,earned,expired,refunded,open_at_end'
const expected = [
  `month,team,kind,currency,${money},${money.replace(/\w+/g, 'credits_$&')}`,
  `${month},'${formula},PACKAGE,USD,0,1,0,0,0.33,0.67,0,3,0,0,1,2`,
  `${month},acme,PACKAGE,USD,0,1,0,0,0,1,0,3,0,0,0,3`,
]

test('the revenue program writes the month as CSV while a gateway runs, with no cell that a spreadsheet would compute', async () => {
  const { status, stdout, stderr } = await run(month)
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout.trimEnd().split('\n')).toEqual(expected)
})

test('the revenue program writes to the file that is named', async () => {
  const file = join(directory, 'revenue.csv')
  expect(await run(month, '--out', file)).toEqual({ status: 0, stdout: '', stderr: '' })
  expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toEqual(expected)
})

test('the revenue program used wrongly says how to use it, and fails', async () => {
  for (const args of [[], ['2026-13'], ['2999-01'], ['1', '2']])
    expect(await run(...args)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('-- 2026-11') })
})
