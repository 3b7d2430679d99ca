import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { customerWith, eventTypes, idOf, onSession } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

async function paidWith(stripe: Stripe, card: string): Promise<{ intent: string; charge: string }> {
  const { id } = await stripe.customers.create()
  const intent = await stripe.paymentIntents.create(onSession(id, card))
  return { intent: intent.id, charge: idOf(intent.latest_charge) }
}

test('Partial refunds add up on the charge, up to all of it', async () => {
  const { stripe } = await openScene()
  const { intent, charge } = await paidWith(stripe, 'pm_card_visa')
  const first = await stripe.refunds.create({ payment_intent: intent, amount: 500, metadata: { why: 'x' } })
  expect(first).toMatchObject({ status: 'succeeded', amount: 500, charge, metadata: { why: 'x' } })
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 500, refunded: false })
  expect(await refusalOf(stripe.refunds.create({ charge, amount: 1501 }))).toMatchObject({ param: 'amount' })
  const rest = await stripe.refunds.create({ charge })
  expect(rest.amount).toBe(1500)
  const expanded = await stripe.charges.retrieve(charge, { expand: ['refunds'] })
  expect(expanded).toMatchObject({ amount_refunded: 2000, refunded: true })
  expect(expanded.refunds?.data.map(({ id }) => id)).toEqual([rest.id, first.id])
  expect(await refusalOf(stripe.refunds.create({ charge }))).toMatchObject({ code: 'charge_already_refunded' })
  expect((await stripe.refunds.list({ payment_intent: intent })).data).toHaveLength(2)
  const refunded = await stripe.events.list({ type: 'charge.refunded' })
  expect(refunded.data.map(({ data }) => data)).toMatchObject([
    { object: { amount_refunded: 2000 }, previous_attributes: { amount_refunded: 500, refunded: false } },
    { object: { amount_refunded: 500 }, previous_attributes: { amount_refunded: 0 } },
  ])
})

test('A refund may be pending for a minute, or fail after one and give its amount back', async () => {
  const { sandbox, stripe } = await openScene()
  const pending = await stripe.refunds.create({ charge: (await paidWith(stripe, 'pm_card_pendingRefund')).charge })
  const { charge } = await paidWith(stripe, 'pm_card_refundFail')
  const failing = await stripe.refunds.create({ charge })
  expect([pending.status, failing.status]).toEqual(['pending', 'succeeded'])
  sandbox.clock.advance(61)
  expect(await stripe.refunds.retrieve(pending.id)).toMatchObject({ status: 'succeeded' })
  expect(await stripe.refunds.retrieve(failing.id)).toMatchObject({ status: 'failed' })
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 0, refunded: false })
  expect(await eventTypes(stripe)).toEqual(
    expect.arrayContaining(['refund.updated', 'refund.failed', 'charge.updated']),
  )
})

test.each([
  ['winning_evidence', 'won', ['charge.dispute.updated', 'charge.dispute.closed', 'charge.dispute.funds_reinstated']],
  ['losing_evidence', 'lost', ['charge.dispute.updated', 'charge.dispute.closed']],
])('4000 0000 0000 0259 is disputed; with %s it is %s', async (uncategorized_text, status, told) => {
  const { stripe } = await openScene()
  const { intent, charge } = await paidWith(stripe, 'pm_card_createDispute')
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ disputed: true, status: 'succeeded' })
  const { data } = await stripe.disputes.list({ payment_intent: intent })
  expect(data).toMatchObject([{ status: 'needs_response', amount: 2000, charge, reason: 'fraudulent' }])
  expect(await refusalOf(stripe.refunds.create({ charge }))).toMatchObject({ code: 'charge_disputed' })

  const before = (await eventTypes(stripe)).length
  const closed = await stripe.disputes.update(data[0]?.id ?? '', { evidence: { uncategorized_text } })
  expect(closed).toMatchObject({ status, evidence_details: { has_evidence: true, submission_count: 1 } })
  expect((await eventTypes(stripe)).slice(before)).toEqual(told)
  expect(await refusalOf(stripe.disputes.close(closed.id))).toMatchObject({ statusCode: 400 })
})

test('A dispute is lost by accepting it, and by nine days of silence', async () => {
  const { sandbox, stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  const pay = async () => (await stripe.paymentIntents.create(onSession(customer, method))).id
  const accepted = sandbox.banks.dispute(await pay(), 700)
  expect(await stripe.disputes.close(accepted)).toMatchObject({ status: 'lost', amount: 700 })
  const refunded = await pay()
  await stripe.refunds.create({ payment_intent: refunded, amount: 500 })
  const silent = sandbox.banks.dispute(refunded)
  expect(() => sandbox.banks.dispute(refunded)).toThrow('disputed already')
  expect(await stripe.disputes.retrieve(silent)).toMatchObject({ amount: 1500 })
  sandbox.clock.advance(9 * 24 * 3600)
  expect(await stripe.disputes.retrieve(silent)).toMatchObject({ status: 'lost' })
})
