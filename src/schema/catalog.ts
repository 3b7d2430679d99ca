import { currencies, packages, plans, takesPromotionCodes } from '../resolvers/catalogs.ts'
import { rolloverCap, rolloverRule } from '../resolvers/contracts.ts'
import { customTopUp } from '../resolvers/custom-top-ups.ts'
import { packageId, planId } from '../resolvers/request/catalog-ids.ts'
import { builder } from './builder.ts'
import { clamped } from './clamped.ts'
import { CadenceEnum, RolloverRuleEnum } from './enums.ts'
import {
  AddOnType,
  AllowanceType,
  CreditPackageType,
  CustomTopUpType,
  MoneyType,
  PlanType,
  TopUpTierType,
} from './refs.ts'

CreditPackageType.implement({
  fields: (t) => ({
    id: t.id({ resolve: ({ pack }) => packageId(pack) }),
    code: t.string({ resolve: ({ pack }) => pack.id }),
    name: t.string({ resolve: ({ pack }) => pack.name }),
    credits: t.field({ type: 'Credits', resolve: ({ pack }) => pack.credits }),
    price: t.field({ type: MoneyType, resolve: ({ pack }) => pack.price }),
    prices: t.field({ type: [MoneyType], resolve: ({ pack }) => pack.prices }),
    pricePer1000: t.field({ type: MoneyType, resolve: ({ pack }) => pack.pricePer1000 }),
    approxMessages: t.int({
      nullable: true,
      description: "As the catalog's typical message prices it; null where it names none.",
      resolve: ({ pack: { approxMessages } }) => (approxMessages === null ? null : clamped(approxMessages)),
    }),
    purchasable: t.exposeBoolean('purchasable'),
    illustrative: t.boolean({ resolve: ({ pack }) => pack.illustrative }),
  }),
})

CustomTopUpType.implement({
  fields: (t) => ({
    least: t.field({ type: 'Credits', resolve: ({ offer }) => offer.least }),
    most: t.field({ type: 'Credits', resolve: ({ offer }) => offer.most }),
    step: t.field({ type: 'Credits', resolve: ({ offer }) => offer.step }),
    tiers: t.field({
      type: [TopUpTierType],
      resolve: ({ offer: { tiers, currency } }) =>
        tiers.map(({ from, perCredit }) => ({ from, perCredit: { amount: perCredit, currency } })),
    }),
    purchasable: t.exposeBoolean('purchasable'),
    illustrative: t.boolean({ resolve: ({ offer }) => offer.illustrative }),
  }),
})

TopUpTierType.implement({
  fields: (t) => ({
    from: t.expose('from', { type: 'Credits' }),
    perCredit: t.expose('perCredit', { type: MoneyType }),
  }),
})

PlanType.implement({
  fields: (t) => ({
    id: t.id({ resolve: planId }),
    code: t.exposeString('id'),
    name: t.exposeString('name'),
    allowances: t.expose('allowances', { type: [AllowanceType] }),
    addOn: t.expose('addOn', { type: AddOnType, nullable: true }),
    creditLine: t.expose('creditLine', {
      type: 'Credits',
      nullable: true,
      description: 'How much a team may owe for work beyond its balance; null: nothing.',
    }),
    topUp: t.exposeBoolean('topUp'),
    contact: t.exposeString('contact', {
      nullable: true,
      description: 'The contact for more credits; never null where `topUp` is off.',
    }),
  }),
})

AllowanceType.implement({
  fields: (t) => ({
    credits: t.expose('credits', { type: 'Credits' }),
    every: t.expose('every', { type: CadenceEnum }),
    perSeat: t.exposeBoolean('perSeat'),
    interval: t.expose('interval', {
      type: CadenceEnum,
      nullable: true,
      description: 'The allowance is deposited only for subscriptions that are paid at this interval; null: for all.',
    }),
    rollover: t.field({ type: RolloverRuleEnum, resolve: ({ rollover }) => rolloverRule(rollover) }),
    rolloverUpTo: t.field({ type: 'Credits', nullable: true, resolve: ({ rollover }) => rolloverCap(rollover) }),
    illustrative: t.exposeBoolean('illustrative'),
  }),
})

AddOnType.implement({
  fields: (t) => ({
    credits: t.expose('credits', { type: 'Credits' }),
    price: t.expose('price', { type: MoneyType }),
    illustrative: t.exposeBoolean('illustrative'),
  }),
})

builder.queryFields((t) => ({
  currencies: t.stringList({ resolve: async (_, __, context) => [...(await currencies(context))] }),
  promotionCodes: t.boolean({ resolve: (_, __, context) => takesPromotionCodes(context) }),
  packages: t.field({ type: [CreditPackageType], args: { currency: t.arg.string() }, resolve: packages }),
  customTopUp: t.field({
    type: CustomTopUpType,
    nullable: true,
    args: { currency: t.arg.string() },
    resolve: customTopUp,
  }),
  plans: t.field({ type: [PlanType], resolve: plans }),
}))
