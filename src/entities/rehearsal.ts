import { defineEntity, p } from '@mikro-orm/core'
import type { StoredDivergence, StoredReplay, StoredStanding } from './json/stored-rehearsal.ts'

/** The rehearsal of a team that another system serves: its shadow, and how the two compare after the last event. */
export const RehearsalEntity = defineEntity({
  name: 'Rehearsal',
  tableName: 'rehearsal',
  properties: {
    teamId: p.text().primary(),
    system: p.text(),
    since: p.datetime(3),
    startsAt: p.datetime(3),
    standing: p.json<StoredStanding>().nullable(),
    shadow: p.json<StoredReplay>(),
    foldedThrough: p.datetime(3),
    theirs: p.bigint(),
    ours: p.bigint(),
    firstDivergence: p.json<StoredDivergence>().nullable(),
    events: p.bigint().defaultRaw('0'),
    lastEvent: p.text().nullable(),
    lastEventAt: p.datetime(3).nullable(),
    recordedAt: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'rehearsal_diverged', properties: ['teamId'], where: 'first_divergence is not null' }],
})
