import { advanceClock } from '../resolvers/clock.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'

builder.mutationField('advanceClock', (t) =>
  t.field({
    type: 'DateTime',
    description:
      'Only where the server runs with DEV_CLOCK=1, PLATFORM; or in a test space, ADMIN. Moves the clock forward, for all teams of the space.',
    args: { to: t.arg({ type: 'DateTime', required: true }) },
    complexity: commandCost,
    resolve: advanceClock,
  }),
)
