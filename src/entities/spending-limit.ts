import { defineEntity } from '@mikro-orm/core'

/** The most that a member or an API caller may spend in a window, and what it has. No credits: the limit was lifted. */
export const SpendingLimitEntity = defineEntity({
  name: 'SpendingLimit',
  tableName: 'spending_limit',
  properties: (p) => ({
    teamId: p.string().primary(),
    subject: p.string().primary(),
    subjectId: p.string().primary(),
    per: p.string().primary(),
    credits: p.bigint().nullable(),
    windowStart: p.datetime(3),
    resetsAt: p.datetime(3),
    used: p.bigint(),
    setAt: p.datetime(3),
  }),
})
