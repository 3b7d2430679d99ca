import { type MoveStage, servedBy } from '../domain/move.ts'
import type { TeamRehearsal } from '../ledger/rehearsals/rehearsal-rows.ts'
import {
  type FollowedTeam,
  followTeams,
  maxFollowedTeams,
  maxRecordedEvents,
  maxRecordedTeams,
  type RecordedTeam,
  recordRehearsalEvents,
  rehearsals,
} from '../resolvers/followed-teams.ts'
import { maxGrantsOfTeam } from '../resolvers/imports.ts'
import { cutBack, cutOver, maxPosted } from '../resolvers/moves.ts'
import { maxDays } from '../resolvers/rehearsals.ts'
import type { Connection, Edge } from '../resolvers/request/pages.ts'
import { builder } from './builder.ts'
import { costOfCutOver, costOfFollowing, costOfPage, costOfRecording, cutBackCost } from './costs.ts'
import { ImportGrantInput, ImportTeamInput } from './import.ts'
import * as refs from './refs.ts'
import { compared, RehearsedEventInput } from './rehearsal.ts'
import { resultUnion } from './result-union.ts'

const count = (number: number) => number.toLocaleString('en')

const MoveStageEnum = builder.enumType('MoveStage', {
  description: 'How far the move of a team is.',
  values: {
    FOLLOWED: { description: 'Another system serves the team.' },
    CUT_OVER: { description: 'The gateway serves the team.' },
    CUT_BACK: { description: 'The other system serves the team again.' },
  } satisfies Record<MoveStage, object>,
})

builder.objectField(refs.TeamType, 'servedBy', (t) =>
  t.string({
    nullable: true,
    description:
      'The system that serves the team in place of the gateway. While there is one, the gateway refuses to charge and to sell, and its balance is not what the team can spend. Null: the gateway serves the team.',
    resolve: ({ account }) => servedBy(account.move),
  }),
)

const TeamRehearsalType = builder.objectRef<TeamRehearsal>('TeamRehearsal').implement({
  description: 'A team that another system serves, by the rules of the gateway, after the last event.',
  fields: (t) => ({
    teamId: t.exposeID('teamId', { description: 'The id of the team.' }),
    system: t.exposeString('system', { description: 'The name of the other system.' }),
    stage: t.expose('stage', { type: MoveStageEnum, description: 'FOLLOWED or CUT_BACK.' }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'The instant of the standing.' }),
    events: t.exposeFloat('events', { description: 'The number of events that were recorded since.' }),
    lastEventId: t.id({
      nullable: true,
      description: 'The last event in the order of the other system; null: none was recorded.',
      resolve: ({ lastEvent }) => lastEvent,
    }),
    lastEventAt: t.expose('lastEventAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The instant of that event.',
    }),
    recordedAt: t.expose('recordedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The instant at which an event was last recorded.',
    }),
    theirs: t.expose('theirs', compared.theirs),
    ours: t.expose('ours', compared.ours),
    difference: t.field(compared.difference),
    firstDivergence: t.expose('firstDivergence', {
      ...compared.firstDivergence,
      description: 'The first entry on which the two differ; null: they agree.',
    }),
  }),
})

const RehearsalEdge = builder.objectRef<Edge<TeamRehearsal>>('TeamRehearsalEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: TeamRehearsalType }),
  }),
})

const RehearsalConnection = builder.objectRef<Connection<TeamRehearsal>>('TeamRehearsalConnection').implement({
  description: 'A page of rehearsals, in the order of the ids of their teams.',
  fields: (t) => ({
    edges: t.expose('edges', { type: [RehearsalEdge] }),
    nodes: t.expose('nodes', { type: [TeamRehearsalType] }),
    pageInfo: t.expose('pageInfo', { type: refs.PageInfoType }),
  }),
})

const RehearsalFilter = builder.inputType('RehearsalFilter', {
  description: 'A rehearsal is listed if it fulfils all conditions that are given.',
  fields: (t) => ({
    teamId: t.id({ description: 'The rehearsal of one team.' }),
    diverged: t.boolean({ description: 'True: the systems differ. False: they agree.' }),
  }),
})

