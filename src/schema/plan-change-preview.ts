import { type PlanChangePreviewView, planChangePreview, previewedPlan } from '../resolvers/plan-change-previews.ts'
import { builder } from './builder.ts'
import { estimateCost } from './costs.ts'
import { CadenceEnum } from './enums.ts'
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

refs.PlanChangePreviewType.implement({
  description:
    'The effect on the credits, decided by the rules of the change itself. The gateway knows no prices of plans: their seller does.',
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
  }),
})

builder.queryField('planChangePreview', (t) =>
  t.field({
    type: resultUnion('PlanChangePreviewResult'),
    nullable: true,
    description: "The effect that a change of plan or seats would have on the team's credits now. Nothing is written.",
    args: {
      planId: t.arg.id({ required: true }),
      seats: t.arg.int({ description: "At most 100,000. Absent: the team's present number." }),
      interval: t.arg({ type: CadenceEnum, description: 'MONTH or YEAR. Absent: the present one.' }),
      teamId: t.arg.id(),
    },
    complexity: estimateCost,
    resolve: planChangePreview,
  }),
)
