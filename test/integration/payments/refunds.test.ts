import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import { memberId, type TeamId } from '../../../src/domain/identity.ts'
import { StripeUnavailable } from '../../../src/payments/payments.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'
import { openPaying, type Paying } from './scene.ts'

const caller = { id: memberId('operator'), role: 'PLATFORM' } as const
const act = {
  mutation: 'refundPurchase',
  caller,
  credential: 'TOKEN',
  reference: null,
  address: null,
  traceId: null,
} as const
const usd = (dollars: number) => (BigInt(Math.round(dollars * 100)) * NANO) / 100n
const refunds = { method: 'POST', path: '/v1/refunds' } as const

let scene: Paying
beforeAll(async () => {
  scene = await openPaying()
})
afterAll(() => scene.close())

let keys = 0
const newKey = () => `key-${keys++}`

/** A team with 500 credits of its plan and 5,000 that cost 5 dollars, of which it has used some. */
async function bought(used = 0): Promise<{ team: TeamId; purchase: Purchase }> {
  const team = await scene.team()
  await scene.saveCard(team)
  const purchase = await scene.buy(team)
  if (used > 0) {
    const usage = [{ rate: 'video.luma-ray-3', quantity: BigInt(used / 100) * MICRO, count: 1 }]
    await scene.submit(team, { kind: 'charge-usage', usage, reference: null, memberId: null, caller })
  }
  return { team, purchase }
}

const refund = (team: TeamId, { id }: Purchase, amount: bigint | null, key = newKey()) =>
  scene.payments.refund(
    { teamId: team, key, fingerprint: `${amount}`, purchaseId: id, amount, reason: 'by mistake' },
    act,
  )

const refundsOf = async ({ intent }: Purchase) =>
  (await scene.stripe.refunds.list({ payment_intent: intent ?? '', limit: 100 })).data

test('gives back the part of the price that is unused, and takes back those credits', async () => {
  const { team, purchase } = await bought(2_500)
  expect(await refund(team, purchase, null)).toMatchObject({ kind: 'refunded', purchase: { state: 'PAID' } })
  const { rows } = await scene.database.pool.query('select after from audit_record where team_id = $1', [team])
  expect(rows).toEqual([{ after: { amount: '3', currency: 'USD', reason: 'by mistake' } }])
  expect(await refundsOf(purchase)).toMatchObject([{ amount: 300, reason: 'requested_by_customer' }])
  expect(await scene.account(team)).toMatchObject({ available: 0n, owed: 0n })
})

test('gives back a given amount, and what is spent becomes owed', async () => {
  const { team, purchase } = await bought(4_500)
  expect(await scene.payments.refundPreview(team, purchase.id, usd(5))).toEqual({
    amount: { amount: usd(5), currency: 'USD' },
    refundable: { amount: usd(5), currency: 'USD' },
    credits: 1_000n * MICRO,
    owed: 4_000n * MICRO,
  })
  expect(await refund(team, purchase, usd(5))).toMatchObject({ kind: 'refunded', purchase: { state: 'REFUNDED' } })
  expect(await scene.account(team)).toMatchObject({ available: 0n, owed: 4_000n * MICRO })
})

test('gives back once for a key, which another refund can not use', async () => {
  const { team, purchase } = await bought()
  const key = newKey()
  const [one, other] = await Promise.all([refund(team, purchase, usd(1), key), refund(team, purchase, usd(1), key)])
  expect([one.kind, other.kind]).toEqual(['refunded', 'refunded'])
  expect(await refund(team, purchase, usd(1), key)).toMatchObject({ kind: 'refunded' })
  expect(await refund(team, purchase, usd(2), key)).toEqual({ kind: 'conflict' })
  expect(await refundsOf(purchase)).toMatchObject([{ amount: 100 }])
  expect(await scene.available(team)).toBe(4_500n * MICRO)
})

test('never gives back more than was paid, however many ask at once', async () => {
  const { team, purchase } = await bought()
  // While the outcome of another refund is not known, a refund is told to come again.
  const decided = async (key: string): ReturnType<typeof refund> => {
    try {
      return await refund(team, purchase, usd(2), key)
    } catch (error) {
      if (error instanceof StripeUnavailable) return decided(key)
      throw error
    }
  }
  const all = await Promise.all(Array.from({ length: 5 }, () => decided(newKey())))
  expect(all.filter(({ kind }) => kind === 'refunded')).toHaveLength(2)
  expect(all.filter(({ kind }) => kind === 'exceeds')).toHaveLength(3)
  expect(await refund(team, purchase, usd(2))).toEqual({
    kind: 'exceeds',
    refundable: { amount: usd(1), currency: 'USD' },
  })
  expect(await scene.available(team)).toBe(1_500n * MICRO)
})

