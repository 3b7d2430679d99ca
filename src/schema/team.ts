import { teamActivity } from '../resolvers/activities.ts'
import { teamApiKeys } from '../resolvers/api-keys.ts'
import { teamAuditLog } from '../resolvers/audit-records.ts'
import { autoRecharge } from '../resolvers/auto-recharge.ts'
import { teamBalance } from '../resolvers/balances.ts'
import { teamContracts } from '../resolvers/contracts.ts'
import { teamCreditLine } from '../resolvers/credit-lines.ts'
import { teamCurrencies, teamCurrency } from '../resolvers/currencies.ts'
import { teamGrants } from '../resolvers/grants.ts'
import { teamLastEventId } from '../resolvers/last-event.ts'
import { teamMeteredUsage } from '../resolvers/metered.ts'
import { teamMeteredBills } from '../resolvers/metered-bills.ts'
import { teamHolds } from '../resolvers/open-holds.ts'
import { assignPlan, teamPlan } from '../resolvers/plans.ts'
import { teamPurchases } from '../resolvers/purchases.ts'
import { teamReceipt } from '../resolvers/receipts.ts'
import { teamSpendingLimits } from '../resolvers/spending-limits.ts'
import { teamStoredAmounts } from '../resolvers/stored-amounts.ts'
import { setLowBalanceThreshold } from '../resolvers/thresholds.ts'
import { teamForecast, teamUsage } from '../resolvers/usages.ts'
import { team } from '../resolvers/viewer.ts'
import { teamWebhookEndpoints } from '../resolvers/webhooks.ts'
import { ActivityConnection, ActivityFilterInput } from './activity.ts'
import { AuditConnection } from './audit-record.ts'
import { builder } from './builder.ts'
import * as costs from './costs.ts'
import { CadenceEnum, SpaceEnum, UsageDimensionEnum } from './enums.ts'
import { HoldConnection } from './hold.ts'
import { pageArguments } from './page-arguments.ts'
import { PurchaseConnection } from './purchase.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.TeamType.implement({
  interfaces: [refs.NodeType],
  fields: (t) => ({
    name: t.string({ resolve: ({ account }) => account.name }),
    plan: t.field({ type: refs.PlanType, nullable: true, resolve: teamPlan }),
    seats: t.int({ resolve: ({ account }) => account.seats }),
    currency: t.string({ resolve: teamCurrency }),
    currencies: t.stringList({
      complexity: costs.rowCost,
      resolve: async (team, _, context) => [...(await teamCurrencies(team, _, context))],
    }),
    balance: t.field({
      type: refs.BalanceType,
      description:
        'With `asOf` in the past: the balance as it was. In the future: as it will be if nothing is spent (scheduled grants and expiries applied).',
      args: { asOf: t.arg({ type: 'DateTime' }) },
      complexity: costs.costOfBalance,
      resolve: teamBalance,
    }),
  }),
})

/** The team's history, and the forecast from it. */
builder.objectFields(refs.TeamType, (t) => ({
  activity: t.field({
    type: ActivityConnection,
    nullable: true,
    description: 'Newest first.',
    args: { ...pageArguments, filter: t.arg({ type: ActivityFilterInput }) },
    complexity: costs.costOfActivity,
    resolve: teamActivity,
  }),
  lastActivityAt: t.field({
    type: 'DateTime',
    description:
      'The instant of the last hold or charge, or else of the beginning of the team. Deposits, expiries and corrections are no activity.',
    resolve: ({ account }) => account.activeAt,
  }),
  receipt: t.field({
    type: refs.ReceiptType,
    nullable: true,
    description: "Was I charged? Everything that a job's reference held, charged and gave back; null: nothing did.",
    args: { reference: t.arg.string({ required: true }) },
    complexity: costs.receiptCost,
    resolve: teamReceipt,
  }),
  lastEventId: t.id({
    nullable: true,
    description:
      'The id of the newest event. With it as `after`, `accountEvents` begins with the next event, however late the client subscribes.',
    complexity: costs.rowCost,
    resolve: teamLastEventId,
  }),
  usage: t.field({
    type: refs.UsageReportType,
    nullable: true,
    args: {
      from: t.arg({ type: 'DateTime', required: true }),
      to: t.arg({ type: 'DateTime', required: true }),
      groupBy: t.arg({ type: [UsageDimensionEnum], required: true }),
      groupByTags: t.arg.stringList(),
    },
    complexity: costs.costOfUsage,
    resolve: teamUsage,
  }),
  meteredUsage: t.field({
    type: refs.MeteredReportType,
    nullable: true,
    description:
      'The money that METERED rates cost in a calendar month of the catalog\'s time zone: `month: "2026-11"`. Months to come are empty.',
    args: { month: t.arg.string({ required: true }) },
    complexity: costs.monthCost,
    resolve: teamMeteredUsage,
  }),
  meteredBills: t.field({
    type: [refs.MeteredBillType],
    nullable: true,
    description:
      'ADMIN and higher: the bills for METERED usage, the newest first; at most the newest 100. While one is overdue, METERED rates are refused.',
    complexity: costs.costOfRows,
    resolve: teamMeteredBills,
  }),
  forecast: t.field({ type: refs.ForecastType, complexity: costs.forecastCost, resolve: teamForecast }),
}))

