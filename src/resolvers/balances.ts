import { type Credits, creditsLabel } from '../domain/amounts/credits.ts'
import { type Balance, balanceOf, type ScopedCredits, spendableFor } from '../domain/balance.ts'
import type { GrantScope } from '../domain/grant-scope.ts'
import type { Instant } from '../domain/identity.ts'
import { dayMs } from '../domain/wall-clock.ts'
import { teamAsOf } from '../ledger/history/team-as-of.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import { requireNamesShown } from './catalogs.ts'
import { codeOf } from './request/catalog-ids.ts'
import type { GatewayContext, Services } from './request/context.ts'
import { encodeId } from './request/ids.ts'
import { badInput, type Optional } from './request/inputs.ts'
import { readSnapshot } from './request/reading.ts'
import type { OfTeam, TeamView } from './request/results.ts'
import { readTeam, unknownTeam } from './request/submit.ts'

const tenYearsMs = 3653 * dayMs

/**
 * A balance as a client's cache stores it. All present balances of a team have one id, and the newest revision counts.
 * Balances of other times have other ids.
 */
export type BalanceView = Balance & OfTeam & { readonly id: string }

export const balanceNow = (team: TeamNow): BalanceView => {
  const { account, at } = team
  const { teamId } = account
  return { ...balanceOf(account, at), id: encodeId('Balance', 0, teamId), teamId, team }
}

/** The balance of a past moment, after which credits have moved. */
export const balanceThen = ({ account, at }: TeamNow): BalanceView => {
  const { teamId, revision } = account
  return { ...balanceOf(account, at), id: encodeId('BalanceThen', revision, teamId), teamId, team: null }
}

export async function teamBalance(
  team: TeamView,
  { asOf }: { asOf?: Optional<Instant> },
  context: GatewayContext,
): Promise<BalanceView> {
  if (asOf == null) return balanceNow(team)
  if (Math.abs(asOf - team.at) > tenYearsMs) throw badInput('asOf', 'not usable: give an instant at most 10 years away')
  const { teamId } = team.account
  const then = await readSnapshot(context, (client) => teamAsOf(client, context.services.catalogs, teamId, asOf))
  if (then === null) throw unknownTeam()
  return { ...balanceOf(then, asOf), id: encodeId('BalanceAsOf', asOf, teamId), teamId, team }
}

/** The balance right after the change that the view describes; in lists and look-ups, the present balance. */
export const balanceBeside = async (
  view: OfTeam & { readonly past?: TeamNow | undefined },
  _: unknown,
  { services }: GatewayContext,
): Promise<BalanceView> =>
  view.past === undefined ? balanceNow(await teamNow(view, services)) : balanceThen(view.past)

/** The team that the view belongs to. */
export const teamBeside = async (view: OfTeam, _: unknown, { services }: GatewayContext): Promise<TeamView> => ({
  type: 'Team',
  ...(await teamNow(view, services)),
})

/** Reads the team only if the view does not have it. */
export async function teamNow({ team, teamId }: OfTeam, services: Services): Promise<TeamNow> {
  const found = team ?? (await readTeam(services, teamId))
  if (found === null) throw unknownTeam()
  return found
}

/** The rate card in force at the instant of the balance decides. Every currency has the same rates and categories. */
export function balanceSpendable(
  balance: BalanceView,
  { rate }: { rate: string },
  context: GatewayContext,
): Credits | null {
  const catalog = context.services.catalogs.wholeAt(balance.asOf)
  requireNamesShown(context, catalog)
  return spendableFor(balance, catalog.rateCard, codeOf('Rate', rate))
}

export function scopedCreditsScope({ scope }: ScopedCredits, _: unknown, context: GatewayContext): GrantScope {
  requireNamesShown(context)
  return scope
}

export const balanceLabel = ({ available }: Balance, { locale }: { locale?: Optional<string> }): string =>
  creditsLabel(available, locale ?? 'en')
