import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { openPaying, type Paying } from './scene.ts'

const caller = { id: null, role: 'ADMIN' } as const
const terms = {
  threshold: 3_000n * MICRO,
  packageId: 'starter',
  monthlyCap: null,
  targetBalance: null,
  maxPerDay: null,
}
const usage = [{ rate: 'video.luma-ray-3', quantity: MICRO, count: 1 }]

let scene: Paying
beforeAll(async () => {
  scene = await openPaying()
})
afterAll(() => scene.close())

const configure = (team: TeamId) => scene.submit(team, { kind: 'configure-recharge', enabled: true, ...terms, caller })
const use = (team: TeamId) =>
  scene.submit(team, { kind: 'charge-usage', usage, reference: null, memberId: null, caller })
const recharge = async (team: TeamId) => (await scene.account(team)).recharge

/** A team whose recharge has bought a package by its saved card. */
async function recharged(): Promise<{ team: TeamId; intent: string }> {
  const team = await scene.team()
  await scene.saveCard(team)
  await configure(team)
  await use(team)
  await expect.poll(() => scene.purchases(team)).toMatchObject([{ state: 'PAID' }])
  await expect.poll(async () => (await recharge(team))?.state).toBe('ARMED')
  return { team, intent: (await scene.purchases(team))[0]?.intent ?? '' }
}

const losses: [string, (intent: string) => unknown][] = [
  ['disputed', (intent) => scene.sandbox.banks.dispute(intent)],
  ['refunded as a whole', (intent) => scene.stripe.refunds.create({ payment_intent: intent })],
  ['warned of', (intent) => scene.sandbox.banks.warnOfFraud(intent)],
  ['reviewed for fraud', (intent) => scene.sandbox.banks.review(intent)],
]

describe.each(losses)('a recharge whose payment is %s', (_, lose) => {
  let team: TeamId

  test('is paused with the reason, and buys nothing however little is left', async () => {
    const paid = await recharged()
    team = paid.team
    await lose(paid.intent)
    await scene.sandbox.idle()
    expect(await recharge(team)).toMatchObject({
      state: 'PAUSED',
      lastFailure: expect.stringContaining('Save another one, then set auto-recharge again'),
    })
    await use(team)
    await use(team)
    expect(await scene.purchases(team)).toHaveLength(1)
    expect(await scene.available(team)).toBeLessThan(terms.threshold)
  })

  test('finds no method, neither that one nor the same card saved again', async () => {
    expect(await scene.payments.hasSavedMethod(team)).toBe(false)
    await scene.saveCard(team)
    await scene.sandbox.idle()
    expect(await scene.payments.hasSavedMethod(team)).toBe(false)
    expect(await recharge(team)).toMatchObject({ state: 'PAUSED' })
    expect(await scene.buy(team, 'starter', 'SAVED_METHOD')).toMatchObject({ declineCode: 'no_payment_method' })
  })

  test('goes on with another card', async () => {
    await scene.saveCard(team, 'pm_card_mastercard')
    await scene.sandbox.idle()
    expect(await scene.payments.hasSavedMethod(team)).toBe(true)
    await expect.poll(async () => (await recharge(team))?.state).toBe('ARMED')
    const paid = (await scene.purchases(team)).filter(({ state }) => state === 'PAID')
    expect(paid.at(0)?.paymentMethod).toBe(await scene.savedCard(team))
  })
})

test('a card that was lost is charged again once the dispute is won', async () => {
  const { team, intent } = await recharged()
  const dispute = scene.sandbox.banks.dispute(intent)
  await scene.sandbox.idle()
  expect(await scene.payments.hasSavedMethod(team)).toBe(false)
  scene.sandbox.banks.decideDispute(dispute, 'won')
  await scene.sandbox.idle()
  expect(await scene.payments.hasSavedMethod(team)).toBe(true)
  expect(await recharge(team)).toMatchObject({ state: 'ARMED', lastFailure: null })
})

test('a card that was disputed is not charged either where Checkout had saved it', async () => {
  const team = await scene.team()
  const { checkoutUrl, id } = await scene.buy(team, 'starter', 'CHECKOUT')
  await submit(checkoutUrl ?? '', { email: 'ana@example.com', card: '4242424242424242' })
  await scene.sandbox.idle()
  await expect.poll(() => scene.payments.hasSavedMethod(team)).toBe(true)
  const { intent } = await scene.payments.advance(team, id)
  scene.sandbox.banks.dispute(intent ?? '')
  await scene.sandbox.idle()
  expect(await scene.payments.hasSavedMethod(team)).toBe(false)
})

test('a review that lets the payment pass gives the credits back and arms the recharge', async () => {
  const { team, intent } = await recharged()
  const before = await scene.available(team)
  const review = scene.sandbox.banks.review(intent)
  await scene.sandbox.idle()
  expect(await recharge(team)).toMatchObject({ state: 'PAUSED', loss: 'REVIEWED' })
  expect(await scene.available(team)).toBeLessThan(before)
  await scene.stripe.reviews.approve(review)
  await scene.sandbox.idle()
  expect(await recharge(team)).toMatchObject({ state: 'ARMED', lastFailure: null })
  expect(await scene.available(team)).toBe(before)
  expect(await scene.payments.hasSavedMethod(team)).toBe(true)
})

