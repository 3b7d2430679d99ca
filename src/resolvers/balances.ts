import { type Balance, balanceOf } from '../domain/balance.ts'
import { creditsLabel } from '../domain/credits.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { dayMs } from '../domain/wall-clock.ts'
import { teamAsOf } from '../ledger/history.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import { readTeam, unknownTeam } from './asking.ts'
import type { GatewayContext } from './context.ts'
import { badInput, type Optional } from './inputs.ts'
import { readSnapshot } from './reading.ts'
import type { TeamView } from './results.ts'

const tenYearsMs = 3653 * dayMs

export async function teamBalance(
  { account, at }: TeamView,
  { asOf }: { asOf?: Optional<Instant> },
  context: GatewayContext,
): Promise<Balance> {
  if (asOf == null) return balanceOf(account, at)
  if (Math.abs(asOf - at) > tenYearsMs) throw badInput('asOf', 'not usable: give an instant at most 10 years away')
  const { teamId } = account
  const then = await readSnapshot(context, (client) => teamAsOf(client, context.services.catalogs, teamId, asOf))
  if (then === null) throw unknownTeam()
  return balanceOf(then, asOf)
}

/** The balance right after what the view tells; in lists and look-ups, the present one. */
export async function balanceBeside(
  view: { readonly teamId: TeamId; readonly team: TeamNow | null },
  _: unknown,
  { services }: GatewayContext,
): Promise<Balance> {
  const team = view.team ?? (await readTeam(services, view.teamId))
  if (team === null) throw unknownTeam()
  return balanceOf(team.account, team.at)
}

export const balanceLabel = ({ available }: Balance, { locale }: { locale?: Optional<string> }): string =>
  creditsLabel(available, locale ?? 'en')
