import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import type { Sandbox } from '../src/sandbox.ts'
import { customerWith, eventTypes, onSession } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

/** A payment with this card, and the types of dispute events since. */
async function paid(card = 'pm_card_visa') {
  const { sandbox, stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, card)
  const intent = await stripe.paymentIntents.create(onSession(customer, method))
  const told = async () => (await eventTypes(stripe)).filter((type) => type.startsWith('charge.dispute'))
  return { sandbox, stripe, intent: intent.id, told }
}

async function disputed(
  { sandbox, stripe, intent }: { sandbox: Sandbox; stripe: Stripe; intent: string },
  kind?: 'inquiry' | 'prevented',
): Promise<Stripe.Dispute> {
  return stripe.disputes.retrieve(sandbox.banks.dispute(intent, undefined, kind))
}

test('An inquiry withdraws nothing and is closed; the payment can be refunded meanwhile', async () => {
  const scene = await paid('pm_card_createDisputeInquiry')
  const { sandbox, stripe, intent, told } = scene
  const [inquiry] = (await stripe.disputes.list({ payment_intent: intent })).data
  expect(inquiry).toMatchObject({ status: 'warning_needs_response', is_charge_refundable: true })
  await stripe.refunds.create({ payment_intent: intent, amount: 500 })
  expect(() => sandbox.banks.decideDispute(inquiry?.id ?? '', 'lost')).toThrow('warning_needs_response')
  sandbox.banks.decideDispute(inquiry?.id ?? '', 'warning_closed')
  expect(await stripe.disputes.retrieve(inquiry?.id ?? '')).toMatchObject({
    status: 'warning_closed',
    balance_transactions: [],
  })
  expect(await told()).toEqual(['charge.dispute.created', 'charge.dispute.closed'])
})

test('An inquiry that escalates is a dispute, which withdraws the money', async () => {
  const scene = await paid()
  const inquiry = await disputed(scene, 'inquiry')
  const answered = await scene.stripe.disputes.update(inquiry.id, { evidence: { customer_name: 'Ana' } })
  expect(answered.status).toBe('warning_under_review')
  scene.sandbox.banks.decideDispute(inquiry.id, 'needs_response')
  expect(await scene.stripe.disputes.retrieve(inquiry.id)).toMatchObject({
    status: 'needs_response',
    is_charge_refundable: false,
    balance_transactions: [{ amount: -2000, fee: 1500 }],
  })
  expect(await scene.told()).toEqual([
    'charge.dispute.created',
    'charge.dispute.updated',
    'charge.dispute.updated',
    'charge.dispute.funds_withdrawn',
  ])
})

test('A prevented dispute is closed as it is created, and its money goes back by a refund', async () => {
  const scene = await paid()
  const prevented = await disputed(scene, 'prevented')
  expect(prevented).toMatchObject({ status: 'prevented', balance_transactions: [] })
  const { data } = await scene.stripe.refunds.list({ payment_intent: scene.intent })
  expect(data).toMatchObject([{ amount: 2000, reason: 'fraudulent' }])
  expect(await scene.told()).toEqual(['charge.dispute.created', 'charge.dispute.closed'])
})

test('A lost dispute is appealed with evidence of its own, and may be won after all', async () => {
  const scene = await paid()
  const { sandbox, stripe } = scene
  const { id } = await disputed(scene)
  sandbox.banks.decideDispute(id, 'lost')
  sandbox.banks.decideDispute(id, 'appeal_needs_response')
  expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'appeal_needs_response' })
  const other = stripe.disputes.update(id, { evidence: { customer_name: 'Ana' } })
  expect(await refusalOf(other)).toMatchObject({ statusCode: 400, param: 'evidence' })
  const appeal = { card: { reason_for_filing: 'The customer used the credits.' } }
  expect(await stripe.disputes.update(id, { evidence: { appeal } })).toMatchObject({ status: 'appeal_under_review' })
  sandbox.banks.decideDispute(id, 'won')
  expect((await scene.told()).slice(-2)).toEqual(['charge.dispute.closed', 'charge.dispute.funds_reinstated'])
})
