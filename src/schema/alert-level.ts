import { levelPercent, setAlertLevels, teamAlertLevels } from '../resolvers/thresholds.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.AlertLevelType.implement({
  description: 'A balance below which the team is told, beside its low threshold.',
  fields: (t) => ({
    credits: t.expose('credits', { type: 'Credits', description: 'The level now; a share follows the usage.' }),
    percentOfMonthlyUsage: t.field({
      type: 'Decimal',
      nullable: true,
      description: "The share of the last 30 days' usage (25: a quarter); null: the level is an amount.",
      resolve: levelPercent,
    }),
    isTold: t.expose('isTold', {
      type: 'Boolean',
      description:
        'Whether the balance is below the level. The next event comes after the balance has been back up to it.',
    }),
  }),
})

builder.objectField(refs.TeamType, 'alertLevels', (t) =>
  t.field({
    type: [refs.AlertLevelType],
    description: 'At most 5, as they were set.',
    resolve: teamAlertLevels,
  }),
)

const AlertLevelInput = builder.inputType('AlertLevelInput', {
  description: 'Either of them.',
  fields: (t) => ({
    credits: t.field({ type: 'Credits', description: 'An amount above 0.' }),
    percentOfMonthlyUsage: t.field({
      type: 'Decimal',
      description: "A share of the last 30 days' usage: above 0, at most 100, with at most 6 fraction digits.",
    }),
  }),
})

const AlertLevelsInput = builder.inputType('AlertLevelsInput', {
  fields: (t) => ({
    levels: t.field({
      type: [AlertLevelInput],
      required: true,
      description: 'At most 5. They replace the levels of before; an empty list removes them.',
    }),
    teamId: t.id(),
  }),
})

builder.mutationField('setAlertLevels', (t) =>
  t.field({
    type: resultUnion('SetAlertLevelsResult'),
    description:
      'ADMIN: the balances below which the team gets the event BALANCE_BELOW_LEVEL, once for each fall below one. A level that the balance is below already is told after the next fall.',
    args: { input: t.arg({ type: AlertLevelsInput, required: true }) },
    complexity: commandCost,
    resolve: setAlertLevels,
  }),
)
