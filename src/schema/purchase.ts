import { balanceBeside, teamBeside } from '../resolvers/balances.ts'
import { purchaseCredits } from '../resolvers/buying.ts'
import { type PurchasePreview, previewTotal, purchasePreview } from '../resolvers/purchase-previews.ts'
import * as purchases from '../resolvers/purchases.ts'
import type { CountedConnection, Edge } from '../resolvers/request/pages.ts'
import type { PurchaseView } from '../resolvers/request/results.ts'
import { builder } from './builder.ts'
import { clamped } from './clamped.ts'
import { paymentCost, rowCost } from './costs.ts'
import { PayWithEnum, PurchaseCauseEnum, PurchaseStateEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.PurchaseType.implement({
  interfaces: [refs.NodeType],
  fields: (t) => ({
    team: t.field({ type: refs.TeamType, resolve: teamBeside }),
    state: t.field({ type: PurchaseStateEnum, resolve: purchases.purchaseState }),
    cause: t.field({ type: PurchaseCauseEnum, resolve: ({ purchase }) => purchase.cause }),
    package: t.field({
      type: refs.CreditPackageType,
      nullable: true,
      description: "Null for an amount of one's own.",
      resolve: purchases.purchasePackage,
    }),
    credits: t.field({ type: 'Credits', resolve: ({ purchase }) => purchase.credits }),
    net: t.field({
      type: refs.MoneyType,
      resolve: async (view, _, context) => (await purchases.totalOfPurchase(view, context)).net,
    }),
    tax: t.field({
      type: refs.MoneyType,
      nullable: true,
      resolve: async (view, _, context) => (await purchases.totalOfPurchase(view, context)).tax,
    }),
    total: t.field({
      type: refs.MoneyType,
      resolve: async (view, _, context) => (await purchases.totalOfPurchase(view, context)).total,
    }),
    price: t.field({ type: refs.MoneyType, resolve: ({ purchase }) => purchase.price }),
    discount: t.field({ type: refs.MoneyType, nullable: true, resolve: purchases.purchaseDiscount }),
    isUnderWay: t.boolean({ resolve: ({ purchase }) => purchase.state === 'PENDING' && purchase.isUnderWay }),
    checkoutUrl: t.string({
      nullable: true,
      description: 'Where to send the customer while PENDING.',
      resolve: purchases.purchaseCheckoutUrl,
    }),
    confirmUrl: t.string({
      nullable: true,
      description:
        'The page on which the customer confirms the payment while PENDING. Like `checkoutUrl`, for ADMIN and higher.',
      resolve: purchases.purchaseConfirmUrl,
    }),
    invoiceUrl: t.string({
      nullable: true,
      resolve: ({ purchase: { invoiceUrl, receiptUrl } }) => invoiceUrl ?? receiptUrl,
    }),
    paymentReference: t.string({ nullable: true, resolve: ({ purchase }) => purchase.intent }),
    failure: t.string({
      nullable: true,
      description: 'The reason why the purchase FAILED, for people.',
      resolve: ({ purchase }) => purchase.failure,
    }),
    refunded: t.field({
      type: refs.MoneyType,
      description: 'The part of the total that the payer has back now, by refunds and disputes.',
      resolve: purchases.purchaseRefunded,
    }),
    fee: t.field({ type: refs.MoneyType, nullable: true, resolve: purchases.purchaseFee }),
    balanceTransaction: t.string({ nullable: true, resolve: purchases.purchaseBalanceTransaction }),
    payout: t.string({ nullable: true, resolve: purchases.purchasePayout }),
    grant: t.field({
      type: refs.CreditGrantType,
      nullable: true,
      complexity: rowCost,
      resolve: purchases.purchaseGrant,
    }),
    member: t.field({
      type: refs.MemberType,
      nullable: true,
      description: 'The member that bought; null for a RECHARGE.',
      resolve: purchases.purchaseMember,
    }),
    createdAt: t.field({ type: 'DateTime', resolve: ({ purchase }) => purchase.createdAt }),
    balance: t.field({ type: refs.BalanceType, resolve: balanceBeside }),
  }),
})

const PurchaseEdge = builder.objectRef<Edge<PurchaseView>>('PurchaseEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: refs.PurchaseType }),
  }),
})

export const PurchaseConnection = builder.objectRef<CountedConnection<PurchaseView>>('PurchaseConnection').implement({
  fields: (t) => ({
    totalCount: t.int({
      nullable: true,
      description: 'The number of items in all pages, counted when this field is selected.',
      complexity: rowCost,
      resolve: async ({ count }) => clamped(await count()),
    }),
    edges: t.expose('edges', { type: [PurchaseEdge] }),
    nodes: t.expose('nodes', { type: [refs.PurchaseType] }),
    pageInfo: t.expose('pageInfo', { type: refs.PageInfoType }),
  }),
})

const PurchaseCreditsInput = builder.inputType('PurchaseCreditsInput', {
  fields: (t) => ({
    packageId: t.id(),
    credits: t.field({ type: 'Credits' }),
    currency: t.string(),
    idempotencyKey: t.string({ required: true }),
    pay: t.field({ type: PayWithEnum, defaultValue: 'AUTO' }),
    successUrl: t.string(),
    cancelUrl: t.string(),
    teamId: t.id(),
  }),
})

const PurchaseCreditsResult = resultUnion('PurchaseCreditsResult')

builder.mutationField('purchaseCredits', (t) =>
  t.field({
    type: PurchaseCreditsResult,
    description: 'ADMIN. Charges the saved default method at once, or opens a Stripe Checkout.',
    args: { input: t.arg({ type: PurchaseCreditsInput, required: true }) },
    complexity: paymentCost,
    resolve: purchaseCredits,
  }),
)

const PurchasePreviewType = builder.objectRef<PurchasePreview>('PurchasePreview').implement({
  description: '`tax` is null where no address is known yet; `total` is then net.',
  fields: (t) => ({
    package: t.expose('package', {
      type: refs.CreditPackageType,
      nullable: true,
      description: "Null for an amount of one's own.",
    }),
    credits: t.field({ type: 'Credits', resolve: ({ sale }) => sale.credits }),
    net: t.field({
      type: refs.MoneyType,
      resolve: async (preview, _, context) => (await previewTotal(preview, context)).net,
    }),
    tax: t.field({
      type: refs.MoneyType,
      nullable: true,
      resolve: async (preview, _, context) => (await previewTotal(preview, context)).tax,
    }),
    total: t.field({
      type: refs.MoneyType,
      resolve: async (preview, _, context) => (await previewTotal(preview, context)).total,
    }),
    price: t.field({ type: refs.MoneyType, resolve: ({ sale }) => sale.price }),
    currentBalance: t.expose('currentBalance', { type: 'Credits' }),
    projectedBalance: t.expose('projectedBalance', { type: 'Credits' }),
    locked: t.field({ type: 'Credits', resolve: ({ lock }) => lock?.amount ?? 0n }),
    unlocksAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ lock }) => lock?.until ?? null }),
  }),
})

builder.queryField('purchasePreview', (t) =>
  t.field({
    type: PurchasePreviewType,
    nullable: true,
    description: 'Current and projected balance and the price, before confirming.',
    args: {
      packageId: t.arg.id(),
      credits: t.arg({ type: 'Credits', description: "An amount of one's own, where the catalog sells it." }),
      currency: t.arg.string(),
    },
    resolve: purchasePreview,
  }),
)
