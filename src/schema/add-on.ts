import { setAddOnUnits } from '../resolvers/add-ons.ts'
import { builder } from './builder.ts'
import { paymentCost } from './costs.ts'
import { resultUnion } from './result-union.ts'

const SetAddOnUnitsResult = resultUnion('SetAddOnUnitsResult')

builder.mutationField('setAddOnUnits', (t) =>
  t.field({
    type: SetAddOnUnitsResult,
    description: 'ADMIN. Sets the number of recurring units; 0 cancels at the end of the cycle.',
    args: {
      units: t.arg.int({ required: true }),
      idempotencyKey: t.arg.string({ required: true }),
      teamId: t.arg.id(),
    },
    complexity: paymentCost,
    resolve: setAddOnUnits,
  }),
)
