import { ofDispute } from '../../../payments/stripe-to-facts.ts'
import type { Check } from '../check.ts'
import type { Step } from '../step.ts'
import { charged } from './payments.ts'

async function paid(check: Check, number: number, card = 'pm_card_visa'): Promise<string> {
  const { seen } = await charged(check, number, card)
  if (seen.intent == null) throw new Error('The payment has no intent')
  return seen.intent
}

/** The payment's dispute, which comes a moment after it. */
const disputeOf = (check: Check, payment_intent: string) =>
  check.eventually(async () => (await check.stripe.disputes.list({ payment_intent, limit: 1 })).data[0] ?? null)

export const lossSteps: readonly Step[] = [
  {
    name: 'a refund, and one more than there is',
    fact: 'A refund is made once for its key; what is refunded as a whole is not refunded again',
    async run(check) {
      const intent = await paid(check, 10)
      const key = { idempotencyKey: `stripe-check:${check.run}:refund` }
      const terms = { payment_intent: intent, amount: 200, reason: 'requested_by_customer' } as const
      const part = await check.stripe.refunds.create({ ...terms, metadata: { run: check.run } }, key)
      const same = await check.stripe.refunds.create({ ...terms, metadata: { run: check.run } }, key)
      await check.stripe.refunds.create({ payment_intent: intent, reason: 'duplicate' })
      const { code } = await check.refusal(check.stripe.refunds.create({ payment_intent: intent }))
      const { data } = await check.stripe.refunds.list({ payment_intent: intent, limit: 100 })
      return {
        expected: { status: 'succeeded', isSame: true, amounts: [300, 200], code: 'charge_already_refunded' },
        came: {
          status: part.status,
          isSame: part.id === same.id,
          amounts: data.map(({ amount }) => amount),
          code,
        },
      }
    },
  },
  {
    name: 'a refund that is pending at first',
    fact: 'The last state of each reversal counts, whenever it is told',
    async run(check) {
      const payment_intent = await paid(check, 11, 'pm_card_pendingRefund')
      const { status } = await check.stripe.refunds.create({ payment_intent })
      return { expected: 'pending', came: status }
    },
  },
  {
    name: 'a refund that fails',
    fact: 'A refund that failed restores the credits',
    async run(check) {
      const payment_intent = await paid(check, 12, 'pm_card_refundFail')
      const { status } = await check.stripe.refunds.create({ payment_intent })
      return { expected: 'succeeded', came: status }
    },
  },
  {
    name: 'a dispute, and one that is won',
    fact: 'A dispute takes the payment back; one that is won restores it',
    async run(check) {
      const dispute = await disputeOf(check, await paid(check, 13, 'pm_card_createDispute'))
      if (dispute === null) return { expected: 'a dispute', came: 'none' }
      const evidence = { uncategorized_text: 'winning_evidence' }
      const won = await check.stripe.disputes.update(dispute.id, { evidence, submit: true })
      const decided = await check.eventually(async () => {
        const now = await check.stripe.disputes.retrieve(won.id)
        return now.status === 'won' ? now : null
      })
      return {
        expected: ['fraudulent', 'needs_response', 'WITHDRAWN', 'won', 'RETURNED'],
        came: [
          dispute.reason,
          dispute.status,
          ofDispute(dispute).reversal?.effect,
          decided?.status,
          decided === null ? null : ofDispute(decided).reversal?.effect,
        ],
      }
    },
  },
  {
    name: 'an inquiry of the bank',
    fact: 'An inquiry withdraws nothing',
    async run(check) {
      const dispute = await disputeOf(check, await paid(check, 14, 'pm_card_createDisputeInquiry'))
      const effect = dispute === null ? null : ofDispute(dispute).reversal?.effect
      return { expected: ['warning_needs_response', 'NONE'], came: [dispute?.status, effect] }
    },
  },
  {
    name: 'an early fraud warning',
    fact: 'Early fraud warnings come days before disputes, and name the payment',
    async run(check) {
      const payment_intent = await paid(check, 15, 'pm_card_createIssuerFraudRecord')
      const { earlyFraudWarnings } = check.stripe.radar
      const warning = await check.eventually(
        async () => (await earlyFraudWarnings.list({ payment_intent, limit: 1 })).data[0] ?? null,
      )
      return { expected: payment_intent, came: warning?.payment_intent }
    },
  },
]
