import { formatDecimal } from '../domain/amounts/decimal.ts'
import { balanceBeside, teamBeside } from '../resolvers/balances.ts'
import * as holds from '../resolvers/holds.ts'
import { holdRemaining } from '../resolvers/open-holds.ts'
import type { CountedConnection, Edge } from '../resolvers/request/pages.ts'
import type { HoldView } from '../resolvers/request/results.ts'
import { builder } from './builder.ts'
import { clamped } from './clamped.ts'
import { commandCost, rowCost } from './costs.ts'
import { HoldStateEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'
import { FitInput, UsageInput } from './usage-input.ts'

refs.HoldType.implement({
  interfaces: [refs.NodeType],
  fields: (t) => ({
    team: t.field({ type: refs.TeamType, resolve: teamBeside }),
    state: t.field({ type: HoldStateEnum, resolve: ({ hold }) => hold.state }),
    amount: t.field({ type: 'Credits', resolve: ({ hold }) => hold.amount }),
    captured: t.field({ type: 'Credits', resolve: ({ hold }) => hold.captured }),
    remaining: t.field({ type: 'Credits', resolve: holdRemaining }),
    fitted: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The quantity that `fit` came to; null without it.',
      resolve: ({ hold: { fitted } }) => (fitted === null ? null : formatDecimal(fitted)),
    }),
    chargedAtStart: t.boolean({
      description:
        'Whether `amount` was charged when the hold was placed, because a rate of its usage is charged AT_START. Such a hold reserves nothing: `captured` is `amount`, `remaining` is 0, and `Balance.held` does not count it. `settleHold` confirms the charge; other usage is charged instead, once the first charge has come back. `releaseHold`, or silence past `expiresAt`, gives the whole charge back as a REFUND; `captured` is 0 then. The hold accepts no `captureHold`, and `extendHold` only for a later deadline.',
      resolve: ({ hold }) => hold.charged !== null,
    }),
    expiresAt: t.field({ type: 'DateTime', resolve: ({ hold }) => hold.expiresAt }),
    reference: t.string({ nullable: true, resolve: ({ hold }) => hold.reference }),
    balance: t.field({ type: refs.BalanceType, resolve: balanceBeside }),
  }),
})

const HoldEdge = builder.objectRef<Edge<HoldView>>('HoldEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: refs.HoldType }),
  }),
})

export const HoldConnection = builder.objectRef<CountedConnection<HoldView>>('HoldConnection').implement({
  fields: (t) => ({
    totalCount: t.int({
      nullable: true,
      description: 'The number of items in all pages, counted when this field is selected.',
      complexity: rowCost,
      resolve: async ({ count }) => clamped(await count()),
    }),
    edges: t.expose('edges', { type: [HoldEdge] }),
    nodes: t.expose('nodes', { type: [refs.HoldType] }),
    pageInfo: t.expose('pageInfo', { type: refs.PageInfoType }),
  }),
})

const HoldCreditsResult = resultUnion('HoldCreditsResult')

const SettleHoldResult = resultUnion('SettleHoldResult')

const ReleaseHoldResult = resultUnion('ReleaseHoldResult')

const HoldCreditsInput = builder.inputType('HoldCreditsInput', {
  fields: (t) => ({
    usage: t.field({ type: [UsageInput] }),
    fit: t.field({
      type: FitInput,
      description:
        'Beside `usage`, whose last line has no quantity of its own then. Not beside `quoteId`: `estimate` makes quotes that fit.',
    }),
    quoteId: t.id(),
    idempotencyKey: t.string({ required: true }),
    expiresInSeconds: t.int({ description: 'Default 600, at most 86,400.' }),
    reference: t.string(),
    teamId: t.id(),
    memberId: t.id(),
  }),
})

const ExtendHoldInput = builder.inputType('ExtendHoldInput', {
  fields: (t) => ({
    holdId: t.id({ required: true }),
    usage: t.field({ type: [UsageInput] }),
    expiresInSeconds: t.int(),
    idempotencyKey: t.string({ required: true }),
  }),
})

const CaptureHoldInput = builder.inputType('CaptureHoldInput', {
  fields: (t) => ({
    holdId: t.id({ required: true }),
    usage: t.field({ type: [UsageInput], required: true }),
    idempotencyKey: t.string({ required: true }),
  }),
})

const SettleHoldInput = builder.inputType('SettleHoldInput', {
  description: 'Without `usage`: what was held.',
  fields: (t) => ({
    holdId: t.id({ required: true }),
    usage: t.field({ type: [UsageInput] }),
    idempotencyKey: t.string({ required: true }),
  }),
})

const ReleaseHoldInput = builder.inputType('ReleaseHoldInput', {
  fields: (t) => ({
    holdId: t.id({ required: true }),
    reason: t.string(),
    idempotencyKey: t.string({ required: true }),
  }),
})

builder.mutationFields((t) => ({
  holdCredits: t.field({
    type: HoldCreditsResult,
    description: 'Reserve the most it can cost, before the work starts.',
    args: { input: t.arg({ type: HoldCreditsInput, required: true }) },
    complexity: commandCost,
    resolve: holds.holdCredits,
  }),
  extendHold: t.field({
    type: HoldCreditsResult,
    description: 'Live sessions: reserve more, or push the deadline, while the work runs.',
    args: { input: t.arg({ type: ExtendHoldInput, required: true }) },
    complexity: commandCost,
    resolve: holds.extendHold,
  }),
  captureHold: t.field({
    type: SettleHoldResult,
    description: 'Live sessions: charge what was used so far; the rest stays held.',
    args: { input: t.arg({ type: CaptureHoldInput, required: true }) },
    complexity: commandCost,
    resolve: holds.captureHold,
  }),
  settleHold: t.field({
    type: SettleHoldResult,
    description: 'The work succeeded: charge what was used and free the rest.',
    args: { input: t.arg({ type: SettleHoldInput, required: true }) },
    complexity: commandCost,
    resolve: holds.settleHold,
  }),
  releaseHold: t.field({
    type: ReleaseHoldResult,
    description: 'The work failed or was cancelled: charge nothing.',
    args: { input: t.arg({ type: ReleaseHoldInput, required: true }) },
    complexity: commandCost,
    resolve: holds.releaseHold,
  }),
}))
