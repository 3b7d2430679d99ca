import { randomUUID } from 'node:crypto'
import type { Credits } from '../domain/amounts/credits.ts'
import { type Instant, type TeamId, teamId } from '../domain/identity.ts'
import { type BalanceState, balanceState } from '../domain/low-balance.ts'
import { isName, isStorable } from '../domain/names.ts'
import { type RechargeState, rechargeAt } from '../domain/recharge.ts'
import {
  type FoundTeams,
  findCandidates,
  isPlaceValue,
  type TeamConditions,
  type TeamOrder,
  type TeamPlace,
  type TeamSpan,
} from '../ledger/find-teams.ts'
import { InconsistentTeam } from '../ledger/rows/inconsistent-team.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import { catalogNow } from './catalogs.ts'
import { callerWithRole } from './request/caller.ts'
import { codeOf } from './request/catalog-ids.ts'
import type { GatewayContext, Services } from './request/context.ts'
import { decodePlace, encodePlace, filterMark, type TextList } from './request/cursors.ts'
import { badInput, checkedName, type Optional } from './request/inputs.ts'
import { badCursor, type Connection, infoOfPage, type PageArguments, sizeOf } from './request/pages.ts'
import { readSnapshot } from './request/reading.ts'
import type { TeamView } from './request/results.ts'
import { readTeam } from './request/submit.ts'

export type TeamFilter = {
  search?: Optional<string>
  planId?: Optional<string>
  state?: Optional<BalanceState>
  availableBelow?: Optional<Credits>
  rechargeState?: Optional<RechargeState>
  inactiveSince?: Optional<Instant>
}
export const teamOrders = {
  NAME_ASC: { field: 'name', direction: 'asc' },
  NAME_DESC: { field: 'name', direction: 'desc' },
  AVAILABLE_ASC: { field: 'available', direction: 'asc' },
  AVAILABLE_DESC: { field: 'available', direction: 'desc' },
  LAST_ACTIVITY_ASC: { field: 'activity', direction: 'asc' },
  LAST_ACTIVITY_DESC: { field: 'activity', direction: 'desc' },
} as const satisfies Record<string, TeamOrder>
export type TeamOrderName = keyof typeof teamOrders
export type TeamsArguments = PageArguments & { filter?: Optional<TeamFilter>; orderBy?: Optional<TeamOrderName> }

/** A team that is listed, and of which nothing is told. `message` is for the operator. */
export type UnreadableTeam = { readonly teamId: TeamId; readonly message: string }
export type TeamPage = Connection<TeamView> & { readonly unreadable: readonly UnreadableTeam[] }

/** Teams that a page reads at most, where their rows alone don't tell whether they fulfil the filter. */
const maxCandidates = 200

const usualOrder: TeamOrder = { field: 'id', direction: 'asc' }

export async function teams(
  _: unknown,
  { filter, orderBy, ...given }: TeamsArguments,
  context: GatewayContext,
): Promise<TeamPage> {
  callerWithRole(context, 'PLATFORM')
  const conditions = readFilter(filter ?? {})
  const order = orderBy == null ? usualOrder : teamOrders[orderBy]
  const places = placesOf(order, conditions)
  const size = sizeOf(given)
  const span = {
    order,
    after: given.after == null ? null : (places.read(given.after) ?? badCursor('after')),
    before: given.before == null ? null : (places.read(given.before) ?? badCursor('before')),
    from: given.last == null ? ('start' as const) : ('end' as const),
  }
  const { shown, goesOn, rest } = await readTeams(context, conditions, span, size)
  const edges = shown.flatMap(({ place, team }) =>
    team instanceof InconsistentTeam
      ? []
      : [{ cursor: places.cursorOf(place), node: { type: 'Team' as const, ...team } }],
  )
  const [start, end] = [edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null]
  const onward = rest === null ? null : places.cursorOf(rest)
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    unreadable: shown.flatMap(({ place, team }) =>
      team instanceof InconsistentTeam ? [unreadable(context, place.teamId, team)] : [],
    ),
    pageInfo: infoOfPage(
      given,
      goesOn,
      span.from === 'start'
        ? { startCursor: start, endCursor: onward ?? end }
        : { startCursor: onward ?? start, endCursor: end },
    ),
  }
}

