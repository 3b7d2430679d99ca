import { defineEntity, p } from '@mikro-orm/core'

/** A member that was seen acting for a team. */
export const MemberEntity = defineEntity({
  name: 'Member',
  tableName: 'member',
  properties: {
    teamId: p.text().primary(),
    id: p.text().primary(),
    name: p.text().nullable(),
    role: p.text(),
    seenAt: p.datetime(3),
  },
})