builder.queryField('rehearsals', (t) =>
  t.field({
    type: RehearsalConnection,
    nullable: true,
    description: 'PLATFORM. The teams that another system serves, and how the gateway compares.',
    args: {
      filter: t.arg({ type: RehearsalFilter, description: 'Absent: all of them.' }),
      first: t.arg.int({
        description: 'The number of rehearsals from the start: 0 to 100. 20 where neither `first` nor `last` is given.',
      }),
      after: t.arg.string({ description: 'Only teams behind the one of this cursor.' }),
      last: t.arg.int({ description: 'The number of rehearsals from the end, in place of `first`: 0 to 100.' }),
      before: t.arg.string({ description: 'Only teams before the one of this cursor.' }),
    },
    complexity: costOfPage,
    resolve: rehearsals,
  }),
)

const FollowTeamInput = builder.inputType('FollowTeamInput', {
  description: 'A team as it stood in the other system.',
  fields: (t) => ({
    team: t.field({
      type: ImportTeamInput,
      required: true,
      description: 'The team at `startsAt`, as `importTeams` would open it then.',
    }),
    startsAt: t.field({
      type: 'DateTime',
      required: true,
      description: `The instant of the standing, in the last ${maxDays} days. Events before it are in the standing.`,
    }),
  }),
})

const FollowTeamsInput = builder.inputType('FollowTeamsInput', {
  description: 'Teams that another system serves. Each is followed, or has a problem.',
  fields: (t) => ({
    system: t.string({ required: true, description: 'The name of the other system, 1 to 100 characters.' }),
    teams: t.field({ type: [FollowTeamInput], required: true, description: `1 to ${maxFollowedTeams} teams.` }),
  }),
})

const FollowedTeamType = builder.objectRef<FollowedTeam>('FollowedTeam').implement({
  description: '`problem` null: the team is followed.',
  fields: (t) => ({
    teamId: t.exposeID('teamId', { description: 'The id as it was given.' }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'Why the team is not followed, and what to do; null: it is.',
    }),
  }),
})

const RecordedTeamInput = builder.inputType('RehearsedTeamInput', {
  description: 'The entries of one team.',
  fields: (t) => ({
    teamId: t.id({ required: true, description: 'A team that is followed.' }),
    events: t.field({
      type: [RehearsedEventInput],
      required: true,
      description:
        'In any order. An event counts once by its `id`. Events of one instant are ordered by their balances, then by their ids.',
    }),
  }),
})

const RecordInput = builder.inputType('RecordRehearsalEventsInput', {
  description: 'Entries of the other system, as often as they come.',
  fields: (t) => ({
    teams: t.field({
      type: [RecordedTeamInput],
      required: true,
      description: `1 to ${maxRecordedTeams} teams, with at most ${count(maxRecordedEvents)} events in all.`,
    }),
  }),
})

const RecordedTeamType = builder.objectRef<RecordedTeam>('RecordedTeam').implement({
  description: '`problem` null: the events are recorded, or were before.',
  fields: (t) => ({
    teamId: t.exposeID('teamId', { description: 'The id as it was given.' }),
    recorded: t.exposeInt('recorded', { description: 'The events that were recorded now.' }),
    ignored: t.exposeInt('ignored', {
      description:
        'The events that are known, or older than the standing, or older than the last 250 events and 30 days that are kept.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'Why nothing of this team was recorded, and what to do; null: it was.',
    }),
    rehearsal: t.expose('rehearsal', {
      type: TeamRehearsalType,
      nullable: true,
      description: 'The comparison after these events; null: there is a problem.',
    }),
  }),
})

