import { InvalidInput } from '../domain/errors.ts'
import { type Instant, teamId } from '../domain/identity.ts'
import { isName, isVisibleId, nameRule, visibleIdRule } from '../domain/names.ts'
import { Shadow } from '../domain/rehearsal/shadow.ts'
import { dayMs } from '../domain/wall-clock.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import { beginRehearsal } from '../ledger/rehearsals/begin-rehearsal.ts'
import { readRehearsals } from '../ledger/rehearsals/read-rehearsals.ts'
import { RehearsalTooLarge, recordEvents } from '../ledger/rehearsals/record-events.ts'
import type { TeamRehearsal } from '../ledger/rehearsals/rehearsal-rows.ts'
import { commandOf, type ImportTeamInput, maxGrantsOfTeam } from './imports.ts'
import { eventOf, maxDays, type RehearsedEventInput, standingFault } from './rehearsals.ts'
import { answersOf } from './request/batch-answers.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { decodePlace, encodePlace, filterMark } from './request/cursors.ts'
import { badInput, checkedName, type Optional } from './request/inputs.ts'
import { InternalServerError } from './request/internal-server-error.ts'
import { badCursor, type Connection, infoOfPage, type PageArguments, sizeOf } from './request/pages.ts'
import { readSnapshot } from './request/reading.ts'
import { served } from './request/submit.ts'

export type FollowTeamInput = { team: ImportTeamInput; startsAt: Instant }
export type FollowTeamsInput = { system: string; teams: readonly FollowTeamInput[] }
export type RecordedTeamInput = { teamId: string; events: readonly RehearsedEventInput[] }
export type RecordRehearsalEventsInput = { teams: readonly RecordedTeamInput[] }
export type RehearsalsArguments = PageArguments & {
  filter?: Optional<{ teamId?: Optional<string>; diverged?: Optional<boolean> }>
}

/** `problem` null: the team is followed. */
export type FollowedTeam = { readonly teamId: string; readonly problem: string | null }
/** `problem` null: the events are recorded, or were before. */
export type RecordedTeam = {
  readonly teamId: string
  readonly recorded: number
  readonly ignored: number
  readonly problem: string | null
  readonly rehearsal: TeamRehearsal | null
}

export const maxFollowedTeams = 100
export const maxRecordedTeams = 50
export const maxRecordedEvents = 1_000
/** Another system's clock may be ahead. */
const maxAheadMs = 60_000
/** With the prefix that a reserved name gets, a source is still a name. */
export const maxSourceCharacters = 190

/** Follows teams that another system serves. Each is followed or has a problem, whatever becomes of the others. */
export async function followTeams(
  _: unknown,
  { input }: { input: FollowTeamsInput },
  context: GatewayContext,
): Promise<readonly FollowedTeam[]> {
  const viewer = callerWithRole(context, 'PLATFORM')
  const { database, ledger, now } = context.services
  const system = checkedName('system', input.system)
  if (system.length > 100) throw badInput('system', 'not usable: give at most 100 characters')
  const { teams } = input
  if (teams.length < 1 || teams.length > maxFollowedTeams) {
    throw badInput('teams', `give 1 to ${maxFollowedTeams} teams at once`)
  }
  const at = await served(now)
  const asked = withoutRepetition(teams).map((one) => ('problem' in one ? one : openShadow(one.given, at, context)))
  const opened = asked.filter((one) => 'shadow' in one)
  const act = actOf(context, viewer, 'followTeams', system)
  const submitted = await served(() =>
    ledger.submitAll(opened.map((one) => keyless(one.teamId, { kind: 'follow-team', system }, act))),
  )
  const answers = answersOf(submitted, context.services)
  const problems = new Map<object, string>()
  for (const [index, one] of opened.entries()) {
    const answer = answers[index]
    const problem = problemIn(answer)
    const move = answer === undefined || answer instanceof InternalServerError ? null : (answer.account?.move ?? null)
    if (problem !== null || move === null) problems.set(one, problem ?? 'the team is not followed: try again')
    else await served(() => beginRehearsal(database, { ...one, move }))
  }
  return asked.map((one, index) => ({
    teamId: teams[index]?.team.teamId ?? '',
    problem: 'problem' in one ? one.problem : (problems.get(one) ?? null),
  }))
}

type Problem = { readonly problem: string }

function withoutRepetition(teams: readonly FollowTeamInput[]): (Problem | { given: FollowTeamInput })[] {
  const named = new Set<string>()
  return teams.map((given) => {
    const { teamId: id } = given.team
    if (named.has(id)) return { problem: `The team ${id} is in this call twice: give it once.` }
    named.add(id)
    return { given }
  })
}