/** The cursors of one order with one filter. A cursor names a place, which stays where it is when its team moves. */
function placesOf(order: TeamOrder, conditions: TeamConditions) {
  const isUsual = order === usualOrder
  const marked = isUsual ? conditions : { ...conditions, orderBy: `${order.field} ${order.direction}` }
  const list: TextList = { kind: 'teams', filter: filterMark({ ...marked }) }
  return {
    cursorOf: ({ value, teamId: team }: TeamPlace): string =>
      encodePlace(list, isUsual ? team : JSON.stringify([value, team])),
    read(cursor: string): TeamPlace | null {
      const text = decodePlace(list, cursor)
      if (text === null) return null
      if (isUsual) return { value: '', teamId: teamId(text) }
      const [value, team] = /^\["/.test(text) ? (parsedPlace(text) ?? []) : []
      return value !== undefined && team !== undefined && isPlaceValue(order, value)
        ? { value, teamId: teamId(team) }
        : null
    },
  }
}

/** Null: no two texts that PostgreSQL stores. */
function parsedPlace(text: string): readonly string[] | null {
  try {
    const place: unknown = JSON.parse(text)
    return Array.isArray(place) && place.every((each) => typeof each === 'string' && isStorable(each)) ? place : null
  } catch {
    return null
  }
}

/** Logs it, too: nothing else of the answer tells that something is wrong. */
function unreadable({ services }: GatewayContext, team: TeamId, error: InconsistentTeam): UnreadableTeam {
  const traceId = randomUUID()
  services.database.log.error({ err: error, teamId: team, traceId }, 'A team could not be listed: run verify-ledger')
  const message = `The rows of this team contradict each other, so nothing of it is told: run verify-ledger. The log says more under ${traceId}.`
  return { teamId: team, message }
}

type Listed = { readonly place: TeamPlace; readonly team: TeamNow | InconsistentTeam }

/** `rest`: the list continues behind this place; null: it is complete, or nothing was wanted. */
async function readTeams(
  context: GatewayContext,
  conditions: TeamConditions,
  span: TeamSpan,
  size: number,
): Promise<{ shown: readonly Listed[]; goesOn: boolean; rest: TeamPlace | null }> {
  const { services } = context
  const { lowThreshold } = await catalogNow(services)
  const { search: _, ...others } = conditions
  const isExact = Object.values(others).every((condition) => condition === null)
  const { teams: candidates, rest }: FoundTeams = await readSnapshot(context, (client) =>
    findCandidates(client, {
      conditions,
      span,
      limit: isExact ? size + 1 : Math.max(size + 1, maxCandidates),
      lowThreshold: 'credits' in lowThreshold ? lowThreshold.credits : null,
    }),
  )
  const read = await Promise.all(candidates.map((place) => readListed(services, place)))
  const found = read.flatMap((listed) =>
    listed !== null && (listed.team instanceof InconsistentTeam || fulfils(listed.team, conditions, services))
      ? [listed]
      : [],
  )
  const first = found.slice(0, size)
  const shown = span.from === 'start' ? first : first.toReversed()
  if (found.length <= size) return { shown, goesOn: rest !== null, rest: size === 0 ? null : rest }
  return { shown, goesOn: true, rest: first.at(-1)?.place ?? null }
}

/** One team whose rows contradict each other hides no other. Null: the team is gone. */
async function readListed(services: Services, place: TeamPlace): Promise<Listed | null> {
  try {
    const team = await readTeam(services, place.teamId)
    return team === null ? null : { place, team }
  } catch (error) {
    if (error instanceof InconsistentTeam) return { place, team: error }
    throw error
  }
}

/** Whether the team fulfils the conditions, with the effects of time since its rows were written. */
function fulfils({ account, at }: TeamNow, conditions: TeamConditions, { catalogs }: Services): boolean {
  const { planId, state, availableBelow, rechargeState, inactiveSince } = conditions
  const { available, lowThreshold, recharge, activeAt } = account
  const rechargeNow = recharge && rechargeAt(recharge, at, catalogs.wholeAt(at).timeZone)
  return (
    (planId === null || account.planId === planId) &&
    (state === null || balanceState(available, lowThreshold) === state) &&
    (availableBelow === null || available < availableBelow) &&
    (rechargeState === null || (rechargeNow?.state ?? 'OFF') === rechargeState) &&
    (inactiveSince === null || activeAt < inactiveSince)
  )
}

const maxSearchCharacters = 100

const readFilter = (filter: TeamFilter): TeamConditions => {
  const { search, planId, state, availableBelow, rechargeState, inactiveSince } = filter
  return {
    search: checkedSearch(search),
    planId: planId == null ? null : checkedName('filter.planId', codeOf('Plan', planId)),
    state: state ?? null,
    availableBelow: availableBelow ?? null,
    rechargeState: rechargeState ?? null,
    inactiveSince: inactiveSince ?? null,
  }
}

function checkedSearch(search: Optional<string>): string | null {
  if (search == null || isName(search, maxSearchCharacters)) return search ?? null
  throw badInput('filter.search', `not usable: give 1 to ${maxSearchCharacters} characters without control characters`)
}
