import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LedgerUnavailable, retryLostConnection } from '../../src/ledger/retry-lost-connection.ts'

const lost = () => Object.assign(new Error('The line was cut'), { code: 'ECONNRESET' })
const patienceMs = 40

test('what was under way for longer than the patience when its connection was lost is tried again', async () => {
  let runs = 0
  const run = async () => {
    runs += 1
    if (runs > 1) return 'done'
    await delay(2 * patienceMs)
    throw lost()
  }
  expect(await retryLostConnection(run, patienceMs)).toBe('done')
})

test('what never reaches the database is given up, with what to do', async () => {
  const giving = retryLostConnection(() => Promise.reject(lost()), patienceMs)
  await expect(giving).rejects.toThrow(LedgerUnavailable)
  await expect(giving).rejects.toThrow('try again with the same key')
})