describe('is refused, with nothing given back and no record,', () => {
  test.each([
    ['an amount that the currency does not have', usd(1) + 1n, 'too-fine'],
    ['more than was paid', usd(6), 'exceeds'],
  ])('for %s', async (_, amount, kind) => {
    const { team, purchase } = await bought()
    expect(await refund(team, purchase, amount)).toMatchObject({ kind })
    expect(await refundsOf(purchase)).toEqual([])
    const { rows } = await scene.database.pool.query('select from audit_record where team_id = $1', [team])
    expect(rows).toEqual([])
  })

  test('where everything is used and no amount is given', async () => {
    const { team, purchase } = await bought(5_500)
    expect(await refund(team, purchase, null)).toEqual({
      kind: 'exceeds',
      refundable: { amount: usd(5), currency: 'USD' },
    })
  })

  test('for a purchase that is not paid, or is disputed', async () => {
    const { team, purchase } = await bought()
    scene.sandbox.banks.dispute(purchase.intent ?? '')
    await scene.sandbox.idle()
    expect(await refund(team, purchase, null)).toMatchObject({ kind: 'exceeds', refundable: { amount: 0n } })
    const waiting = await scene.buy(team, 'starter', 'CHECKOUT')
    expect(await refund(team, waiting, null)).toMatchObject({ kind: 'exceeds', refundable: { amount: 0n } })
  })
})

test.each([
  ['by itself where nobody asks again', 2],
  ['found where Stripe has forgotten its key', 25 * 60],
])('is made once where its answer is lost: %s', async (_, minutes) => {
  const { team, purchase } = await bought()
  scene.sandbox.faults.add({ do: 'cut-after', times: 2, ...refunds })
  await expect(refund(team, purchase, usd(2))).rejects.toThrow('Payments are out of reach')
  await scene.until(new Date(scene.sandbox.clock.now() + minutes * 60_000).toISOString())
  await expect.poll(async () => (await scene.database.pool.query(states, [team])).rows).toEqual([{ state: 'MADE' }])
  expect(await refundsOf(purchase)).toMatchObject([{ amount: 200 }])
  expect((await scene.purchases(team))[0]?.reversals).toMatchObject([{ amount: usd(2), effect: 'WITHDRAWN' }])
})

test('is found at the next try where Stripe made it and failed, however long it repeats that failure', async () => {
  const { team, purchase } = await bought()
  const key = newKey()
  scene.sandbox.faults.add({ do: 'fail-after', ...refunds })
  await expect(refund(team, purchase, usd(2), key)).rejects.toThrow('Payments are out of reach')
  expect(await refund(team, purchase, usd(2), key)).toMatchObject({ kind: 'refunded' })
  expect(await refundsOf(purchase)).toMatchObject([{ amount: 200 }])
})

test('holds up no other one, whatever keeps Stripe from making it', async () => {
  const stuck = await bought()
  scene.sandbox.faults.add({ do: 'fail-before', ...refunds })
  await expect(refund(stuck.team, stuck.purchase, usd(2))).rejects.toThrow('Payments are out of reach')
  const lost = await bought()
  scene.sandbox.faults.add({ do: 'cut-after', times: 2, ...refunds })
  await expect(refund(lost.team, lost.purchase, usd(2))).rejects.toThrow('Payments are out of reach')
  await scene.until(new Date(scene.sandbox.clock.now() + 120_000).toISOString())
  await expect
    .poll(async () => (await scene.database.pool.query(states, [lost.team])).rows)
    .toEqual([{ state: 'MADE' }])
})

const states = 'select state from purchase_refund where team_id = $1'

describe('a payment that is no purchase', () => {
  test.each([
    ['refunded', 'refund.created', '500000000', 'WITHDRAWN'],
    ['disputed', 'charge.dispute.created', '500000000', 'WITHDRAWN'],
    ['warned of', 'radar.early_fraud_warning.created', undefined, undefined],
    ['reviewed', 'review.opened', undefined, undefined],
  ] as const)('and is %s takes no credits back, and is a warning in the log', async (fate, type, amount, effect) => {
    const { team, purchase } = await bought()
    const customer = purchase.customer ?? ''
    const { id: payment_method } = await scene.stripe.paymentMethods.attach('pm_card_visa', { customer })
    const paid = { amount: 50, currency: 'usd', customer, payment_method, confirm: true } as const
    const { id } = await scene.stripe.paymentIntents.create({ ...paid, return_url: 'https://app.example' })
    const { banks } = scene.sandbox
    if (fate === 'refunded') await scene.stripe.refunds.create({ payment_intent: id })
    else if (fate === 'disputed') banks.dispute(id)
    else if (fate === 'warned of') banks.warnOfFraud(id)
    else banks.review(id)
    await scene.sandbox.idle()
    const [event] = (await scene.stripe.events.list({ type, limit: 1 })).data
    const told = scene.logged.filter(({ event: of }) => (of as { id?: string } | undefined)?.id === event?.id)
    const msg = expect.stringContaining('nobody can tell which credits it brought: none are taken back')
    expect(told).toMatchObject([{ level: 40, msg, event: { type } }])
    expect(told[0]).toMatchObject({ ...(amount === undefined ? {} : { amount }), ...(effect ? { effect } : {}) })
    const text = 'select type from stripe_event where id = $1'
    expect((await scene.database.pool.query(text, [event?.id])).rows).toEqual([{ type }])
    expect(await scene.available(team)).toBe(5_500n * MICRO)
    expect(await scene.purchases(team)).toMatchObject([{ state: 'PAID', reversals: [], warning: null, review: null }])
  })
})