/** The anchor is told by the standing, so that the periods are the same when the team is cut over. */
function openShadow({ team, startsAt }: FollowTeamInput, at: Instant, { services }: GatewayContext) {
  const invalid = (field: string, reason: string) => ({
    problem: new InvalidInput({ path: [field], reason }).message,
  })
  if (!isVisibleId(team.teamId)) return invalid('teamId', `not a usable id: give ${visibleIdRule}`)
  if (startsAt > at || startsAt < at - maxDays * dayMs) {
    return invalid('startsAt', `not usable: give an instant of the last ${maxDays} days`)
  }
  if (team.grants.length > maxGrantsOfTeam) return invalid('grants', `give at most ${maxGrantsOfTeam} grants`)
  const command = commandOf(team)
  const standing = { ...command, anchor: command.anchor ?? startsAt }
  const id = teamId(team.teamId)
  const shadow = Shadow.open(services.catalogs.in(null), id, standing, startsAt)
  return shadow instanceof Shadow
    ? { teamId: id, startsAt, standing, shadow }
    : { problem: standingFault(shadow).message }
}

function problemIn(answer: ReturnType<typeof answersOf>[number] | undefined): string | null {
  if (answer === undefined) return 'the team is not followed: try again'
  if (answer instanceof InternalServerError) return answer.message
  return answer.outcome.kind === 'refused' ? answer.outcome.failure.message : null
}

/** Records entries of the other system, in any order and each id once, and compares. */
export async function recordRehearsalEvents(
  _: unknown,
  { input }: { input: RecordRehearsalEventsInput },
  context: GatewayContext,
): Promise<readonly RecordedTeam[]> {
  callerWithRole(context, 'PLATFORM')
  const { database, catalogs, now } = context.services
  checkRecorded(input.teams, (await served(now)) + maxAheadMs)
  const answers: RecordedTeam[] = []
  for (const { teamId: id, events } of input.teams) {
    const nothing = { teamId: id, recorded: 0, ignored: 0, rehearsal: null }
    if (!isVisibleId(id)) {
      answers.push({ ...nothing, problem: `teamId: not a usable id: give ${visibleIdRule}.` })
      continue
    }
    const recorded = await served(() =>
      recordEvents(database, catalogs, teamId(id), events.map(eventOf)).catch((error) => {
        if (error instanceof RehearsalTooLarge) return error
        throw error
      }),
    )
    if (recorded instanceof RehearsalTooLarge)
      answers.push({ ...nothing, problem: `Nothing was recorded: ${recorded.message}.` })
    else if (recorded === null) answers.push({ ...nothing, problem: notFollowed })
    else answers.push({ teamId: id, problem: null, ...recorded })
  }
  return answers
}

export const notFollowed = 'The team is not followed: begin with followTeams, which gives its standing.'

function checkRecorded(teams: readonly RecordedTeamInput[], latest: Instant): void {
  if (teams.length < 1 || teams.length > maxRecordedTeams) {
    throw badInput('teams', `give 1 to ${maxRecordedTeams} teams at once`)
  }
  const sum = teams.reduce((count, { events }) => count + events.length, 0)
  if (sum > maxRecordedEvents) {
    throw badInput('teams', `they have ${sum} events: give at most ${maxRecordedEvents} at once, in several calls`)
  }
  for (const [index, { events }] of teams.entries()) {
    for (const [number, event] of events.entries()) checkEvent(`teams.${index}.events.${number}`, event, latest)
  }
}

function checkEvent(path: string, { id, at, amount, source, charge }: RehearsedEventInput, latest: Instant): void {
  if (!isName(id)) throw badInput(`${path}.id`, `not usable: ${nameRule}`)
  if (charge != null && !isName(charge)) throw badInput(`${path}.charge`, `not usable: ${nameRule}`)
  if (source != null && !isName(source, maxSourceCharacters)) {
    throw badInput(`${path}.source`, `not usable: give 1 to ${maxSourceCharacters} characters`)
  }
  if (amount <= 0n) throw badInput(`${path}.amount`, 'an entry moves something: give more than 0, or leave it out')
  if (at > latest) throw badInput(`${path}.at`, 'it is in the future: record an event once it has happened')
}

/** The rehearsals of teams that another system serves, in the order of their ids. */
export async function rehearsals(
  _: unknown,
  { filter, ...given }: RehearsalsArguments,
  context: GatewayContext,
): Promise<Connection<TeamRehearsal>> {
  callerWithRole(context, 'PLATFORM')
  const conditions = {
    teamId: filter?.teamId == null ? null : teamId(checkedName('filter.teamId', filter.teamId)),
    diverged: filter?.diverged ?? null,
  }
  const list = { kind: 'rehearsals', filter: filterMark(conditions) } as const
  const size = sizeOf(given)
  const boundAt = (argument: 'after' | 'before') => {
    const cursor = given[argument]
    return cursor == null ? null : teamId(decodePlace(list, cursor) ?? badCursor(argument))
  }
  const from = given.last == null ? 'start' : 'end'
  const span = { after: boundAt('after'), before: boundAt('before'), from } as const
  const read = await readSnapshot(context, (client) => readRehearsals(client, conditions, span, size + 1))
  const first = read.slice(0, size)
  const nodes = from === 'start' ? first : first.toReversed()
  const edges = nodes.map((node) => ({ cursor: encodePlace(list, node.teamId), node }))
  const cursors = { startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null }
  return { edges, nodes, pageInfo: infoOfPage(given, read.length > size, cursors) }
}
