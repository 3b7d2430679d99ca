import {
  deleteMemberGroup,
  groupMembers,
  moveMember,
  setMemberGroup,
  teamMemberGroups,
} from '../resolvers/member-groups.ts'
import type { Connection, Edge } from '../resolvers/request/pages.ts'
import type { MemberView } from '../resolvers/request/results.ts'
import { builder } from './builder.ts'
import { costOfGroups, costOfKnownPage, groupCommandCost } from './costs.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

const MemberEdge = builder.objectRef<Edge<MemberView>>('MemberEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: refs.MemberType }),
  }),
})

const MemberConnection = builder.objectRef<Connection<MemberView>>('MemberConnection').implement({
  fields: (t) => ({
    edges: t.expose('edges', { type: [MemberEdge] }),
    nodes: t.expose('nodes', { type: [refs.MemberType] }),
    pageInfo: t.expose('pageInfo', { type: refs.PageInfoType }),
  }),
})

refs.MemberGroupType.implement({
  description:
    'Members of a team that share spending limits, such as a department or a project. Groups form trees: the limits of a group bound its own members and those of the groups below it, together.',
  fields: (t) => ({
    groupId: t.exposeID('id', { description: "The caller's own word for the group; unique in the team." }),
    name: t.exposeString('name', { description: 'The name for people.' }),
    parentId: t.exposeID('parentId', {
      nullable: true,
      description: 'The `groupId` of the group above; null: the group is the root of a tree.',
    }),
    members: t.field({
      type: MemberConnection,
      nullable: true,
      args: {
        first: t.arg.int({ description: 'The number of members, from the first on: 0 to 100. Absent: 20.' }),
        after: t.arg.string({ description: 'Only members behind the one of this cursor.' }),
        last: t.arg.int({ description: 'The number of members, from the last on, in place of `first`: 0 to 100.' }),
        before: t.arg.string({ description: 'Only members before the one of this cursor.' }),
      },
      complexity: costOfKnownPage,
      description: "The group's own members in the order of their ids; null for callers below ADMIN.",
      resolve: groupMembers,
    }),
  }),
})

builder.objectField(refs.TeamType, 'memberGroups', (t) =>
  t.field({
    type: [refs.MemberGroupType],
    nullable: true,
    complexity: costOfGroups,
    description:
      'The groups in the order of their ids, at most 100: an admin sees all, anyone else its own group and those above it.',
    resolve: teamMemberGroups,
  }),
)

const MemberGroupInput = builder.inputType('MemberGroupInput', {
  fields: (t) => ({
    groupId: t.id({ required: true, description: "The caller's own word for the group: 1 to 100 bytes of UTF-8." }),
    name: t.string({ required: true, description: 'The name for people: 1 to 200 characters.' }),
    parentId: t.id({
      description: 'The `groupId` of the group above. Absent or null: the group is the root of a tree.',
    }),
    teamId: t.id(),
  }),
})

const DeleteMemberGroupInput = builder.inputType('DeleteMemberGroupInput', {
  fields: (t) => ({
    groupId: t.id({ required: true, description: 'The group to delete.' }),
    teamId: t.id(),
  }),
})

const MoveMemberInput = builder.inputType('MoveMemberInput', {
  fields: (t) => ({
    memberId: t.id({ required: true, description: 'The `sub` of the member or its `id`.' }),
    groupId: t.id({ description: 'The group that the member comes into. Absent or null: out of every group.' }),
    teamId: t.id(),
  }),
})

builder.mutationFields((t) => ({
  setMemberGroup: t.field({
    type: resultUnion('SetMemberGroupResult'),
    description:
      'ADMIN: creates a group, or changes its name and its parent. A team has at most 100 groups, in trees of at most 5 levels. Use that was counted stays with the groups in which it was made.',
    args: { input: t.arg({ type: MemberGroupInput, required: true }) },
    complexity: groupCommandCost,
    resolve: setMemberGroup,
  }),
  deleteMemberGroup: t.field({
    type: resultUnion('DeleteMemberGroupResult'),
    description:
      'ADMIN: deletes a group and lifts its limits. Its members and the groups below it come to its parent, if it has one.',
    args: { input: t.arg({ type: DeleteMemberGroupInput, required: true }) },
    complexity: groupCommandCost,
    resolve: deleteMemberGroup,
  }),
  moveMember: t.field({
    type: resultUnion('MoveMemberResult'),
    description:
      'ADMIN: moves a member into a group, or out of every group. A member is in at most one group; at most 1,000 members of a team are in groups. Its id has at most 200 bytes of UTF-8. Earlier use and open holds stay with the groups in which they were counted.',
    args: { input: t.arg({ type: MoveMemberInput, required: true }) },
    complexity: groupCommandCost,
    resolve: moveMember,
  }),
}))
