import type { Credits } from '../domain/amounts/credits.ts'
import { type TeamId, teamId } from '../domain/identity.ts'
import { type BalanceState, balanceState } from '../domain/low-balance.ts'
import { isName } from '../domain/names.ts'
import { type RechargeState, rechargeAt } from '../domain/recharge.ts'
import { type FoundTeams, findCandidates, listEnds, type TeamConditions, type TeamSpan } from '../ledger/find-teams.ts'
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
}
export type TeamsArguments = PageArguments & { filter?: Optional<TeamFilter> }

/** Teams that a page reads at most, where their rows alone don't tell whether they fulfil the filter. */
const maxCandidates = 200

export async function teams(
  _: unknown,
  { filter, ...given }: TeamsArguments,
  context: GatewayContext,
): Promise<Connection<TeamView>> {
  callerWithRole(context, 'PLATFORM')
  const conditions = readFilter(filter ?? {})
  const list = { kind: 'teams', filter: filterMark({ ...conditions }) } as const
  const { size, span } = readTeamPage(list, given)
  const { shown, rest } = await readTeams(context, conditions, span, size)
  const edges = shown.map((team) => ({
    cursor: encodePlace(list, team.account.teamId),
    node: { type: 'Team' as const, ...team },
  }))
  const [start, end] = [edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null]
  const goesOn = rest !== null
  const onward = goesOn && size > 0 ? encodePlace(list, rest) : null
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: infoOfPage(
      given,
      goesOn,
      span.from === 'start'
        ? { startCursor: start, endCursor: onward ?? end }
        : { startCursor: onward ?? start, endCursor: end },
    ),
  }
}

function readTeamPage(list: TextList, given: PageArguments): { size: number; span: TeamSpan } {
  const place = (argument: 'after' | 'before') => {
    const cursor = given[argument]
    return cursor == null ? listEnds[argument] : teamId(decodePlace(list, cursor) ?? badCursor(argument))
  }
  const from = given.last == null ? 'start' : 'end'
  return { size: sizeOf(given), span: { after: place('after'), before: place('before'), from } }
}

/** `rest`: the list continues after this id; null: it is complete. */
async function readTeams(
  context: GatewayContext,
  conditions: TeamConditions,
  span: TeamSpan,
  size: number,
): Promise<{ shown: readonly TeamNow[]; rest: TeamId | null }> {
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
  const read = await Promise.all(candidates.map((team) => readTeam(services, team)))
  const found = read.filter((team) => team !== null).filter((team) => fulfils(team, conditions, services))
  const first = found.slice(0, size)
  const shown = span.from === 'start' ? first : first.toReversed()
  if (found.length <= size) return { shown, rest }
  return { shown, rest: first.at(-1)?.account.teamId ?? (span.from === 'start' ? span.after : span.before) }
}

/** Whether the team fulfils the conditions, with the effects of time since its rows were written. */
function fulfils({ account, at }: TeamNow, conditions: TeamConditions, { catalogs }: Services): boolean {
  const { planId, state, availableBelow, rechargeState } = conditions
  const { available, lowThreshold, recharge } = account
  const rechargeNow = recharge && rechargeAt(recharge, at, catalogs.wholeAt(at).timeZone)
  return (
    (planId === null || account.planId === planId) &&
    (state === null || balanceState(available, lowThreshold) === state) &&
    (availableBelow === null || available < availableBelow) &&
    (rechargeState === null || (rechargeNow?.state ?? 'OFF') === rechargeState)
  )
}

const maxSearchCharacters = 100

const readFilter = ({ search, planId, state, availableBelow, rechargeState }: TeamFilter): TeamConditions => ({
  search: checkedSearch(search),
  planId: planId == null ? null : checkedName('filter.planId', codeOf('Plan', planId)),
  state: state ?? null,
  availableBelow: availableBelow ?? null,
  rechargeState: rechargeState ?? null,
})

function checkedSearch(search: Optional<string>): string | null {
  if (search == null || isName(search, maxSearchCharacters)) return search ?? null
  throw badInput('filter.search', `not usable: give 1 to ${maxSearchCharacters} characters without control characters`)
}
