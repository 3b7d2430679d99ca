import { formatDecimal } from '../domain/amounts/decimal.ts'
import { cardCategories, categoryRates, rateCard } from '../resolvers/catalogs.ts'
import { rateChargeTime, rateCredits, rateMoney } from '../resolvers/rates.ts'
import { categoryId, rateId } from '../resolvers/request/catalog-ids.ts'
import { builder } from './builder.ts'
import { rowCost } from './costs.ts'
import { ChargeTimeEnum, RequirementEnum, RoleEnum, RoundingModeEnum, SettlementEnum, UnitEnum } from './enums.ts'
import { MoneyType, RateCardType, RateCategoryType, RateType } from './refs.ts'

RateCardType.implement({
  fields: (t) => ({
    version: t.id({ resolve: ({ card }) => card.version }),
    effectiveFrom: t.expose('effectiveFrom', { type: 'DateTime' }),
    categories: t.field({ type: [RateCategoryType], resolve: cardCategories }),
    roundedTo: t.field({ type: 'Credits', resolve: ({ card }) => card.rounding.to }),
    roundingMode: t.field({ type: RoundingModeEnum, resolve: ({ card }) => card.rounding.mode }),
  }),
})

RateCategoryType.implement({
  fields: (t) => ({
    id: t.id({ resolve: categoryId }),
    code: t.string({ resolve: ({ category }) => category.id }),
    name: t.string({ resolve: ({ category }) => category.name }),
    rates: t.field({ type: [RateType], resolve: categoryRates }),
  }),
})

RateType.implement({
  fields: (t) => ({
    id: t.id({ resolve: rateId }),
    code: t.string({ resolve: ({ rate }) => rate.id }),
    name: t.string({ resolve: ({ rate }) => rate.name }),
    credits: t.field({
      type: 'Credits',
      nullable: true,
      description:
        'Price for `per` units, in credits; in `money` where the catalog prices it in money (converted, or metered apart).',
      resolve: rateCredits,
    }),
    money: t.field({ type: MoneyType, nullable: true, resolve: rateMoney }),
    per: t.field({ type: 'Decimal', resolve: ({ rate }) => formatDecimal(rate.per) }),
    unit: t.field({ type: UnitEnum, resolve: ({ rate }) => rate.unit }),
    roundsUp: t.boolean({
      description: 'Each started `per` counts whole (avatars: per 30 seconds).',
      resolve: ({ rate }) => rate.roundsUp,
    }),
    free: t.boolean({ resolve: ({ rate }) => 'free' in rate.price }),
    settlement: t.field({
      type: SettlementEnum,
      description: 'CREDITS: paid from the balance. METERED: recorded in money and billed apart.',
      resolve: ({ rate }) => rate.settlement,
    }),
    charge: t.field({
      type: ChargeTimeEnum,
      description:
        'The moment at which a hold is charged. AT_SUCCESS: when it is settled. AT_START: when it is placed; the charge is given back if the hold is not settled.',
      resolve: rateChargeTime,
    }),
    requires: t.field({ type: [RequirementEnum], resolve: ({ rate }) => rate.requires }),
    role: t.field({
      type: RoleEnum,
      description:
        'The lowest role that may spend on the rate; lower roles are refused with the blocker ROLE_REQUIRED.',
      resolve: ({ rate }) => rate.role,
    }),
    illustrative: t.boolean({ resolve: ({ rate }) => rate.illustrative }),
  }),
})

builder.queryField('rateCard', (t) =>
  t.field({
    type: RateCardType,
    description: 'The card in force, or the one in force at `at`.',
    args: { at: t.arg({ type: 'DateTime' }), currency: t.arg.string() },
    complexity: rowCost,
    resolve: rateCard,
  }),
)
