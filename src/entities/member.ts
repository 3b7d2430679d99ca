import { defineEntity } from '@mikro-orm/core'

/** Who has been seen acting for a team. */
export const MemberEntity = defineEntity({
  name: 'Member',
  tableName: 'member',
  properties: (p) => ({
    teamId: p.string().primary(),
    id: p.string().primary(),
    name: p.string().nullable(),
    role: p.string(),
    seenAt: p.datetime(3),
  }),
})
