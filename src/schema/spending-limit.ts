import { limitCaller, limitMember, limitRemaining, setSpendingLimit } from '../resolvers/spending-limits.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import { LimitPeriodEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.SpendingLimitType.implement({
  description:
    "The most that a member, or a caller of the API, may reserve and spend in a calendar day, week or month of the catalog's time zone. Metered money does not count.",
  fields: (t) => ({
    member: t.field({
      type: refs.MemberType,
      nullable: true,
      description: 'The limited member, whichever caller acts for it; null for a limit of a caller.',
      resolve: limitMember,
    }),
    callerId: t.id({
      nullable: true,
      description:
        'The limited caller, whichever member it acts for: the `sub` of its token, or the prefix of its API key. Null for a limit of a member.',
      resolve: limitCaller,
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
  description: 'Either `memberId` or `callerId`.',
  fields: (t) => ({
    memberId: t.id(),
    callerId: t.id(),
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
      'ADMIN: limits the credits that a member or a caller of the API may spend. A new limit of a member counts its use in the running window so far. A new limit of a caller counts only its open holds, because charges are not recorded by caller. A team has at most 1,000 limits.',
    args: { input: t.arg({ type: SpendingLimitInput, required: true }) },
    complexity: commandCost,
    resolve: setSpendingLimit,
  }),
)
