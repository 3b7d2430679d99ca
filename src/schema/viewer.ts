import { memberName } from '../resolvers/members.ts'
import { viewer, viewerTeam } from '../resolvers/viewer.ts'
import { builder } from './builder.ts'
import { RoleEnum } from './enums.ts'
import { MemberType, NodeType, TeamType, ViewerType } from './refs.ts'

ViewerType.implement({
  fields: (t) => ({
    memberId: t.exposeID('memberId'),
    name: t.exposeString('name', { nullable: true }),
    role: t.expose('role', { type: RoleEnum }),
    team: t.field({ type: TeamType, nullable: true, resolve: viewerTeam }),
  }),
})

MemberType.implement({
  description: "`memberId`: the token's `sub`.",
  interfaces: [NodeType],
  fields: (t) => ({
    memberId: t.exposeString('id'),
    name: t.string({ nullable: true, resolve: memberName }),
  }),
})

builder.queryField('viewer', (t) => t.field({ type: ViewerType, resolve: viewer }))