test('credits that a warning froze are not available, and come back with what was held of them', async () => {
  const team = await scene.team()
  await scene.saveCard(team)
  const { intent } = await scene.buy(team)
  const held = [{ rate: 'video.luma-ray-3', quantity: 10n * MICRO, count: 1 }]
  const hold = { kind: 'place-hold', usage: held, expiresInSeconds: 600, reference: null, memberId: null } as const
  const { outcome } = await scene.submit(team, { ...hold, caller })
  if (outcome.kind !== 'hold') throw new Error('Nothing was held')
  scene.sandbox.banks.warnOfFraud(intent ?? '')
  await scene.sandbox.idle()
  const { available, held: stillHeld, owed } = await scene.account(team)
  expect([available, stillHeld, owed]).toEqual([0n, outcome.hold.amount, 0n])
  const end = {
    kind: 'release-hold',
    holdId: outcome.hold.id,
    reason: null,
    caller: { id: null, role: 'PLATFORM' },
  } as const
  expect((await scene.submit(team, end)).outcome).toMatchObject({ kind: 'hold' })
  expect(await scene.available(team)).toBe(500n * MICRO)
})

test('what a session saved is what is charged, also a Link method that is attached and not the default', async () => {
  const team = await scene.team()
  await scene.saveCard(team)
  const first = await scene.savedCard(team)
  const { checkoutUrl } = await scene.buy(team, 'starter', 'CHECKOUT')
  await submit(checkoutUrl ?? '', { email: 'ana@example.com', card: 'link' })
  await scene.sandbox.idle()
  await expect.poll(() => scene.savedCard(team)).not.toBe(first)
  const saved = await scene.stripe.paymentMethods.retrieve(await scene.savedCard(team))
  expect(saved.type).toBe('link')
  expect(await scene.buy(team)).toMatchObject({ state: 'PAID', paymentMethod: saved.id })
})

test('a Link method that is attached counts as saved', async () => {
  const team = await scene.team()
  const customer = await scene.customer(team)
  const link = await scene.stripe.paymentMethods.create({ type: 'link', billing_details: { email: 'ana@example.com' } })
  await scene.stripe.paymentMethods.attach(link.id, { customer })
  expect(await scene.payments.hasSavedMethod(team)).toBe(true)
  expect(await scene.buy(team)).toMatchObject({ state: 'PAID', paymentMethod: link.id })
})

test('the page that saves a method offers those of the catalog, and what it saves is the default', async () => {
  const team = await scene.team()
  const url = await scene.payments.setupPage(team, 'https://app.example/billing')
  await submit(url, { email: 'ana@example.com', card: 'link' })
  await scene.sandbox.idle()
  const saved = await scene.stripe.paymentMethods.retrieve(await scene.savedCard(team))
  expect(saved.type).toBe('link')
  const [session] = (await scene.stripe.checkout.sessions.list({ customer: await scene.customer(team) })).data
  expect(session?.allowed_payment_method_types).toEqual(['card', 'link', 'us_bank_account'])
})

test('a recharge goes on when the bank renews its card', async () => {
  const team = await scene.team()
  await scene.saveCard(team)
  await configure(team)
  const method = await scene.savedCard(team)
  scene.sandbox.banks.decline({ code: 'expired_card' })
  await use(team)
  await expect.poll(async () => (await recharge(team))?.state).toBe('PAUSED')
  scene.sandbox.banks.renewCard(method, { exp_month: 11, exp_year: 2035 })
  await scene.sandbox.idle()
  await expect.poll(async () => (await recharge(team))?.state).toBe('ARMED')
  expect(await scene.savedCard(team)).toBe(method)
})

test('a payment that the bank takes days for is under way, without a page to go to', async () => {
  const team = await scene.team()
  const { checkoutUrl, id } = await scene.buy(team, 'starter', 'CHECKOUT')
  await submit(checkoutUrl ?? '', { email: 'ana@example.com', card: 'bank' })
  await scene.sandbox.idle()
  const waiting = await scene.payments.advance(team, id)
  expect(waiting).toMatchObject({ state: 'PENDING', isUnderWay: true, checkoutUrl: null })
  const told = async () => {
    const text = `select type, reason from account_notice where team_id = $1 and type like 'PAYMENT%'`
    return (await scene.database.pool.query(text, [team])).rows
  }
  const reason = 'A payment of $5 is under way: the bank takes some days, then the credits arrive'
  expect(await told()).toEqual([{ type: 'PAYMENT_UNDER_WAY', reason }])
  scene.sandbox.banks.finish(waiting.intent ?? '', 'succeeded')
  await scene.sandbox.idle()
  await expect.poll(() => scene.available(team)).toBe(5_500n * MICRO)
  expect(await told()).toHaveLength(1)
  scene.sandbox.banks.dispute(waiting.intent ?? '')
  await scene.sandbox.idle()
  expect(await scene.payments.hasSavedMethod(team)).toBe(false)
})
