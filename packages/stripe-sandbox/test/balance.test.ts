import { expect, test } from 'vitest'
import { customerWith, eventTypes, idOf, onSession } from './paying.ts'
import { openScene } from './scene.ts'

const day = 86_400

test('A charge is booked a moment after it has succeeded, with its fee', async () => {
  const { stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  const { id } = await stripe.paymentIntents.create(onSession(customer, method))
  expect((await eventTypes(stripe)).slice(-3)).toEqual([
    'charge.succeeded',
    'payment_intent.succeeded',
    'charge.updated',
  ])
  const [succeeded] = (await stripe.events.list({ type: 'charge.succeeded' })).data
  expect(succeeded?.data.object).toMatchObject({ balance_transaction: null })
  const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge.balance_transaction'] })
  expect(intent.latest_charge).toMatchObject({
    balance_transaction: { type: 'charge', amount: 2000, fee: 88, net: 1912, status: 'pending' },
  })
})

test('Refunds and disputes are booked, and a payout contains what is available', async () => {
  const { sandbox, stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  const pay = () => stripe.paymentIntents.create(onSession(customer, method))
  const [first, second, third] = [await pay(), await pay(), await pay()]
  const refund = await stripe.refunds.create({ payment_intent: first.id, amount: 500 })
  const dispute = sandbox.banks.dispute(second.id)
  expect(sandbox.banks.payOut()).toEqual([])
  sandbox.clock.advance(2 * day)
  const late = await pay()
  const [payout] = sandbox.banks.payOut()
  const contents = await stripe.balanceTransactions.list({ payout })
  const sources = [idOf(first.latest_charge), idOf(second.latest_charge), idOf(third.latest_charge), refund.id, dispute]
  expect(contents.data.map(({ source }) => source).toSorted()).toEqual(sources.toSorted())
  expect(await stripe.payouts.retrieve(payout ?? '')).toMatchObject({
    status: 'paid',
    amount: 3 * 1912 - 500 - 3500,
    reconciliation_status: 'completed',
  })
  expect(await eventTypes(stripe)).toEqual(expect.arrayContaining(['payout.created', 'payout.paid']))
  const unpaid = await stripe.balanceTransactions.list({ source: idOf(late.latest_charge) })
  expect(unpaid.data).toMatchObject([{ status: 'pending' }])
  expect((await stripe.balanceTransactions.list({ type: 'refund' })).data).toMatchObject([{ net: -500 }])
})

test('A refund with a reason and a key happens once', async () => {
  const { stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  const { id: payment_intent } = await stripe.paymentIntents.create(onSession(customer, method))
  const refund = () =>
    stripe.refunds.create({ payment_intent, amount: 700, reason: 'duplicate' }, { idempotencyKey: 'refund-1' })
  const [once, again] = [await refund(), await refund()]
  expect(again.id).toBe(once.id)
  expect((await stripe.refunds.list({ payment_intent })).data).toMatchObject([{ amount: 700, reason: 'duplicate' }])
  const expanded = await stripe.refunds.retrieve(once.id, { expand: ['balance_transaction'] })
  expect(expanded.balance_transaction).toMatchObject({ amount: -700, fee: 0 })
})
