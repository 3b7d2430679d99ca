import type { MemberGroup } from '../../../domain/member-group.ts'
import type { MemberGroupEntity } from '../../../entities/member-group.ts'
import { boolean, type Described, json, table, text } from '../table.ts'

const description: Described<typeof MemberGroupEntity, MemberGroup, null, 'teamId'> = {
  id: text((group) => group.id),
  name: text((group) => group.name),
  parentId: text((group) => group.parentId),
  memberIds: json(
    (group) => group.memberIds,
    (memberIds) => memberIds,
  ),
  isDeleted: boolean((group) => group.isDeleted),
}

export const group = table('member_group', description, { key: ['id'] })
