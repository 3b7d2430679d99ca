import { setStoredAmount } from '../resolvers/stored-amounts.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.StoredAmountType.implement({
  description:
    "What a team keeps stored at a rate of the unit GB_DAY. A GB-day is one GB for one whole calendar day of the catalog's time zone, however many hours that day has.",
  fields: (t) => ({
    rate: t.exposeID('rate'),
    name: t.exposeString('name'),
    amount: t.expose('amount', { type: 'Decimal', description: 'In GB. 0: it ends when today has been charged.' }),
    since: t.expose('since', { type: 'DateTime', description: 'From when on this amount counts.' }),
    accruedToday: t.expose('accruedToday', {
      type: 'Decimal',
      description: 'In GB-days: what today has come to so far, rounded down. Charged when the day ends.',
    }),
  }),
})

const SetStoredAmountInput = builder.inputType('SetStoredAmountInput', {
  fields: (t) => ({
    rate: t.id({ required: true }),
    amount: t.field({
      type: 'Decimal',
      required: true,
      description: 'In GB, from 0 to 1,000,000,000 with at most 6 fraction digits.',
    }),
    idempotencyKey: t.string({ required: true }),
    teamId: t.id(),
    memberId: t.id(),
  }),
})

const SetStoredAmountResult = resultUnion('SetStoredAmountResult')

builder.mutationField('setStoredAmount', (t) =>
  t.field({
    type: SetStoredAmountResult,
    description:
      "From now on this many GB are stored; what was stored before has accrued to the millisecond. Each calendar day of the catalog's time zone is one CHARGE in its last millisecond, a line a rate, in GB-days rounded to 6 digits, by the rate card of that instant, with the reference `storage:2026-11-20`. What the balance does not cover is not charged, or is owed and part of the charge (not refundable), as the catalog says. Raising needs what the rate requires, never a balance; 0 ends it. At most 20 rates at once.",
    args: { input: t.arg({ type: SetStoredAmountInput, required: true }) },
    complexity: commandCost,
    resolve: setStoredAmount,
  }),
)
