import { defineEntity, p } from '@mikro-orm/core'

/** A group of members with its own members, in a tree of groups. Spending limits name it by its id. */
export const MemberGroupEntity = defineEntity({
  name: 'MemberGroup',
  tableName: 'member_group',
  properties: {
    teamId: p.text().primary(),
    id: p.text().primary(),
    name: p.text(),
    parentId: p.text().nullable(),
    memberIds: p.json<string[]>(),
    isDeleted: p.boolean().default(false),
  },
})
