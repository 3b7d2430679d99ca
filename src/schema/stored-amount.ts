import { setStoredAmount } from '../resolvers/stored-amounts.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.StoredAmountType.implement({
  description:
    "The data that a team keeps stored at a rate of the unit GB_DAY. A GB-day is one GB for one whole calendar day of the catalog's time zone, however many hours that day has.",
  fields: (t) => ({
    rate: t.exposeID('rate'),
    name: t.exposeString('name'),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: 'The stored GB. 0: the entry disappears when today has been charged.',
    }),
    since: t.expose('since', { type: 'DateTime', description: 'The instant from which this amount counts.' }),
    accruedToday: t.expose('accruedToday', {
      type: 'Decimal',
      description: 'The GB-days of today so far, rounded down. They are charged when the day ends.',
    }),
  }),
})

const SetStoredAmountInput = builder.inputType('SetStoredAmountInput', {
  fields: (t) => ({
    rate: t.id({ required: true }),
    amount: t.field({
      type: 'Decimal',
      required: true,
      description: 'GB from 0 to 1,000,000,000, with at most 6 fraction digits.',
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
      "Sets the GB that the team stores at the rate from now on. The former amount has accrued to the millisecond. Each calendar day of the catalog's time zone is charged by one CHARGE in its last millisecond: a line for each rate, in GB-days rounded to 6 digits, by the rate card of that instant, with the reference `storage:2026-11-20`. The catalog decides about the part that the balance does not cover: it is not charged, or it is owed as a part of the charge that can't be refunded. A higher amount must meet the requirements of the rate, but needs no balance; 0 ends the storage. A team stores at most 20 rates at once.",
    args: { input: t.arg({ type: SetStoredAmountInput, required: true }) },
    complexity: commandCost,
    resolve: setStoredAmount,
  }),
)
