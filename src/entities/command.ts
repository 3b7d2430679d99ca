import { defineEntity } from '@mikro-orm/core'
import type { StoredOutcome } from '../domain/stored.ts'

/** What was decided for an idempotency key, refusals included; kept for ever. */
export const CommandEntity = defineEntity({
  name: 'Command',
  tableName: 'command',
  properties: (p) => ({
    teamId: p.string().primary(),
    key: p.string().primary(),
    fingerprint: p.blob(),
    revision: p.bigint('number'),
    decidedAt: p.datetime(3),
    outcome: p.json<StoredOutcome>(),
  }),
})
