import type { RefundTerms } from '../payments/refund-terms.ts'
import { refundPreview, refundPurchase } from '../resolvers/purchase-refunds.ts'
import { builder } from './builder.ts'
import { paymentCost, rowCost } from './costs.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

const RefundPreviewType = builder.objectRef<RefundTerms>('RefundPreview').implement({
  fields: (t) => ({
    amount: t.expose('amount', { type: refs.MoneyType }),
    refundable: t.expose('refundable', { type: refs.MoneyType }),
    credits: t.expose('credits', { type: 'Credits' }),
    owed: t.expose('owed', { type: 'Credits' }),
  }),
})

builder.queryField('refundPreview', (t) =>
  t.field({
    type: RefundPreviewType,
    nullable: true,
    description: 'PLATFORM. The effect that `refundPurchase` would have now; null: there is no such purchase.',
    args: { purchaseId: t.arg.id({ required: true }), amount: t.arg({ type: 'Decimal' }) },
    complexity: rowCost,
    resolve: refundPreview,
  }),
)

const RefundPurchaseInput = builder.inputType('RefundPurchaseInput', {
  fields: (t) => ({
    purchaseId: t.id({ required: true }),
    amount: t.field({ type: 'Decimal' }),
    reason: t.string({ required: true }),
    idempotencyKey: t.string({ required: true }),
  }),
})

const RefundPurchaseResult = resultUnion('RefundPurchaseResult')

builder.mutationField('refundPurchase', (t) =>
  t.field({
    type: RefundPurchaseResult,
    description:
      'PLATFORM. Gives money back at Stripe and takes back what it had bought; `amount` absent: what is unused.',
    args: { input: t.arg({ type: RefundPurchaseInput, required: true }) },
    complexity: paymentCost,
    resolve: refundPurchase,
  }),
)
