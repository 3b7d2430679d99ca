import { defineEntity, p } from '@mikro-orm/core'
import type { StoredOutcome } from './json/stored.ts'

/** A command that had an effect under an idempotency key; kept for ever. */
export const CommandEntity = defineEntity({
  name: 'Command',
  tableName: 'command',
  properties: {
    teamId: p.text().primary(),
    key: p.text().primary(),
    callerClass: p.text().primary().default('FORMER'),
    mutation: p.text().primary().default(''),
    callerId: p.text().nullable(),
    callerRole: p.text().nullable(),
    fingerprint: p.blob(),
    revision: p.bigint('number'),
    decidedAt: p.datetime(3),
    outcome: p.json<StoredOutcome>(),
    audited: p.boolean().nullable(),
  },
})
