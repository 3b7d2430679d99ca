import { balanceLabel, balanceSpendable, scopedCreditsScope, teamBeside } from '../resolvers/balances.ts'
import { BalanceStateEnum } from './enums.ts'
import {
  AllowancePeriodType,
  BalanceType,
  ExpiryType,
  GrantScopeType,
  ScopedCreditsType,
  TeamType,
  UnlockType,
} from './refs.ts'

BalanceType.implement({
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'One per team for the present; another for `asOf` and for balances of past events. Of two with one id the newer `revision` counts.',
    }),
    team: t.field({ type: TeamType, resolve: teamBeside }),
    available: t.expose('available', {
      type: 'Credits',
      description: 'Spendable now: what a pill shows and what a hold is checked against.',
    }),
    held: t.expose('held', { type: 'Credits', description: 'Reserved by open holds, not in `available`.' }),
    locked: t.expose('locked', {
      type: 'Credits',
      description:
        'Bought, and not spendable yet: neither in `available` nor in `held`. 0 unless the catalog slows the first purchases of a team.',
    }),
    nextUnlock: t.expose('nextUnlock', { type: UnlockType, nullable: true }),
    scoped: t.expose('scoped', {
      type: [ScopedCreditsType],
      description:
        'Credits that pay for certain rates only, such as a promotion for images: not in `available`, and used before it. One item for each scope, the narrowest first.',
    }),
    spendable: t.field({
      type: 'Credits',
      nullable: true,
      description:
        'The credits that can be spent on one rate: `available`, and the scoped credits that pay for it. Two rates may share the same credits, so the values of several rates do not add up. Null: the rate card in force at `asOf` does not have the rate.',
      args: { rate: t.arg.id({ required: true }) },
      resolve: balanceSpendable,
    }),
    included: t.expose('included', {
      type: 'Credits',
      description: 'The parts of `available`: plan allowances, and everything bought or granted on top.',
    }),
    additional: t.expose('additional', { type: 'Credits' }),
    owed: t.expose('owed', {
      type: 'Credits',
      description: 'Spent credits whose payment was taken back; the next grant pays this first.',
    }),
    state: t.expose('state', { type: BalanceStateEnum }),
    lowThreshold: t.expose('lowThreshold', { type: 'Credits' }),
    period: t.expose('period', {
      type: AllowancePeriodType,
      nullable: true,
      description: 'The current allowance period; null where the plan grants nothing.',
    }),
    nextExpiry: t.expose('nextExpiry', { type: ExpiryType, nullable: true }),
    runwaySeconds: t.exposeInt('runwaySeconds', {
      nullable: true,
      description:
        'The seconds from `asOf` for which the balance lasts, if every live session continues at its rate; null while no session is open. A live session is an open hold of which `captureHold` has charged time (rates per SECOND or MINUTE). Its rate is that of its last such capture, counted on from that instant. The session ends with `settleHold`, `releaseHold` or its deadline. Each session uses its held credits, then those `available`; at 0, the first of several can no longer be charged. Grants that end on the way and allowances that land are counted, purchases to come are not. Whole seconds, rounded down, never below 0. The stream sends a value when the instant moves, not each second: count down from `asOf`. Null in balances of another time.',
    }),
    revision: t.expose('revision', { type: 'Revision' }),
    asOf: t.expose('asOf', { type: 'DateTime' }),
    label: t.string({
      description: 'For people: `2,341 Credits`. Rounded down, never up.',
      args: { locale: t.arg.string({ defaultValue: 'en' }) },
      resolve: balanceLabel,
    }),
  }),
})

AllowancePeriodType.implement({
  fields: (t) => ({
    allowance: t.expose('allowance', { type: 'Credits' }),
    used: t.expose('used', { type: 'Credits' }),
    remaining: t.expose('remaining', { type: 'Credits' }),
    startsAt: t.expose('startsAt', { type: 'DateTime' }),
    resetsAt: t.expose('resetsAt', { type: 'DateTime' }),
  }),
})

ExpiryType.implement({
  fields: (t) => ({
    amount: t.expose('amount', { type: 'Credits' }),
    at: t.expose('at', { type: 'DateTime' }),
  }),
})

ScopedCreditsType.implement({
  fields: (t) => ({
    available: t.expose('available', { type: 'Credits' }),
    scope: t.field({ type: GrantScopeType, resolve: scopedCreditsScope }),
    nextExpiry: t.expose('nextExpiry', { type: ExpiryType, nullable: true }),
  }),
})

UnlockType.implement({
  fields: (t) => ({
    amount: t.expose('amount', { type: 'Credits' }),
    at: t.expose('at', { type: 'DateTime' }),
  }),
})
