import { defineEntity } from '@mikro-orm/core'

/** One deposit of credits. Amounts in micro-credits; their sum is checked by the database. */
export const CreditGrantEntity = defineEntity({
  name: 'CreditGrant',
  tableName: 'credit_grant',
  properties: (p) => ({
    teamId: p.string().primary(),
    id: p.bigint('number').primary(),
    kind: p.string(),
    priority: p.integer(),
    startsAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    granted: p.bigint(),
    available: p.bigint(),
    held: p.bigint(),
    spent: p.bigint(),
    expired: p.bigint(),
    revoked: p.bigint(),
    clawedBack: p.bigint(),
    source: p.string(),
    allowanceId: p.string().nullable(),
    allowancePeriod: p.integer().nullable(),
    open: p.boolean(),
  }),
})
