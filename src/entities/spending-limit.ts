import { defineEntity, p } from '@mikro-orm/core'

/** The most that a member or an API caller may spend in a window, and what it has. No credits: the limit was lifted. */
export const SpendingLimitEntity = defineEntity({
  name: 'SpendingLimit',
  tableName: 'spending_limit',
  properties: {
    teamId: p.text().primary(),
    subject: p.text().primary(),
    subjectId: p.text().primary(),
    per: p.text().primary(),
    credits: p.bigint().nullable(),
    windowStart: p.datetime(3),
    resetsAt: p.datetime(3),
    used: p.bigint(),
    setAt: p.datetime(3),
  },
})
