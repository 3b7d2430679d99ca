import { expect, test } from 'vitest'
import { customerWith, eventTypes, idOf, onSession } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

test('4000 0000 0000 5423 leads to an early fraud warning, which a refund settles', async () => {
  const { sandbox, stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const intent = await stripe.paymentIntents.create(onSession(customer, 'pm_card_createIssuerFraudRecord'))
  const { data } = await stripe.radar.earlyFraudWarnings.list({ payment_intent: intent.id })
  expect(data).toMatchObject([{ actionable: true, charge: idOf(intent.latest_charge), payment_intent: intent.id }])
  await stripe.refunds.create({ payment_intent: intent.id, reason: 'fraudulent' })
  expect(await stripe.radar.earlyFraudWarnings.retrieve(data[0]?.id ?? '')).toMatchObject({ actionable: false })
  expect((await eventTypes(stripe)).filter((type) => type.startsWith('radar'))).toEqual([
    'radar.early_fraud_warning.created',
    'radar.early_fraud_warning.updated',
  ])
  const other = await stripe.paymentIntents.create(onSession(customer, 'pm_card_visa'))
  sandbox.banks.warnOfFraud(other.id)
  expect((await stripe.radar.earlyFraudWarnings.list()).data).toHaveLength(2)
})

test('4000 0000 0000 9235 is reviewed; a review ends by approval, refund or dispute', async () => {
  const { sandbox, stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  const reviewed = await stripe.paymentIntents.create(onSession(customer, 'pm_card_riskLevelElevated'))
  expect(reviewed).toMatchObject({ status: 'succeeded', review: expect.stringMatching(/^prv_/) })
  const [review] = (await stripe.reviews.list()).data
  expect(review).toMatchObject({ open: true, opened_reason: 'rule', payment_intent: reviewed.id })
  expect(await stripe.reviews.approve(review?.id ?? '')).toMatchObject({ open: false, closed_reason: 'approved' })
  expect(await refusalOf(stripe.reviews.approve(review?.id ?? ''))).toMatchObject({ statusCode: 400 })

  const [refunded, disputed] = [
    await stripe.paymentIntents.create(onSession(customer, method)),
    await stripe.paymentIntents.create(onSession(customer, method)),
  ]
  const reviews = [sandbox.banks.review(refunded.id), sandbox.banks.review(disputed.id)]
  await stripe.refunds.create({ payment_intent: refunded.id })
  sandbox.banks.dispute(disputed.id)
  const closed = await Promise.all(reviews.map((id) => stripe.reviews.retrieve(id)))
  expect(closed.map(({ closed_reason }) => closed_reason)).toEqual(['refunded', 'disputed'])
  expect((await eventTypes(stripe)).filter((type) => type.startsWith('review'))).toEqual([
    'review.opened',
    'review.closed',
    'review.opened',
    'review.opened',
    'review.closed',
    'review.closed',
  ])
})
