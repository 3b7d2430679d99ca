import type { Revenue } from '../domain/revenue.ts'
import type { RevenueRow } from '../ledger/history/revenue.ts'
import { type RevenueReport, revenueReport } from '../resolvers/revenue.ts'
import { builder } from './builder.ts'
import { costOfRevenue } from './costs.ts'
import { GrantKindEnum } from './enums.ts'
import { MoneyType, PageInfoType } from './refs.ts'

const RevenueCreditsType = builder.objectRef<Revenue>('RevenueCredits').implement({
  description: 'The credits of a revenue row: `openAtStart + sold = earned + expired + refunded + openAtEnd`.',
  fields: (t) => ({
    openAtStart: t.expose('openAtStart', {
      type: 'Credits',
      description: 'Paid credits that could still be used as the month began.',
    }),
    sold: t.expose('sold', { type: 'Credits', description: 'Credits that arrived in the month.' }),
    earned: t.expose('earned', {
      type: 'Credits',
      description: 'Credits that were used and are still paid for. Below zero where more came back than was used.',
    }),
    expired: t.expose('expired', { type: 'Credits', description: 'Credits that nobody had used when they ended.' }),
    refunded: t.expose('refunded', {
      type: 'Credits',
      description:
        'Credits that were taken back with a refund or a dispute, used or not. Below zero where they came back.',
    }),
    openAtEnd: t.expose('openAtEnd', {
      type: 'Credits',
      description: 'Paid credits that could still be used as the month ended, or now while it runs. Frozen ones count.',
    }),
  }),
})

const RevenueRowType = builder.objectRef<RevenueRow>('RevenueRow').implement({
  description:
    'The paid credits of one team, of one kind and currency, in one month. Exact: `openAtStart + sold = earned + expired + refunded + openAtEnd`, and `openAtStart` is the `openAtEnd` of the month before.',
  fields: (t) => {
    const money = (name: keyof Revenue, description: string) =>
      t.field({
        type: MoneyType,
        description,
        resolve: ({ money, currency }) => ({ amount: money[name], currency }),
      })
    return {
      teamId: t.exposeID('teamId', { description: 'The id of the team.' }),
      kind: t.expose('kind', { type: GrantKindEnum, description: 'The kind of the grants.' }),
      openAtStart: money('openAtStart', 'Deferred revenue as the month began: the share of the open credits.'),
      sold: money('sold', 'The price of the grants that arrived in the month, without tax.'),
      earned: money('earned', 'The share of the used credits. Below zero where more was given back than used.'),
      expired: money('expired', 'The share of the credits that nobody had used when they ended.'),
      refunded: money(
        'refunded',
        'The money that the payers got back by refunds and disputes. Below zero where it came back.',
      ),
      openAtEnd: money('openAtEnd', 'Deferred revenue as the month ended, or now while it runs.'),
      credits: t.field({
        type: RevenueCreditsType,
        description: 'The same in credits.',
        resolve: ({ credits }) => credits,
      }),
    }
  },
})

const RevenueReportType = builder.objectRef<RevenueReport>('RevenueReport').implement({
  description:
    'A page of the revenue of one month: a row for each team, kind of grant and currency in which something was open or happened, in this order.',
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
      description: 'The month is over, and no row will ever change. True from five minutes after its end.',
    }),
    nodes: t.expose('nodes', { type: [RevenueRowType] }),
    pageInfo: t.expose('pageInfo', { type: PageInfoType }),
  }),
})

builder.queryField('revenueReport', (t) =>
  t.field({
    type: RevenueReportType,
    nullable: true,
    description:
      'PLATFORM. The money that was paid for credits: sold, earned by use, expired unused, refunded, and still open. Grants that nobody paid for are not in it.',
    args: {
      month: t.arg.string({ required: true, description: 'Year and month: `2026-11`. It has begun.' }),
      first: t.arg.int({
        description:
          'The number of rows: 0 to 100; 20 if absent. A page may be short: `hasNextPage` and `endCursor` say where the list continues.',
      }),
      after: t.arg.string({ description: 'Only rows behind the one of this cursor.' }),
    },
    complexity: costOfRevenue,
    resolve: revenueReport,
  }),
)
