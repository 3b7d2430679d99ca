import { type ImportedTeam, importTeams, maxGrants, maxGrantsOfTeam, maxTeams } from '../resolvers/imports.ts'
import { builder } from './builder.ts'
import { costOfImport } from './costs.ts'
import { CadenceEnum, GrantKindEnum } from './enums.ts'

const count = (number: number) => number.toLocaleString('en')

export const ImportGrantInput = builder.inputType('ImportGrantInput', {
  description: 'A grant of the other system, with the credits that are left of it.',
  fields: (t) => ({
    source: t.string({
      required: true,
      description:
        'The name of the cause, 1 to 200 characters. A source deposits once in a team, also if `grantCredits` has used it.',
    }),
    amount: t.field({ type: 'Credits', required: true, description: 'The credits that are left, above 0.' }),
    kind: t.field({
      type: GrantKindEnum,
      required: true,
      description:
        "The reason of the deposit. An INCLUDED grant that ends with a running period of the plan stands for the plan's own deposit: at most one for each period, and no more than the plan deposits. A team that exists takes no INCLUDED grants.",
    }),
    startsAt: t.field({
      type: 'DateTime',
      description:
        'The start of the grant in the other system, which counts for the order of burning. It is not later than now. Absent: now, or the start of the period that it is left of.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description:
        "An instant later than now. Absent: the lifetime that the catalog gives the kind; of an INCLUDED grant the end of the plan's running period.",
    }),
  }),
})

export const ImportTeamInput = builder.inputType('ImportTeamInput', {
  description: 'A team that moves in, with what is left of its grants.',
  fields: (t) => ({
    teamId: t.id({
      required: true,
      description:
        'The team, once in a call. A team that does not exist begins; one that exists gets the grants that it lacks.',
    }),
    name: t.string({
      description: 'The name for people, 1 to 200 characters. Absent: the id. A team that exists keeps its name.',
    }),
    planId: t.id({
      required: true,
      description:
        'The code of a plan of `Query.plans`, or its `id`. Its running period deposits nothing, the next one as the plan says.',
    }),
    seats: t.int({ defaultValue: 1, description: '1 to 100,000. A team that exists must have as many.' }),
    interval: t.field({
      type: CadenceEnum,
      description:
        'The interval at which the subscription is paid, which decides which allowances are deposited. Absent: the first one that the plan names.',
    }),
    anchor: t.field({
      type: 'DateTime',
      description:
        "The start of the periods of allowances that follow the subscription, as in `assignPlan`; a past one counts in UTC, as Stripe's billing cycle anchor does. Absent: now.",
    }),
    grants: t.field({
      type: [ImportGrantInput],
      required: true,
      description: `At most ${maxGrantsOfTeam}, and ${count(maxGrants)} in a call.`,
    }),
  }),
})

const ImportTeamsInput = builder.inputType('ImportTeamsInput', {
  description:
    'Teams that move in. Each is imported whole or not at all, whatever becomes of the others, and the answers are in their order. Send a call that failed again: every team and grant is imported once.',
  fields: (t) => ({
    dryRun: t.boolean({
      defaultValue: false,
      description: 'The answer is the same, and nothing is written.',
    }),
    teams: t.field({ type: [ImportTeamInput], required: true, description: `1 to ${count(maxTeams)} teams.` }),
  }),
})

const ImportedTeamType = builder.objectRef<ImportedTeam>('ImportedTeam').implement({
  description: '`problem` null: imported, or would be.',
  fields: (t) => ({
    teamId: t.exposeID('teamId', { description: 'The id as it was given.' }),
    created: t.exposeBoolean('created', { description: 'Whether the team began with this import.' }),
    grants: t.exposeInt('grants', { description: 'The grants that were posted now; 0 where it is a repetition.' }),
    available: t.expose('available', {
      type: 'Credits',
      description: 'The credits that the team can spend after it; 0 for a team that does not exist.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'Why nothing of this team was imported, and what to do; null: it was.',
    }),
  }),
})

builder.mutationField('importTeams', (t) =>
  t.field({
    type: [ImportedTeamType],
    description: 'PLATFORM. Up to 1,000 teams with their grants; `dryRun` says what would happen.',
    args: { input: t.arg({ type: ImportTeamsInput, required: true }) },
    complexity: costOfImport,
    resolve: importTeams,
  }),
)
