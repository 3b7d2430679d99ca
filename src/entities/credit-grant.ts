import { defineEntity, p } from '@mikro-orm/core'
import type { GrantScope } from '../domain/grant-scope.ts'

/** One deposit of credits. Amounts in micro-credits; the rest of `granted` is locked, which the database checks. */
export const CreditGrantEntity = defineEntity({
  name: 'CreditGrant',
  tableName: 'credit_grant',
  properties: {
    teamId: p.text().primary(),
    id: p.bigint('number').primary(),
    kind: p.text(),
    priority: p.integer(),
    startsAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    granted: p.bigint(),
    available: p.bigint(),
    held: p.bigint(),
    spent: p.bigint(),
    expired: p.bigint(),
    revoked: p.bigint(),
    clawedBack: p.bigint().defaultRaw('0'),
    frozen: p.boolean().default(false),
    lockAmount: p.bigint().nullable(),
    unlocksAt: p.datetime(3).nullable(),
    source: p.text(),
    allowanceId: p.text().nullable(),
    allowancePeriod: p.integer().nullable(),
    costAmount: p.bigint().nullable(),
    costCurrency: p.text().nullable(),
    // Null: it was known as the grant arrived.
    costAt: p.datetime(3).nullable(),
    open: p.boolean(),
    // Null: it pays for everything.
    scope: p.json<GrantScope>().nullable(),
  },
  indexes: [
    { name: 'credit_grant_open', properties: ['teamId'], where: 'open' },
    { name: 'credit_grant_paid', properties: ['teamId'], where: 'cost_amount is not null' },
  ],
  uniques: [
    { name: 'credit_grant_team_id_source_key', properties: ['teamId', 'source'] },
    {
      name: 'credit_grant_team_id_allowance_id_allowance_period_key',
      properties: ['teamId', 'allowanceId', 'allowancePeriod'],
    },
  ],
})
