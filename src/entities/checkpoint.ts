import { defineEntity, p } from '@mikro-orm/core'
import type { StoredGrant } from './json/stored.ts'

/** A team's grants as they stood at a revision: it changes what a look back costs, never what it says. */
export const CheckpointEntity = defineEntity({
  name: 'Checkpoint',
  tableName: 'checkpoint',
  properties: {
    teamId: p.text().primary(),
    revision: p.bigint('number').primary(),
    effectiveAt: p.datetime(3),
    grants: p.json<StoredGrant[]>(),
  },
})
