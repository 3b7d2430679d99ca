import { execFile } from 'node:child_process'
import pino from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDatabase } from '../../../src/database/open.ts'
import { moveClock, readClock } from '../../../src/ledger/clock/move-clock.ts'
import { startNightlyReconciliation } from '../../../src/payments/nightly-reconciliation.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'
import { Reconciliation } from '../../../src/payments/reconciliation.ts'
import { createTestDatabase } from '../../setup/database.ts'
import { compileCache } from '../../setup/gateway.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
beforeAll(async () => {
  scene = await openPaying()
})
afterAll(() => scene.close())

const later = (seconds: number) => scene.until(new Date(scene.sandbox.clock.now() + seconds * 1000).toISOString())

async function reconcile(signal = new AbortController().signal) {
  const { database, stripe } = scene
  return new Reconciliation({ database, stripe, signal, settleMs: 0 }).run(await readClock(database), 30)
}

async function bought(): Promise<Purchase & { readonly intent: string }> {
  const team = await scene.team()
  await scene.saveCard(team)
  const purchase = await scene.buy(team)
  if (purchase.intent === null) throw new Error('Nothing was paid')
  return { ...purchase, intent: purchase.intent }
}
const now = async ({ teamId }: Purchase) => (await scene.purchases(teamId))[0]

/** Runs with other facts of a purchase in the database. */
async function whileIt<T>({ teamId }: Purchase, changes: string, run: () => Promise<T>): Promise<T> {
  const { pool } = scene.database
  const { rows } = await pool.query('select * from purchase where team_id = $1', [teamId])
  await pool.query(`update purchase set ${changes}, ask_at = null where team_id = $1`, [teamId])
  try {
    return await run()
  } finally {
    const { state, reversals, payment_intent, price_amount } = rows[0]
    await pool.query(
      'update purchase set state = $2, reversals = $3, payment_intent = $4, price_amount = $5 where team_id = $1',
      [teamId, state, JSON.stringify(reversals), payment_intent, price_amount],
    )
  }
}

test('payments and purchases that agree have no difference; each payment gets its fee and, once there is one, its payout', async () => {
  const paid = await bought()
  const refunded = await bought()
  await scene.stripe.refunds.create({ payment_intent: refunded.intent, amount: 200 })
  await scene.sandbox.idle()
  expect(await reconcile()).toEqual({ payments: 0, differences: [] })
  await later(3_700)
  expect((await now(paid))?.booking).toBeNull()
  expect(await reconcile()).toEqual({ payments: 2, differences: [] })
  const { latest_charge: charge } = await scene.stripe.paymentIntents.retrieve(paid.intent, {
    expand: ['latest_charge.balance_transaction'],
  })
  const { id: transaction, fee } = (charge as { balance_transaction: { id: string; fee: number } }).balance_transaction
  const booking = { transaction, fee: { amount: BigInt(fee) * 10_000_000n, currency: 'USD' }, payout: null }
  expect((await now(paid))?.booking).toEqual(booking)

  await later(3 * 86_400)
  const [payout] = scene.sandbox.banks.payOut()
  scene.sandbox.banks.dispute(paid.intent)
  await scene.sandbox.idle()
  expect(await reconcile()).toEqual({ payments: 2, differences: [] })
  expect((await now(paid))?.booking).toEqual({ ...booking, payout })
  expect((await now(refunded))?.booking?.payout).toBe(payout)
})