const CutOverInput = builder.inputType('CutOverInput', {
  description: 'The last word of the other system, after it has stopped serving the team.',
  fields: (t) => ({
    teamId: t.id({ required: true }),
    balance: t.field({
      type: 'Credits',
      required: true,
      description: 'The balance in the other system, 0 or more. It must be that of the rehearsal.',
    }),
    grants: t.field({
      type: [ImportGrantInput],
      description: `The grants that the balance consists of, at most ${maxGrantsOfTeam}. Absent: the rehearsal's grants. A team that was cut back has its grants here: leave them out.`,
    }),
    acceptDifference: t.boolean({
      defaultValue: false,
      description:
        'True: the team is cut over although the balances differ. At the first cut over the `grants` count, or without them the rehearsal; after a cut back the `balance`.',
    }),
    posted: t.stringList({
      description: `After a cut back: the sources (\`stripe:pi_…\`) of purchases paid here meanwhile that the other system has posted, beside those of its recorded entries, at most ${maxPosted}. Needed where such purchases wait and the entries are not all known: without a rehearsal, or with \`acceptDifference\`.`,
    }),
    dryRun: t.boolean({ defaultValue: false, description: 'The answer is the same, and nothing is written.' }),
    idempotencyKey: t.string({ required: true }),
  }),
})

refs.CutOverType.implement({
  description: 'The gateway serves the team from now on.',
  fields: (t) => ({
    teamId: t.exposeID('teamId', { description: 'The id of the team.' }),
    available: t.expose('available', { type: 'Credits', description: 'The credits that the team can spend after it.' }),
    owed: t.expose('owed', { type: 'Credits', description: 'The credits that the team owes after it.' }),
    grants: t.exposeInt('grants', { description: 'The grants that were posted.' }),
  }),
})

const CutBackInput = builder.inputType('CutBackInput', {
  fields: (t) => ({
    teamId: t.id({ required: true }),
    idempotencyKey: t.string({ required: true }),
  }),
})

refs.CutBackType.implement({
  description: 'The other system serves the team from now on, with what it must post.',
  fields: (t) => ({
    teamId: t.exposeID('teamId', { description: 'The id of the team.' }),
    system: t.exposeString('system', { description: 'The name of the other system.' }),
    at: t.expose('at', { type: 'DateTime', description: 'The instant of the cut.' }),
    balance: t.expose('balance', { type: 'Credits', description: 'The balance that the other system begins with.' }),
    grants: t.expose('grants', {
      type: [refs.CreditGrantType],
      description: 'The open grants, in the order in which they would be used.',
    }),
    cutOverAt: t.expose('cutOverAt', {
      type: 'DateTime',
      description: 'The cut over before: `activity(filter: { from: … })` has what was posted here since.',
    }),
  }),
})

const CutOverResult = resultUnion('CutOverResult')
const CutBackResult = resultUnion('CutBackResult')

builder.mutationFields((t) => ({
  followTeams: t.field({
    type: [FollowedTeamType],
    description:
      'PLATFORM. Begins to follow teams that another system serves, or begins anew with a newer standing. The same standing again changes nothing. From then on the gateway refuses to charge them and to sell to them, until `cutOver`.',
    args: { input: t.arg({ type: FollowTeamsInput, required: true }) },
    complexity: costOfFollowing,
    resolve: followTeams,
  }),
  recordRehearsalEvents: t.field({
    type: [RecordedTeamType],
    description: 'PLATFORM. Records entries of the other system, and compares. Nothing of it is a posting.',
    args: { input: t.arg({ type: RecordInput, required: true }) },
    complexity: costOfRecording,
    resolve: recordRehearsalEvents,
  }),
  cutOver: t.field({
    type: CutOverResult,
    description:
      'PLATFORM. The gateway serves the team from now on. It is refused, with the difference and its cause, where the balance is not that of the rehearsal.',
    args: { input: t.arg({ type: CutOverInput, required: true }) },
    complexity: costOfCutOver,
    resolve: cutOver,
  }),
  cutBack: t.field({
    type: CutBackResult,
    description:
      'PLATFORM. The other system serves the team again, which is followed from now on. It is refused while holds are open, while credits are locked and while the team owes. Auto-recharge is turned off. A purchase that is paid later still lands here.',
    args: { input: t.arg({ type: CutBackInput, required: true }) },
    complexity: cutBackCost,
    resolve: cutBack,
  }),
}))
