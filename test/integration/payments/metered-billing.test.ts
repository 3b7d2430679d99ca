import pino from 'pino'
import { expect, test, vi } from 'vitest'
import { openDatabase } from '../../../src/database/open.ts'
import type { BillName } from '../../../src/payments/metered-bill-rows.ts'
import { startMeteredBilling } from '../../../src/payments/metered-billing.ts'
import { createTestDatabase } from '../../setup/database.ts'

test('a month that can not be looked through keeps no bill from its invoice', async () => {
  const own = await createTestDatabase()
  const log = pino({ level: 'silent' })
  const database = await openDatabase({ url: own.url, poolSize: 2, log })
  await database.pool.query(`insert into metered_bill (team_id, month, currency, amount, lines, state, created_at, ask_at)
    values ('team', '2026-01', 'USD', 10000000, '[]', 'DUE', ledger_now(), ledger_now())`)
  const invoiced: BillName[] = []
  const invoice = async (bill: BillName) => void invoiced.push(bill)
  const look = () => Promise.reject(new Error('team can not be rolled forward'))
  const rounds = startMeteredBilling(database, { look }, invoice, log)
  await vi.waitUntil(() => invoiced.length > 0, 10_000)
  await rounds.stop()
  expect(invoiced).toEqual([{ teamId: 'team', month: '2026-01', currency: 'USD' }])
  await database.pool.query('delete from metered_bill')
  await database.close()
  await own.drop()
})
