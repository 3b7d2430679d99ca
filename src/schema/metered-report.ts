import { formatDecimal } from '../domain/amounts/decimal.ts'
import { clamped } from './clamped.ts'
import { MeteredReportType, MeteredRowType, MoneyType } from './refs.ts'

MeteredReportType.implement({
  description:
    'What METERED rates cost in one month, in money, to be billed apart: it never touches credits. Each charge counts in the month in which it was made, at the price it had then; a hold counts once it is captured or settled, one that is charged at its start at once. Such a hold that fails takes its money back when it does; any other refund gives back credits and changes nothing here.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'As it was asked for: `2026-11`.' }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      description: "The first instant of the month in the catalog's time zone.",
    }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      description: 'The first instant of the next month: no longer in this one.',
    }),
    final: t.exposeBoolean('final', {
      description:
        'The month is over and the report will never change, except for names and categories, which follow the catalog.',
    }),
    rows: t.expose('rows', {
      type: [MeteredRowType],
      description:
        'One for each rate and currency: by currency, the most expensive first. Empty where nothing was used.',
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
        'The page of the invoice that bills the month, made soon after the month is over: there it is looked at and paid. Null until then, where `billable` is zero, and for months that were over before metered usage was billed here.',
    }),
  }),
})

MeteredRowType.implement({
  description: 'One metered rate in one currency.',
  fields: (t) => ({
    rate: t.exposeID('rate'),
    name: t.exposeString('name', {
      description: "As the newest rate card that has the rate calls it; the rate's code where none has.",
    }),
    category: t.exposeString('category', {
      nullable: true,
      description: 'The code of its category, by the newest rate card that has the rate; null where none has.',
    }),
    quantity: t.field({
      type: 'Decimal',
      description:
        "All that was used, in the rate's unit, exactly: the sum of quantity × count of every line, before started blocks are counted whole.",
      resolve: ({ quantity }) => formatDecimal(quantity),
    }),
    count: t.int({
      description: 'How many assets: the sum of the count of every line. 2,147,483,647 also stands for more.',
      resolve: ({ count }) => clamped(count),
    }),
    money: t.expose('money', {
      type: MoneyType,
      description: 'What it cost, exactly: the sum of the lines, each as it was priced when it was charged.',
    }),
  }),
})
