import { paidInvoices, refundInvoice } from '../resolvers/paid-invoices.ts'
import { builder } from './builder.ts'
import { paymentCost } from './costs.ts'
import { InvoiceKindEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.PaidInvoiceType.implement({
  fields: (t) => ({
    invoice: t.string({ resolve: ({ paid }) => paid.invoice }),
    kind: t.field({ type: InvoiceKindEnum, resolve: ({ paid }) => paid.kind }),
    total: t.field({ type: refs.MoneyType, resolve: ({ paid }) => paid.total }),
    returned: t.field({ type: refs.MoneyType, resolve: ({ paid }) => paid.returned }),
    createdAt: t.field({ type: 'DateTime', resolve: ({ paid }) => paid.createdAt }),
    invoiceUrl: t.string({ nullable: true, resolve: ({ paid }) => paid.url }),
  }),
})

builder.queryField('paidInvoices', (t) =>
  t.field({
    type: [refs.PaidInvoiceType],
    nullable: true,
    description: 'PLATFORM. The newest 100 paid invoices of a team that are no purchases, the newest first.',
    args: { teamId: t.arg.id({ required: true }) },
    complexity: paymentCost,
    resolve: paidInvoices,
  }),
)

const RefundInvoiceInput = builder.inputType('RefundInvoiceInput', {
  fields: (t) => ({
    teamId: t.id({ required: true }),
    invoice: t.string({ required: true }),
    amount: t.field({ type: 'Decimal' }),
    reason: t.string({ required: true }),
    idempotencyKey: t.string({ required: true }),
  }),
})

const RefundInvoiceResult = resultUnion('RefundInvoiceResult')

builder.mutationField('refundInvoice', (t) =>
  t.field({
    type: RefundInvoiceResult,
    description:
      'PLATFORM. Gives money of a paid invoice back at Stripe, and takes its share of the credits back; `amount` absent: all that is left.',
    args: { input: t.arg({ type: RefundInvoiceInput, required: true }) },
    complexity: paymentCost,
    resolve: refundInvoice,
  }),
)
