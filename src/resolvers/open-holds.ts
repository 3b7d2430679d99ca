import type { Credits } from '../domain/credits.ts'
import { type Hold, remainingOf } from '../domain/hold.ts'
import { readOpenHolds } from '../ledger/holds.ts'
import type { GatewayContext } from './context.ts'
import { type Connection, type PageArguments, pageOf, readPage } from './pages.ts'
import { readSnapshot } from './reading.ts'
import type { HoldView, TeamView } from './results.ts'

export async function teamHolds(
  team: TeamView,
  page: PageArguments,
  context: GatewayContext,
): Promise<Connection<HoldView>> {
  const { teamId } = team.account
  const { limit, before } = readPage(teamId, page)
  const holds = await readSnapshot(context, (client) => readOpenHolds(client, teamId, before, limit + 1))
  const view = (hold: Hold): HoldView => ({ type: 'Hold', teamId, hold, team })
  return pageOf(teamId, holds, { limit, before }, ({ id }) => id, view)
}

export const holdRemaining = ({ hold }: HoldView): Credits => remainingOf(hold)
