import { billAmount, billCarried, billState, billTotal } from '../resolvers/metered-bills.ts'
import { MeteredBillStateEnum } from './enums.ts'
import { MeteredBillType, MoneyType } from './refs.ts'

MeteredBillType.implement({
  description:
    'The bill for the METERED usage of one month in one currency. It is written when the month is over, and never changes but for its state.',
  fields: (t) => ({
    month: t.string({ description: 'The month of the usage: `2026-11`.', resolve: ({ bill }) => bill.month }),
    amount: t.field({
      type: MoneyType,
      description:
        'The cost of the month itself, before tax, rounded once. Below zero where more was given back than used.',
      resolve: billAmount,
    }),
    carried: t.field({
      type: MoneyType,
      description: 'The sum of earlier bills that were too small to be charged, which this bill took over.',
      resolve: billCarried,
    }),
    total: t.field({ type: MoneyType, description: '`amount` and `carried` together.', resolve: billTotal }),
    state: t.field({
      type: MeteredBillStateEnum,
      description: 'The progress of its payment; OVERDUE at this instant.',
      resolve: billState,
    }),
    carriedTo: t.string({
      nullable: true,
      description:
        'The month whose bill took this one over. Null while no bill has, and for bills that are not CARRIED.',
      resolve: ({ bill }) => bill.carriedTo,
    }),
    overdueAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The instant from which the bill is overdue if it is not paid: the grace of the catalog after its due date. Null without an invoice.',
      resolve: ({ bill }) => bill.overdueAt,
    }),
    invoiceUrl: t.string({
      nullable: true,
      description: 'The page on which the invoice is shown and paid. Null without an invoice.',
      resolve: ({ bill }) => bill.invoiceUrl,
    }),
  }),
})
