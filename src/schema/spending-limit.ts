import { limitCaller, limitMember, limitRemaining, setSpendingLimit } from '../resolvers/spending-limits.ts'
import { builder } from './builder.ts'
import { costOfLimit, costOfLimitedGroup } from './costs.ts'
import { LimitPeriodEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.SpendingLimitType.implement({
  description:
    "The most that a member, a caller of the API, or the members of a group together may reserve and spend in a calendar day, week or month of the catalog's time zone. Metered money does not count.",
  fields: (t) => ({
    member: t.field({
      type: refs.MemberType,
      nullable: true,
      description: 'The limited member, whichever caller acts for it; null for a limit of a caller or a group.',
      resolve: limitMember,
    }),
    callerId: t.id({
      nullable: true,
      description:
        'The limited caller, whichever member it acts for: the `sub` of its token, or the prefix of its API key. Null for a limit of a member or a group.',
      resolve: limitCaller,
    }),
    group: t.expose('group', {
      type: refs.MemberGroupType,
      nullable: true,
      complexity: costOfLimitedGroup,
      description:
        'The limited group: its own members and those of the groups below it, together. Null for a limit of a member or a caller.',
    }),
    per: t.expose('per', { type: LimitPeriodEnum }),
    credits: t.expose('credits', { type: 'Credits' }),
    used: t.expose('used', {
      type: 'Credits',
      description:
        'Credits that were reserved or charged in the running window, less those given back. Settling may exceed the limit.',
    }),
    remaining: t.field({ type: 'Credits', resolve: limitRemaining }),
    resetsAt: t.expose('resetsAt', { type: 'DateTime' }),
  }),
})

const SpendingLimitInput = builder.inputType('SpendingLimitInput', {
  description: 'One of `memberId`, `callerId` and `groupId`.',
  fields: (t) => ({
    memberId: t.id(),
    callerId: t.id(),
    groupId: t.id({ description: "The group: its members' use counts together, whichever caller acts for them." }),
    per: t.field({ type: LimitPeriodEnum, required: true }),
    credits: t.field({ type: 'Credits', description: 'Null lifts the limit.' }),
    teamId: t.id(),
  }),
})

const SetSpendingLimitResult = resultUnion('SetSpendingLimitResult')

builder.mutationField('setSpendingLimit', (t) =>
  t.field({
    type: SetSpendingLimitResult,
    description:
      'ADMIN: limits the credits that a member, a caller of the API, or the members of a group together may spend. A new limit of a member counts its use in the running window so far. A new limit of a caller counts only its open holds, because charges are not recorded by caller. A new limit of a group counts only what is used from now on; a change of its credits keeps the count. A team has at most 1,000 limits.',
    args: { input: t.arg({ type: SpendingLimitInput, required: true }) },
    complexity: costOfLimit,
    resolve: setSpendingLimit,
  }),
)
