import { saveTestCard } from '../resolvers/test-cards.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import { TestCardEnum } from './enums.ts'

builder.mutationField('saveTestCard', (t) =>
  t.field({
    type: TestCardEnum,
    description:
      'ADMIN (own team) or PLATFORM, in a test space. The team pays by this card from now on: purchases, recharges, subscriptions.',
    args: { card: t.arg({ type: TestCardEnum, required: true }), teamId: t.arg.id() },
    complexity: commandCost,
    resolve: saveTestCard,
  }),
)