test('each difference is found, from both sides', async () => {
  const purchase = await bought()
  const { teamId, id, intent } = purchase
  await later(3_700)
  const differs = async (changes: string) =>
    (await whileIt(purchase, changes, reconcile)).differences.map(({ kind, payment, stripe, here }) => [
      kind,
      payment,
      stripe,
      here,
    ])
  expect(await differs(`state = 'FAILED'`)).toEqual([['PAYMENT_NOT_COUNTED', intent, '$5', 'failed, $5']])
  expect(await differs('price_amount = 4000000000')).toEqual([['OTHER_AMOUNT', intent, '$5', 'paid, $4']])
  expect(await differs(`payment_intent = 'pi_none'`)).toEqual([
    ['SECOND_PAYMENT', intent, '$5', 'paid by pi_none'],
    ['PURCHASE_WITHOUT_PAYMENT', 'pi_none', 'no such payment', 'paid, $5'],
  ])
  const refund = '[{"id":"re_none","amount":"1000000000","effect":"WITHDRAWN"}]'
  expect(await differs(`reversals = '${refund}'`)).toEqual([['OTHER_REFUNDS', intent, '$5', 'paid, $5, $1 given back']])
  const customer = await scene.customer(teamId)
  const metadata = { team: teamId, purchase: `${id + 1}`, tag: 'of another ledger' }
  const terms = { amount: 700, currency: 'usd', customer, payment_method: 'pm_card_visa', confirm: true, metadata }
  const foreign = await scene.stripe.paymentIntents.create({ ...terms, return_url: 'https://a.example/' })
  await later(3_700)
  const found = [['PAYMENT_WITHOUT_PURCHASE', foreign.id, '$7', 'no such purchase']]
  expect(await differs('state = state')).toEqual(found)
})

test('a run that is called off ends at once, and reports nothing', async () => {
  await expect(reconcile(AbortSignal.abort())).rejects.toThrow(/abort/i)
})

test('npm run reconcile prints the differences, and fails where there is one', async () => {
  const { secretKey, webhookSecret, url } = scene.sandbox
  const run = (...args: string[]) =>
    new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) => {
      const stripe = { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_URL: url }
      const own = { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, DATABASE_URL: scene.databaseUrl }
      const env = { ...own, ...stripe }
      execFile(process.execPath, ['src/programs/reconcile.ts', ...args], { env }, (error, stdout, stderr) =>
        resolve({ status: error?.code ?? 0, stdout, stderr }),
      )
    })
  expect(await run('--days', '0')).toMatchObject({ status: 1, stderr: expect.stringContaining('1 to 400 days') })
  const differing = await run()
  expect(differing.stdout).toMatch(
    /^PAYMENT_WITHOUT_PURCHASE pi_\w+, purchase 2 of team-\d+\. Stripe: \$7\. Here: no such purchase\n4 payments .*, 1 differences\n$/,
  )
  expect(differing.status).toBe(1)
  await later(25 * 3_600)
  expect(await run('--days', '1')).toEqual({
    status: 0,
    stdout: '0 payments of the last 1 days, 0 differences\n',
    stderr: '',
  })
})

test('gateways compare once a day, one for all, and log a new difference once', async () => {
  const home = await createTestDatabase()
  const logged: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line).msg) })
  const database = await openDatabase({ url: home.url, log })
  const parts = { database, stripe: scene.stripe, log, settleMs: 0 }
  const gateways = [startNightlyReconciliation(parts), startNightlyReconciliation(parts)]
  /** The payments of another ledger: each is one that no purchase here explains. */
  const payments = 4
  const aDayLater = async () => {
    const before = gateways.map(({ last }) => last().doneAt)
    await later(25 * 3_600)
    await moveClock(database, Math.round(scene.sandbox.clock.now()))
    await vi.waitFor(
      () => {
        for (const { poke } of gateways) poke()
        for (const [index, { last }] of gateways.entries()) {
          expect(last().doneAt).not.toBe(before[index])
          expect(last().doneAt).not.toBeNull()
        }
      },
      { timeout: 20_000, interval: 20 },
    )
  }
  try {
    expect(gateways.map(({ last }) => last())).toEqual(gateways.map(() => ({ doneAt: null, differences: [] })))
    await aDayLater()
    expect(logged).toEqual(Array(payments).fill('A payment at Stripe and its purchase differ'))
    for (const { last } of gateways) {
      expect(last().differences.map(({ kind }) => kind)).toEqual(Array(payments).fill('PAYMENT_WITHOUT_PURCHASE'))
    }
    await aDayLater()
    expect(logged).toHaveLength(payments)
  } finally {
    await Promise.all(gateways.map(({ stop }) => stop()))
    await database.close()
    await home.drop()
  }
})
