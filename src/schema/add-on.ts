import { setAddOnUnits } from '../resolvers/add-ons.ts'
import { typeNameOf } from '../resolvers/results.ts'
import { builder } from './builder.ts'
import { AddOnNotAvailableType, IdempotencyConflictType, TeamType } from './refs.ts'

const SetAddOnUnitsResult = builder.unionType('SetAddOnUnitsResult', {
  types: [TeamType, AddOnNotAvailableType, IdempotencyConflictType],
  resolveType: typeNameOf,
})

builder.mutationField('setAddOnUnits', (t) =>
  t.field({
    type: SetAddOnUnitsResult,
    description:
      'PLATFORM, which bills them itself. Sets the number of recurring units; more are deposited at once, in full, and all are renewed with the cycle; 0 cancels at the end of the cycle.',
    args: {
      units: t.arg.int({ required: true }),
      idempotencyKey: t.arg.string({ required: true }),
      teamId: t.arg.id(),
    },
    resolve: setAddOnUnits,
  }),
)
