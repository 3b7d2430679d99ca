import type { Mandate } from '../domain/mandate.ts'
import * as recharges from '../resolvers/auto-recharge.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import { AutoRechargeStateEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

export const MandateType = builder.objectRef<Mandate>('RechargeMandate').implement({
  fields: (t) => ({
    acceptedBy: t.exposeString('acceptedBy', { nullable: true }),
    acceptedAt: t.expose('acceptedAt', { type: 'DateTime' }),
    text: t.exposeString('text'),
  }),
})

refs.AutoRechargeType.implement({
  fields: (t) => ({
    team: t.field({ type: refs.TeamType, resolve: recharges.rechargeTeam }),
    enabled: t.boolean({ resolve: (recharge) => recharges.rechargeState(recharge) !== 'OFF' }),
    threshold: t.field({
      type: 'Credits',
      nullable: true,
      resolve: ({ recharge }) => recharge?.threshold ?? null,
    }),
    package: t.field({ type: refs.CreditPackageType, nullable: true, resolve: recharges.rechargePackage }),
    targetBalance: t.field({
      type: 'Credits',
      nullable: true,
      resolve: ({ recharge }) => recharge?.targetBalance ?? null,
    }),
    monthlyCap: t.field({ type: refs.MoneyType, nullable: true, resolve: recharges.rechargeCap }),
    maxPerDay: t.int({ nullable: true, resolve: ({ recharge }) => recharge?.maxPerDay ?? null }),
    rechargesToday: t.int({ resolve: ({ recharge }) => recharge?.boughtToday ?? 0 }),
    spentThisMonth: t.field({ type: refs.MoneyType, resolve: recharges.rechargeSpent }),
    state: t.field({ type: AutoRechargeStateEnum, resolve: recharges.rechargeState }),
    lastFailure: t.string({ nullable: true, resolve: ({ recharge }) => recharge?.lastFailure ?? null }),
    mandate: t.field({ type: MandateType, nullable: true, resolve: recharges.mandateOf }),
    actionUrl: t.string({
      nullable: true,
      description: 'The page on which the customer confirms the payment while ACTION_REQUIRED. For ADMIN and higher.',
      resolve: recharges.rechargeActionUrl,
    }),
  }),
})

const AutoRechargeInput = builder.inputType('AutoRechargeInput', {
  fields: (t) => ({
    enabled: t.boolean({ required: true }),
    threshold: t.field({ type: 'Credits' }),
    packageId: t.id(),
    targetBalance: t.field({ type: 'Credits' }),
    monthlyCap: t.field({ type: 'Decimal' }),
    maxPerDay: t.int(),
    currency: t.string(),
    teamId: t.id(),
  }),
})

builder.queryField('rechargeMandate', (t) =>
  t.string({
    nullable: true,
    description:
      'The text that whoever turns auto-recharge on with these settings consents to: show it before. Null: it can not be turned on with them.',
    args: {
      threshold: t.arg({ type: 'Credits' }),
      packageId: t.arg.id(),
      targetBalance: t.arg({ type: 'Credits' }),
      monthlyCap: t.arg({ type: 'Decimal' }),
      maxPerDay: t.arg.int(),
      currency: t.arg.string(),
    },
    resolve: recharges.rechargeMandate,
  }),
)

const ConfigureAutoRechargeResult = resultUnion('ConfigureAutoRechargeResult')

builder.mutationField('configureAutoRecharge', (t) =>
  t.field({
    type: ConfigureAutoRechargeResult,
    description: 'ADMIN. Nothing is charged until the balance drops below the threshold.',
    args: { input: t.arg({ type: AutoRechargeInput, required: true }) },
    complexity: commandCost,
    resolve: recharges.configureAutoRecharge,
  }),
)
