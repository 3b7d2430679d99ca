import { defineEntity, p } from '@mikro-orm/core'
import type { StoredRehearsedEvent } from './json/stored-rehearsal.ts'

/** An event of another system that its team's shadow does not contain yet. */
export const RehearsalEventEntity = defineEntity({
  name: 'RehearsalEvent',
  tableName: 'rehearsal_event',
  properties: {
    teamId: p.text().primary(),
    id: p.text().primary(),
    at: p.datetime(3),
    event: p.json<StoredRehearsedEvent>(),
  },
})
