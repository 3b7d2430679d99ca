import { quoteLastsMs } from '../access/quotes.ts'
import type { Viewer } from '../access/viewer.ts'
import type { Decimal } from '../domain/amounts/decimal.ts'
import { type Estimate, estimate as estimateOf, fitNow, wouldRecharge } from '../domain/decisions/estimate.ts'
import { type Blocker, InvalidUsage, UnknownRate } from '../domain/errors.ts'
import { type Fit, type FitLine, readFit } from '../domain/fit.ts'
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
  /** Null: the caller named every quantity. */
  readonly fit: Fit | null
  readonly priced: Priced
  readonly estimate: Estimate
  readonly team: TeamNow
  readonly viewer: Viewer
}

type Arguments = { usage: readonly UsageLine[]; fit?: Optional<FitLine>; teamId?: Optional<string> }

export async function estimate(
  _: unknown,
  { usage: lines, fit: fitLine, teamId: given }: Arguments,
  context: GatewayContext,
): Promise<EstimateView | UnknownRate | InvalidUsage> {
  const { services } = context
  const viewer = requireCaller(context, 'VIEWER')
  const teamId = teamFor(viewer, given)
  const read = readUsage(withCodes(lines))
  if (!read.ok) return read.failure
  const unusable = read.usage.find(({ rate }) => !isName(rate))
  if (unusable) return new UnknownRate(unusable)
  const fit = fitLine == null ? null : readFit(fitLine, read.usage)
  if (fit instanceof InvalidUsage) return fit
  const team = teamId === null ? null : await readTeam(services, teamId)
  if (team === null) throw unknownTeam()
  const { card, policy } = services.catalogs.in(team.account.currency).rulesAt(team.at)
  const caller = callerOf(viewer)
  const clock = { timeZone: policy.timeZone, at: team.at }
  const usage = fit === null ? read.usage : fitNow(card, { usage: read.usage, fit }, team.account, { caller, clock })
  if (usage instanceof InvalidUsage) return usage
  const result = price(card, usage)
  if (!result.ok) return result.failure
  const { priced } = result
  const estimated = estimateOf(team.account, { priced, card }, caller, clock)
  return { type: 'Estimate', usage, fit, priced, estimate: estimated, team, viewer }
}

/** Null also where the balance does not pay even the least: that is no quantity to work with. */
export const estimateFitted = ({ usage, fit, estimate: { limited, shortage } }: EstimateView): Decimal | null =>
  fit === null || limited !== null || shortage !== null ? null : (usage.at(-1)?.quantity ?? null)

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
