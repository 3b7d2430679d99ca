import type { BillingDetails, TaxId } from '../domain/billing-details.ts'
import { type BillingPortal, openBillingPortal } from '../resolvers/billing.ts'
import { billingDetails, setBillingDetails } from '../resolvers/billing-details.ts'
import { builder } from './builder.ts'
import { paymentCost } from './costs.ts'
import { resultUnion } from './result-union.ts'

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

const TaxIdType = builder
  .objectRef<TaxId>('TaxId')
  .implement({ fields: (t) => ({ type: t.exposeString('type'), value: t.exposeString('value') }) })

const BillingDetailsType = builder.objectRef<BillingDetails>('BillingDetails').implement({
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true }),
    email: t.exposeString('email', { nullable: true }),
    country: t.exposeString('country', { nullable: true }),
    line1: t.exposeString('line1', { nullable: true }),
    line2: t.exposeString('line2', { nullable: true }),
    city: t.exposeString('city', { nullable: true }),
    postalCode: t.exposeString('postalCode', { nullable: true }),
    state: t.exposeString('state', { nullable: true }),
    taxIds: t.expose('taxIds', { type: [TaxIdType] }),
    purchaseOrder: t.exposeString('purchaseOrder', { nullable: true }),
  }),
})

builder.queryField('billingDetails', (t) =>
  t.field({
    type: BillingDetailsType,
    nullable: true,
    description: 'ADMIN. The team as its invoices name it, also as Checkout and the portal have changed it.',
    args: { teamId: t.arg.id() },
    complexity: paymentCost,
    resolve: billingDetails,
  }),
)

const TaxIdInput = builder.inputType('TaxIdInput', {
  fields: (t) => ({ type: t.string({ required: true }), value: t.string({ required: true }) }),
})

const BillingDetailsInput = builder.inputType('BillingDetailsInput', {
  fields: (t) => ({
    teamId: t.id(),
    name: t.string(),
    email: t.string(),
    country: t.string(),
    line1: t.string(),
    line2: t.string(),
    city: t.string(),
    postalCode: t.string(),
    state: t.string(),
    taxIds: t.field({ type: [TaxIdInput] }),
    purchaseOrder: t.string(),
  }),
})

const SetBillingDetailsResult = resultUnion('SetBillingDetailsResult')

builder.mutationField('setBillingDetails', (t) =>
  t.field({
    type: SetBillingDetailsResult,
    description: 'ADMIN. Name, address, tax ids, purchase-order number and e-mail on invoices.',
    args: { input: t.arg({ type: BillingDetailsInput, required: true }) },
    complexity: paymentCost,
    resolve: setBillingDetails,
  }),
)
