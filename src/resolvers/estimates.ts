import { quoteLastsMs } from '../access/quotes.ts'
import type { Viewer } from '../access/viewer.ts'
import { type Estimate, estimate as estimateOf, wouldRecharge } from '../domain/decisions/estimate.ts'
import { type Blocker, type InvalidUsage, UnknownRate } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import { isName } from '../domain/names.ts'
import { price } from '../domain/pricing.ts'
import type { Priced } from '../domain/rate-card.ts'
import { readUsage, type Usage, type UsageLine } from '../domain/usage.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import type { PriceLine } from './charges.ts'
import { limitNotice, shortageNotice } from './notices.ts'
import { callerOf, roleBlocker, spendingRefusal } from './request/caller.ts'
import { type GatewayContext, requireCaller } from './request/context.ts'
import { type Optional, teamFor, withCodes } from './request/inputs.ts'
import { readTeam, unknownTeam } from './request/submit.ts'

export type EstimateView = {
  readonly type: 'Estimate'
  readonly usage: readonly Usage[]
  readonly priced: Priced
  readonly estimate: Estimate
  readonly team: TeamNow
  readonly viewer: Viewer
}

type Arguments = { usage: readonly UsageLine[]; teamId?: Optional<string> }

export async function estimate(
  _: unknown,
  { usage: lines, teamId: given }: Arguments,
  context: GatewayContext,
): Promise<EstimateView | UnknownRate | InvalidUsage> {
  const { services } = context
  const viewer = requireCaller(context, 'VIEWER')
  const teamId = teamFor(viewer, given)
  const read = readUsage(withCodes(lines))
  if (!read.ok) return read.failure
  const unusable = read.usage.find(({ rate }) => !isName(rate))
  if (unusable) return new UnknownRate(unusable)
  const team = teamId === null ? null : await readTeam(services, teamId)
  if (team === null) throw unknownTeam()
  const { card, policy } = services.catalogs.in(team.account.currency).rulesAt(team.at)
  const result = price(card, read.usage)
  if (!result.ok) return result.failure
  const { priced } = result
  const estimated = estimateOf(team.account, priced, callerOf(viewer), { timeZone: policy.timeZone, at: team.at })
  return { type: 'Estimate', usage: read.usage, priced, estimate: estimated, team, viewer }
}

/** A range is shown by its upper end, which is the amount that a hold reserves. */
export const estimateLines = ({ priced }: EstimateView): readonly PriceLine[] => priced.lines

export async function estimateBlockers(
  { estimate: { requirements, limited, shortage }, team, viewer }: EstimateView,
  _: unknown,
  { services }: GatewayContext,
): Promise<Blocker[]> {
  const blockers: Blocker[] = spendingRefusal(viewer) === null ? [...requirements] : [roleBlocker, ...requirements]
  if (limited !== null) {
    const { timeZone } = services.catalogs.wholeAt(team.at)
    blockers.push({ code: 'SPENDING_LIMIT', message: limitNotice(timeZone, viewer.name ?? viewer.memberId, limited) })
  }
  if (shortage !== null) {
    const message = await shortageNotice(services, viewer, team, shortage)
    blockers.push({ code: 'INSUFFICIENT_CREDITS', message })
  }
  return blockers
}

export const estimateRecharges = (
  { estimate, priced, team: { account, at }, viewer }: EstimateView,
  _: unknown,
  { services }: GatewayContext,
): boolean => {
  const rules = services.catalogs.in(account.currency).rulesAt(at)
  return spendingRefusal(viewer) === null && wouldRecharge(account, priced, estimate, { ...rules, at })
}

export const quoteExpiresAt = ({ team }: EstimateView): Instant => team.at + quoteLastsMs

export function quoteId(view: EstimateView, _: unknown, { services }: GatewayContext): Promise<string> {
  const { team, usage, priced } = view
  const { rateCardVersion, high } = priced
  const { teamId } = team.account
  return services.quotes.sign({ teamId, usage, rateCardVersion, high, expiresAt: quoteExpiresAt(view) })
}
