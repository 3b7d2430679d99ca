import { isName } from '../access/text.ts'
import { type BalanceState, balanceState } from '../domain/account.ts'
import type { Credits } from '../domain/credits.ts'
import type { TeamId } from '../domain/identity.ts'
import { type RechargeState, rechargeAt } from '../domain/recharge.ts'
import { type FoundTeams, findCandidates, type TeamConditions } from '../ledger/find-teams.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import { acting } from './acting.ts'
import { readTeam } from './asking.ts'
import { codeOf } from './catalog-ids.ts'
import { catalogNow } from './catalogs.ts'
import type { GatewayContext, Services } from './context.ts'
import { decodePlace, encodePlace, filterMark } from './cursors.ts'
import { badInput, checkedName, type Optional } from './inputs.ts'
import { badCursor, type Connection, checkedSize, usualPageSize } from './pages.ts'
import { readSnapshot } from './reading.ts'
import type { TeamView } from './results.ts'

export type TeamFilter = {
  search?: Optional<string>
  planId?: Optional<string>
  state?: Optional<BalanceState>
  availableBelow?: Optional<Credits>
  rechargeState?: Optional<RechargeState>
}
export type TeamsArguments = { first?: Optional<number>; after?: Optional<string>; filter?: Optional<TeamFilter> }

/** Teams that a page reads at most, where their rows alone don't tell whether they fulfil the filter. */
const maxCandidates = 200

export async function teams(
  _: unknown,
  { first, after: cursor, filter }: TeamsArguments,
  context: GatewayContext,
): Promise<Connection<TeamView>> {
  acting(context, 'PLATFORM')
  const size = checkedSize('first', first ?? usualPageSize)
  const conditions = readFilter(filter ?? {})
  const list = { kind: 'teams', filter: filterMark({ ...conditions }) } as const
  const after = cursor == null ? '' : (decodePlace(list, cursor) ?? badCursor('after'))
  const { shown, rest } = await readTeams(context, conditions, after as TeamId | '', size)
  const edges = shown.map((team) => ({
    cursor: encodePlace(list, team.account.teamId),
    node: { type: 'Team' as const, ...team },
  }))
  const last = size > 0 && rest !== null ? encodePlace(list, rest) : edges.at(-1)?.cursor
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      ...{ hasNextPage: rest !== null, hasPreviousPage: cursor != null },
      ...{ startCursor: edges[0]?.cursor ?? null, endCursor: last ?? null },
    },
  }
}

/** `rest`: the page goes on behind this id; null: there is nothing more. */
async function readTeams(
  context: GatewayContext,
  conditions: TeamConditions,
  after: TeamId | '',
  size: number,
): Promise<{ shown: readonly TeamNow[]; rest: TeamId | '' | null }> {
  const { services } = context
  const { lowThreshold } = await catalogNow(services)
  const { search, ...others } = conditions
  const isExact = Object.values(others).every((condition) => condition === null)
  const { teams: candidates, rest }: FoundTeams = await readSnapshot(context, (client) =>
    findCandidates(client, {
      ...{ conditions, after, limit: isExact ? size + 1 : Math.max(size + 1, maxCandidates) },
      lowThreshold: 'credits' in lowThreshold ? lowThreshold.credits : null,
    }),
  )
  const read = await Promise.all(candidates.map((team) => readTeam(services, team)))
  const found = read.filter((team) => team !== null).filter((team) => fulfils(team, conditions, services))
  if (found.length <= size) return { shown: found, rest }
  const shown = found.slice(0, size)
  return { shown, rest: shown.at(-1)?.account.teamId ?? after }
}

/** With what time has done since the rows were written. */
function fulfils({ account, at }: TeamNow, conditions: TeamConditions, { catalogs }: Services): boolean {
  const { planId, state, availableBelow, rechargeState } = conditions
  const { available, lowThreshold, recharge } = account
  const rechargeNow = recharge && rechargeAt(recharge, at, catalogs.catalogAt(at).timeZone)
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
