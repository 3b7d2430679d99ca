import type { Credits } from '../domain/amounts/credits.ts'
import type { Divergence, Rehearsal, rehearsedTypes } from '../domain/rehearsal/rehearsed-event.ts'
import { maxDays, maxEvents, rehearsal } from '../resolvers/rehearsals.ts'
import { builder } from './builder.ts'
import { costOfRehearsal } from './costs.ts'
import { GrantKindEnum } from './enums.ts'
import { ImportTeamInput } from './import.ts'
import { UsageInput } from './usage-input.ts'

const RehearsedTypeEnum = builder.enumType('RehearsedType', {
  description: 'The entries of another system.',
  values: {
    CHARGE: { description: 'Credits that were used.' },
    REFUND: { description: 'Credits of a charge that were given back.' },
    GRANT: {
      description:
        "Credits that arrived. One of the kind INCLUDED is the plan's own deposit, which comes by time here.",
    },
    EXPIRY: { description: 'The rest of a grant that has ended, which ends by time here.' },
  } satisfies Record<(typeof rehearsedTypes)[number], unknown>,
})

export const RehearsedEventInput = builder.inputType('RehearsedEventInput', {
  description: 'One entry of the other system, with its balance after it.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The id of the entry in the other system.' }),
    at: t.field({
      type: 'DateTime',
      required: true,
      description: 'The instant of the entry, not before the entry before it.',
    }),
    type: t.field({ type: RehearsedTypeEnum, required: true, description: 'The kind of the entry.' }),
    amount: t.field({ type: 'Credits', required: true, description: 'The credits that it moves, above 0.' }),
    balanceAfter: t.field({ type: 'Credits', required: true, description: 'The credits that can be spent after it.' }),
    usage: t.field({
      type: [UsageInput],
      description:
        'The usage of a CHARGE, 1 to 50 lines, whose price is compared. Absent: the amount is charged as it is.',
    }),
    charge: t.id({ description: 'The id of the CHARGE of a REFUND.' }),
    source: t.string({ description: 'The source of a GRANT or an EXPIRY. Required for a GRANT.' }),
    kind: t.field({ type: GrantKindEnum, description: 'The kind of a GRANT, for which it is required.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'The end of a GRANT. Absent: the lifetime that the catalog gives the kind.',
    }),
  }),
})

const RehearsalInput = builder.inputType('RehearsalInput', {
  description: 'A team as it stood in the other system, and what happened there since.',
  fields: (t) => ({
    team: t.field({
      type: ImportTeamInput,
      required: true,
      description: 'The team at `startsAt`, as `importTeams` would open it then.',
    }),
    startsAt: t.field({ type: 'DateTime', required: true, description: 'The instant before the first event.' }),
    events: t.field({
      type: [RehearsedEventInput],
      required: true,
      description: `1 to ${maxEvents.toLocaleString('en')} events in their order, of ${maxDays} days at most.`,
    }),
  }),
})

export const RehearsalDivergenceType = builder.objectRef<Divergence>('RehearsalDivergence').implement({
  description: 'The first entry on which the two systems differ.',
  fields: (t) => ({
    eventId: t.id({
      nullable: true,
      description: 'The `id` of the event; null: only the gateway has the entry.',
      resolve: ({ event }) => event,
    }),
    at: t.expose('at', { type: 'DateTime', description: 'The instant of the entry in the system that has it first.' }),
    theirs: t.expose('theirs', {
      type: 'Credits',
      description: 'The credits of the entry in the other system; 0: it has none.',
    }),
    ours: t.expose('ours', {
      type: 'Credits',
      description: 'The credits of the entry by the rules of the gateway; 0: it has none.',
    }),
    rule: t.exposeString('rule', { description: 'The rule that explains the difference, as a text for people.' }),
  }),
})

/** The fields by which every rehearsal compares the two systems. */
export const compared = {
  theirs: { type: 'Credits', description: 'The balance of the other system after the last event.' },
  ours: { type: 'Credits', description: 'The balance by the rules of the gateway then.' },
  difference: {
    type: 'Credits',
    description: '`ours` less `theirs`.',
    resolve: ({ ours, theirs }: Pick<Rehearsal, 'ours' | 'theirs'>): Credits => ours - theirs,
  },
  firstDivergence: { type: RehearsalDivergenceType, nullable: true },
} as const

const RehearsalType = builder.objectRef<Rehearsal>('Rehearsal').implement({
  description: 'The same events by the rules of the gateway.',
  fields: (t) => ({
    theirs: t.expose('theirs', compared.theirs),
    ours: t.expose('ours', {
      ...compared.ours,
      description: `${compared.ours.description} Below 0 where something is owed.`,
    }),
    difference: t.field(compared.difference),
    firstDivergence: t.expose('firstDivergence', {
      ...compared.firstDivergence,
      description:
        'Null: the systems agree on every entry. A deposit or an end within a minute of the last event may still come in the other system.',
    }),
  }),
})

builder.queryField('rehearsal', (t) =>
  t.field({
    type: RehearsalType,
    nullable: true,
    description:
      'PLATFORM. Replays what another system did for a team by the rules of the gateway: prices, burn order, periods and expiry. Each event is decided by the catalog in force at its instant. It reads no team and stores nothing.',
    args: { input: t.arg({ type: RehearsalInput, required: true }) },
    complexity: costOfRehearsal,
    resolve: rehearsal,
  }),
)
