import { type PurchasePreview, purchasePreview } from '../resolvers/purchases.ts'
import { builder } from './builder.ts'
import { CreditPackageType, MoneyType } from './refs.ts'

const PurchasePreviewType = builder.objectRef<PurchasePreview>('PurchasePreview').implement({
  fields: (t) => ({
    package: t.expose('package', { type: CreditPackageType }),
    price: t.field({ type: MoneyType, resolve: (preview) => preview.package.pack.price }),
    currentBalance: t.expose('currentBalance', { type: 'Credits' }),
    projectedBalance: t.expose('projectedBalance', { type: 'Credits' }),
  }),
})

builder.queryField('purchasePreview', (t) =>
  t.field({
    type: PurchasePreviewType,
    nullable: true,
    description: 'Current and projected balance and the price, before confirming.',
    args: { packageId: t.arg.id({ required: true }) },
    resolve: purchasePreview,
  }),
)
