import { formatDecimal } from '../domain/amounts/decimal.ts'
import { clamped } from './clamped.ts'
import { MeteredReportType, MeteredRowType, MoneyType } from './refs.ts'

MeteredReportType.implement({
  description:
    'The money that METERED rates cost in one month. It is billed apart and never touches credits. Each charge counts in its own month, at its price then. A hold counts when it is captured or settled; a hold that is charged at its start counts at once. If such a hold fails, its money is subtracted at that instant. Any other refund gives back credits and changes nothing here.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'The requested month: `2026-11`.' }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      description: "The first instant of the month in the catalog's time zone.",
    }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      description: 'The first instant of the next month, which no longer counts.',
    }),
    final: t.exposeBoolean('final', {
      description:
        'The month is over and the report will never change, except for names and categories, which follow the catalog.',
    }),
    rows: t.expose('rows', {
      type: [MeteredRowType],
      description:
        'One row for each rate and currency: ordered by currency, the most expensive first. Empty where nothing was used.',
    }),
    total: t.expose('total', {
      type: [MoneyType],
      description: 'The exact sum of the rows, one for each currency: amounts of two currencies are never added.',
    }),
    billable: t.expose('billable', {
      type: [MoneyType],
      description:
        "Each `total`, rounded once, half to even, to the currency's smallest unit (cents of USD, whole JPY): ready for an invoice.",
    }),
    invoiceUrl: t.exposeString('invoiceUrl', {
      nullable: true,
      description:
        'The page on which the invoice of the month is shown and paid. The invoice is made soon after the month is over. Null until then, where `billable` is zero, and for months that were over before metered usage was billed here.',
    }),
  }),
})

MeteredRowType.implement({
  description: 'One metered rate in one currency.',
  fields: (t) => ({
    rate: t.exposeID('rate'),
    name: t.exposeString('name', {
      description: "The name of the rate in the newest rate card that has it; the rate's code where none has.",
    }),
    category: t.exposeString('category', {
      nullable: true,
      description: 'The code of its category, by the newest rate card that has the rate; null where none has.',
    }),
    quantity: t.field({
      type: 'Decimal',
      description:
        "The exact usage in the rate's unit: the sum of quantity × count of every line, before started blocks are counted whole.",
      resolve: ({ quantity }) => formatDecimal(quantity),
    }),
    count: t.int({
      description: 'The number of assets: the sum of the count of every line. 2,147,483,647 also stands for more.',
      resolve: ({ count }) => clamped(count),
    }),
    money: t.expose('money', {
      type: MoneyType,
      description: 'The exact cost: the sum of the lines, each at the price of its charge.',
    }),
  }),
})
