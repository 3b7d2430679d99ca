import { clamped } from './clamped.ts'
import { ForecastType, MemberType, TagType, UsageReportType, UsageRowType } from './refs.ts'

UsageReportType.implement({
  fields: (t) => ({
    total: t.expose('total', { type: 'Credits' }),
    rows: t.expose('rows', { type: [UsageRowType] }),
  }),
})

UsageRowType.implement({
  fields: (t) => ({
    day: t.expose('day', { type: 'DateTime', nullable: true }),
    hour: t.expose('hour', { type: 'DateTime', nullable: true }),
    rate: t.exposeID('rate', { nullable: true }),
    category: t.exposeString('category', { nullable: true }),
    member: t.expose('member', { type: MemberType, nullable: true }),
    caller: t.exposeString('caller', { nullable: true }),
    reference: t.exposeString('reference', { nullable: true }),
    tags: t.expose('tags', { type: [TagType], nullable: true }),
    credits: t.expose('credits', { type: 'Credits' }),
    count: t.int({
      description:
        'The number of assets or uses that were charged: the sum of the count of every line. 2,147,483,647 also stands for more.',
      resolve: ({ count }) => clamped(count),
    }),
  }),
})

ForecastType.implement({
  fields: (t) => ({
    perDay: t.expose('perDay', { type: 'Credits' }),
    runsOutAt: t.expose('runsOutAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Null: does not run out within the horizon.',
    }),
  }),
})
