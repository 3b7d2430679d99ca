import { type PlanChange, previewPlanChange } from '../domain/decisions/preview-plan-change.ts'
import { UnknownPlan } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import type { Cadence } from '../domain/period.ts'
import { planOf, readSeats } from './plans.ts'
import { codeOf } from './request/catalog-ids.ts'
import { type GatewayContext, requireCaller } from './request/context.ts'
import { badInput, checkedName, type Optional, teamFor } from './request/inputs.ts'
import { readTeam, unknownTeam } from './request/submit.ts'

export type PlanChangePreviewView = PlanChange & { readonly type: 'PlanChangePreview'; readonly at: Instant }

type Arguments = {
  planId: string
  seats?: Optional<number>
  interval?: Optional<Cadence>
  teamId?: Optional<string>
}

/** Seats default to the team's own. */
export async function planChangePreview(
  _: unknown,
  { planId: given, seats, interval = null, teamId: ofTeam }: Arguments,
  context: GatewayContext,
): Promise<PlanChangePreviewView | UnknownPlan> {
  const { services } = context
  const teamId = teamFor(requireCaller(context, 'VIEWER'), ofTeam)
  const planId = checkedName('planId', codeOf('Plan', given))
  if (interval !== null && interval !== 'MONTH' && interval !== 'YEAR') {
    throw badInput('interval', 'plans are paid by the month or the year: give MONTH or YEAR')
  }
  const team = teamId === null ? null : await readTeam(services, teamId)
  if (team === null) throw unknownTeam()
  const { account, at } = team
  const choice = { planId, seats: readSeats(seats ?? account.seats), interval }
  const change = previewPlanChange(account, choice, services.catalogs.in(account.currency), at)
  return change instanceof UnknownPlan ? change : { type: 'PlanChangePreview', ...change, at }
}

export const previewedPlan = ({ after, at }: PlanChangePreviewView, _: unknown, { services }: GatewayContext) =>
  planOf(services.catalogs.catalogAt(at, after), after)
