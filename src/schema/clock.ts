import { advanceClock } from '../resolvers/clock.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'

builder.mutationField('advanceClock', (t) =>
  t.field({
    type: 'DateTime',
    description: "Only where the server runs with DEV_CLOCK=1; PLATFORM. Moves the server's clock forward.",
    args: { to: t.arg({ type: 'DateTime', required: true }) },
    complexity: commandCost,
    resolve: advanceClock,
  }),
)
