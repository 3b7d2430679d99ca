import { type BillingPortal, openBillingPortal } from '../resolvers/billing.ts'
import { builder } from './builder.ts'
import { paymentCost } from './costs.ts'

const BillingPortalType = builder
  .objectRef<BillingPortal>('BillingPortal')
  .implement({ fields: (t) => ({ url: t.exposeString('url') }) })

builder.mutationField('openBillingPortal', (t) =>
  t.field({
    type: BillingPortalType,
    description: "ADMIN. Stripe's own portal: methods, invoices, receipts.",
    args: { returnUrl: t.arg.string({ required: true }), teamId: t.arg.id() },
    complexity: paymentCost,
    resolve: openBillingPortal,
  }),
)
