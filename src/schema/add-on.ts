import { setAddOnUnits } from '../resolvers/add-ons.ts'
import { typeNameOf } from '../resolvers/results.ts'
import { builder } from './builder.ts'
import { paymentCost } from './costs.ts'
import * as refs from './refs.ts'

const SetAddOnUnitsResult = builder.unionType('SetAddOnUnitsResult', {
  types: [
    refs.TeamType,
    refs.AddOnNotAvailableType,
    refs.PurchaseNotAllowedType,
    refs.PaymentDeclinedType,
    refs.PaymentActionRequiredType,
    refs.PaymentUnavailableType,
    refs.NoPaymentMethodType,
    refs.IdempotencyConflictType,
    ...refs.refusals,
  ],
  resolveType: typeNameOf,
})

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
