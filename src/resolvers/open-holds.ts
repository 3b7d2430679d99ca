import type { Credits } from '../domain/amounts/credits.ts'
import { type Hold, remainingOf } from '../domain/hold.ts'
import { countOpenHolds, readOpenHolds } from '../ledger/history/holds.ts'
import type { GatewayContext } from './request/context.ts'
import { type CountedConnection, listOf, type PageArguments, pageOf, readPage } from './request/pages.ts'
import { readSnapshot } from './request/reading.ts'
import type { HoldView, TeamView } from './request/results.ts'

export async function teamHolds(
  team: TeamView,
  given: PageArguments,
  context: GatewayContext,
): Promise<CountedConnection<HoldView>> {
  const { teamId } = team.account
  const page = readPage(listOf('holds', teamId), given)
  const holds = await readSnapshot(context, (client) => readOpenHolds(client, teamId, page.span, page.size + 1))
  const view = (hold: Hold): HoldView => ({ type: 'Hold', teamId, hold, team })
  const count = () => readSnapshot(context, (client) => countOpenHolds(client, teamId))
  return { ...pageOf(page, holds, ({ id }) => id, view), count }
}

export const holdRemaining = ({ hold }: HoldView): Credits => remainingOf(hold)
