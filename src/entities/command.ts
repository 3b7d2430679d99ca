import { defineEntity } from '@mikro-orm/core'
import type { StoredOutcome } from '../domain/stored.ts'

/** What had an effect under an idempotency key; kept for ever. */
export const CommandEntity = defineEntity({
  name: 'Command',
  tableName: 'command',
  properties: (p) => ({
    teamId: p.string().primary(),
    key: p.string().primary(),
    callerClass: p.string().primary(),
    mutation: p.string().primary(),
    callerId: p.string().nullable(),
    callerRole: p.string().nullable(),
    fingerprint: p.blob(),
    revision: p.bigint('number'),
    decidedAt: p.datetime(3),
    outcome: p.json<StoredOutcome>(),
    audited: p.boolean().nullable(),
  }),
})
