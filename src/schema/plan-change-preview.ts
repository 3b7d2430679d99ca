import type { PlanChangeMoney, PlannedPayment, PlannedPaymentLine } from '../domain/plan-change-cost.ts'
import {
  type PlanChangePreviewView,
  planChangePreview,
  previewedMoney,
  previewedPlan,
  unpricedReason,
} from '../resolvers/plan-change-previews.ts'
import { builder } from './builder.ts'
import { estimateCost, paymentCost } from './costs.ts'
import { CadenceEnum, ProrationEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

const PlannedDepositType = builder
  .objectRef<NonNullable<PlanChangePreviewView['nextDeposit']>>('PlannedDeposit')
  .implement({
    description: 'Credits that the plan will deposit.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'The begin of the period.' }),
      credits: t.expose('credits', { type: 'Credits', description: 'The sum of all that comes at that instant.' }),
    }),
  })

const PlannedPaymentLineType = builder.objectRef<PlannedPaymentLine>('PlannedPaymentLine').implement({
  description: 'A line of an invoice to come.',
  fields: (t) => ({
    description: t.exposeString('description', { nullable: true, description: "Stripe's own words." }),
    amount: t.expose('amount', {
      type: refs.MoneyType,
      description: 'Below zero: it gives money back. Taxes that are added to prices are not part of it.',
    }),
    isProration: t.exposeBoolean('isProration', {
      description: 'Whether it is for the rest of a period that a change has divided.',
    }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'The begin of what it pays for.' }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: 'The end of what it pays for.' }),
  }),
})

const PlannedPaymentType = builder.objectRef<PlannedPayment>('PlannedPayment').implement({
  description: "An invoice to come, computed by Stripe. The customer's balance at Stripe pays first.",
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The instant at which the invoice is made.' }),
    amount: t.expose('amount', {
      type: refs.MoneyType,
      description:
        "The amount to pay. 0 where the customer's balance pays all of it, or it is below the least charge of the currency; the rest then stays on that balance.",
    }),
    net: t.expose('net', { type: refs.MoneyType, description: 'The invoice without tax.' }),
    tax: t.expose('tax', {
      type: refs.MoneyType,
      nullable: true,
      description: 'The tax; null while no address is known, or where none is computed.',
    }),
    total: t.expose('total', {
      type: refs.MoneyType,
      description: '`net` and `tax` together. Below zero: the invoice gives money back, to the balance.',
    }),
    lines: t.expose('lines', {
      type: [PlannedPaymentLineType],
      description: 'The first 10 lines, prorations first. The sums count all lines.',
    }),
  }),
})

const PlanChangeMoneyType = builder.objectRef<PlanChangeMoney>('PlanChangeMoney').implement({
  description:
    "The effect of a change of plan on the money, computed by Stripe. The plan's item of the subscription gets the price of the plan, and the seats as its quantity; other items stay.",
  fields: (t) => ({
    dueNow: t.expose('dueNow', {
      type: PlannedPaymentType,
      nullable: true,
      description: 'The invoice that the change makes at once; null: it makes none.',
    }),
    nextPayment: t.expose('nextPayment', {
      type: PlannedPaymentType,
      nullable: true,
      description: 'The invoice that comes next after the change and `dueNow`; null: none comes.',
    }),
    prorationDate: t.expose('prorationDate', {
      type: 'DateTime',
      nullable: true,
      description:
        "The instant at which prorations were computed; null: there are none. A change with it as Stripe's `proration_date`, in seconds, costs exactly this.",
    }),
  }),
})

refs.PlanChangePreviewType.implement({
  description:
    'The effect on credits and money. The credits are decided by the rules of the change itself. The money is computed by Stripe, which knows the prices of plans.',
  fields: (t) => ({
    plan: t.field({
      type: refs.PlanType,
      nullable: true,
      description: 'The plan after the change; null: the change leaves the team without a plan.',
      resolve: previewedPlan,
    }),
    seats: t.int({ description: 'The seats after the change.', resolve: ({ after }) => after.seats }),
    deposited: t.expose('deposited', { type: 'Credits', description: 'Credits that come at once.' }),
    takenBack: t.expose('takenBack', {
      type: 'Credits',
      description: 'Credits of the present plan that go at once, for the rest of their period.',
    }),
    currentBalance: t.field({
      type: 'Credits',
      description: 'The available credits now.',
      resolve: ({ before }) => before.available,
    }),
    projectedBalance: t.field({
      type: 'Credits',
      description: 'The available credits right after the change. Debts are paid first.',
      resolve: ({ after }) => after.available,
    }),
    nextDeposit: t.field({
      type: PlannedDepositType,
      nullable: true,
      description: 'The deposit that comes next after the change; null: none is expected.',
      resolve: ({ nextDeposit }) => nextDeposit,
    }),
    addOnUnits: t.int({
      description: 'The recurring units that stay: none on a plan that sells none.',
      resolve: ({ after }) => after.addOn.units,
    }),
    money: t.field({
      type: PlanChangeMoneyType,
      nullable: true,
      description:
        'The money for it. Stripe is asked only where this field or `unpricedReason` is selected. If Stripe is out of reach, the field fails with PAYMENTS_UNAVAILABLE and `retryAfterSeconds`. Null: `unpricedReason` says why.',
      complexity: paymentCost,
      resolve: previewedMoney,
    }),
    unpricedReason: t.string({
      nullable: true,
      description: 'The reason why `money` is null, for people, with what to do.',
      complexity: paymentCost,
      resolve: unpricedReason,
    }),
  }),
})

builder.queryField('planChangePreview', (t) =>
  t.field({
    type: resultUnion('PlanChangePreviewResult'),
    nullable: true,
    description:
      "The effect that a change of plan or seats would have on the team's credits and money now. Nothing is written.",
    args: {
      planId: t.arg.id({ required: true }),
      seats: t.arg.int({ description: "At most 100,000. Absent: the team's present number." }),
      interval: t.arg({ type: CadenceEnum, description: 'MONTH or YEAR. Absent: the present one.' }),
      proration: t.arg({
        type: ProrationEnum,
        required: true,
        defaultValue: 'CREATE_PRORATIONS',
        description: 'How the change is made at Stripe. It counts for `money` alone.',
      }),
      teamId: t.arg.id(),
    },
    complexity: estimateCost,
    resolve: planChangePreview,
  }),
)