/** The team's credits: where they come from, and where they may go. */
builder.objectFields(refs.TeamType, (t) => ({
  grants: t.field({
    type: [refs.CreditGrantType],
    description: 'Open grants, in the order in which they will be burned.',
    resolve: teamGrants,
  }),
  holds: t.field({
    type: HoldConnection,
    nullable: true,
    args: pageArguments,
    complexity: costs.costOfPage,
    resolve: teamHolds,
  }),
  purchases: t.field({
    type: PurchaseConnection,
    nullable: true,
    args: pageArguments,
    complexity: costs.costOfPage,
    resolve: teamPurchases,
  }),
  autoRecharge: t.field({ type: refs.AutoRechargeType, resolve: autoRecharge }),
  creditLine: t.field({
    type: refs.CreditLineType,
    nullable: true,
    description: 'How much the team may owe for work beyond its balance; null: it has no credit line.',
    resolve: teamCreditLine,
  }),
  contracts: t.field({
    type: [refs.ContractType],
    description: 'All contracts in the order of their references, ended ones too.',
    resolve: teamContracts,
  }),
  addOnUnits: t.int({ resolve: ({ account }) => account.addOn.units }),
  storedAmounts: t.field({
    type: [refs.StoredAmountType],
    description:
      'The stored amounts by rate: those of now, and those of today that are still to be charged. `balance(asOf:)` of a future instant counts their daily charges.',
    resolve: teamStoredAmounts,
  }),
  spendingLimits: t.field({
    type: [refs.SpendingLimitType],
    nullable: true,
    complexity: costs.costOfLimits,
    description:
      'The limits of the team: an admin sees all, anyone else its own and those of the groups that it is in.',
    resolve: teamSpendingLimits,
  }),
}))

/** The team's settings that its admins look after. */
builder.objectFields(refs.TeamType, (t) => ({
  apiKeys: t.field({
    type: [refs.ApiKeyType],
    nullable: true,
    args: { space: t.arg({ type: SpaceEnum }) },
    complexity: costs.costOfRows,
    resolve: teamApiKeys,
  }),
  webhookEndpoints: t.field({
    type: [refs.WebhookEndpointType],
    nullable: true,
    description: 'ADMIN (own team) or PLATFORM: the endpoints of the team, the newest first.',
    complexity: costs.costOfRows,
    resolve: teamWebhookEndpoints,
  }),
  auditLog: t.field({
    type: AuditConnection,
    nullable: true,
    description: 'ADMIN (own team) or PLATFORM: who did what, newest first.',
    args: pageArguments,
    complexity: costs.costOfPage,
    resolve: teamAuditLog,
  }),
  lowBalanceThreshold: t.field({ type: 'Credits', resolve: ({ account }) => account.lowThreshold }),
}))

builder.queryField('team', (t) =>
  t.field({
    type: refs.TeamType,
    nullable: true,
    description:
      "The caller's own team. `id` is for PLATFORM callers; for anyone else another team's id is answered exactly like an unknown one.",
    args: { id: t.arg.id() },
    resolve: team,
  }),
)

const AssignPlanInput = builder.inputType('AssignPlanInput', {
  fields: (t) => ({
    teamId: t.id({ required: true }),
    teamName: t.string(),
    planId: t.id({ required: true }),
    seats: t.int({ defaultValue: 1 }),
    interval: t.field({ type: CadenceEnum }),
    anchor: t.field({ type: 'DateTime' }),
    currency: t.string(),
    trial: t.boolean(),
    idempotencyKey: t.string({ required: true }),
  }),
})

const AssignPlanResult = resultUnion('AssignPlanResult')

builder.mutationField('assignPlan', (t) =>
  t.field({
    type: AssignPlanResult,
    description: "PLATFORM: create or change a team's plan and seats.",
    args: { input: t.arg({ type: AssignPlanInput, required: true }) },
    complexity: costs.commandCost,
    resolve: assignPlan,
  }),
)

const LowBalanceThresholdInput = builder.inputType('LowBalanceThresholdInput', {
  description: "Absolute, or a share of the last 30 days' usage (25: a quarter). Null for both: the catalog's default.",
  fields: (t) => ({
    credits: t.field({ type: 'Credits' }),
    percentOfMonthlyUsage: t.field({ type: 'Decimal' }),
    teamId: t.id(),
  }),
})

const SetLowBalanceThresholdResult = resultUnion('SetLowBalanceThresholdResult')

builder.mutationField('setLowBalanceThreshold', (t) =>
  t.field({
    type: SetLowBalanceThresholdResult,
    args: { input: t.arg({ type: LowBalanceThresholdInput, required: true }) },
    complexity: costs.commandCost,
    resolve: setLowBalanceThreshold,
  }),
)
