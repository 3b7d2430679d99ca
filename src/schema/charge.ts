import { balanceBeside, teamBeside } from '../resolvers/balances.ts'
import { burnViews, chargeHold, chargeLines, chargeMetered, chargeUsage, recordUsage } from '../resolvers/charges.ts'
import { refundAt, refundCharge, refundedCharge, refundReason } from '../resolvers/refunds.ts'
import { builder } from './builder.ts'
import { commandCost, costOfEvents, rowCost } from './costs.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'
import { UsageInput } from './usage-input.ts'

refs.ChargeType.implement({
  interfaces: [refs.NodeType],
  fields: (t) => ({
    team: t.field({ type: refs.TeamType, resolve: teamBeside }),
    hold: t.field({
      type: refs.HoldType,
      nullable: true,
      description: 'The hold that it settled or captured; null where there was none.',
      complexity: rowCost,
      resolve: chargeHold,
    }),
    amount: t.field({ type: 'Credits', resolve: ({ charge }) => charge.amount }),
    metered: t.field({ type: refs.MoneyType, nullable: true, resolve: chargeMetered }),
    lines: t.field({ type: [refs.PriceLineType], resolve: chargeLines }),
    burn: t.field({ type: [refs.BurnStepType], resolve: ({ charge, teamId }) => burnViews(charge.burn, teamId) }),
    rateCardVersion: t.id({ resolve: ({ charge }) => charge.rateCardVersion }),
    at: t.field({ type: 'DateTime', resolve: ({ charge }) => charge.at }),
    reference: t.string({ nullable: true, resolve: ({ charge }) => charge.reference }),
    balance: t.field({ type: refs.BalanceType, resolve: balanceBeside }),
  }),
})

refs.RefundType.implement({
  interfaces: [refs.NodeType],
  fields: (t) => ({
    team: t.field({ type: refs.TeamType, resolve: teamBeside }),
    amount: t.field({ type: 'Credits', resolve: ({ refund }) => refund.amount }),
    at: t.field({ type: 'DateTime', complexity: rowCost, resolve: refundAt }),
    reason: t.string({ nullable: true, complexity: rowCost, resolve: refundReason }),
    charge: t.field({ type: refs.ChargeType, complexity: rowCost, resolve: refundedCharge }),
    balance: t.field({ type: refs.BalanceType, resolve: balanceBeside }),
  }),
})

const ChargeUsageResult = resultUnion('ChargeUsageResult')

const RefundChargeResult = resultUnion('RefundChargeResult')

const ChargeUsageInput = builder.inputType('ChargeUsageInput', {
  fields: (t) => ({
    usage: t.field({ type: [UsageInput], required: true }),
    idempotencyKey: t.string({ required: true }),
    reference: t.string(),
    teamId: t.id(),
    memberId: t.id(),
  }),
})

const RefundChargeInput = builder.inputType('RefundChargeInput', {
  fields: (t) => ({
    chargeId: t.id({ required: true }),
    amount: t.field({ type: 'Credits', description: 'Default: all of what is left.' }),
    reason: t.string({ required: true }),
    idempotencyKey: t.string({ required: true }),
    teamId: t.id(),
  }),
})

builder.mutationFields((t) => ({
  chargeUsage: t.field({
    type: ChargeUsageResult,
    description: 'Reserve and settle in one step, for work that is already done.',
    args: { input: t.arg({ type: ChargeUsageInput, required: true }) },
    complexity: commandCost,
    resolve: chargeUsage,
  }),
  recordUsage: t.field({
    type: [ChargeUsageResult],
    description: 'Up to 1,000 charges, each with its own key and its own outcome, in the order given.',
    args: { events: t.arg({ type: [ChargeUsageInput], required: true }) },
    complexity: costOfEvents,
    resolve: recordUsage,
  }),
  refundCharge: t.field({
    type: RefundChargeResult,
    description: 'Give credits of a charge back, to the grants they came from. PLATFORM.',
    args: { input: t.arg({ type: RefundChargeInput, required: true }) },
    complexity: commandCost,
    resolve: refundCharge,
  }),
}))
