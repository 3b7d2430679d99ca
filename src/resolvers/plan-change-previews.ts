import { type PlanChange, previewPlanChange } from '../domain/decisions/preview-plan-change.ts'
import { UnknownPlan } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import type { Cadence } from '../domain/period.ts'
import type { PlanChangeCost, PlanChangeMoney, Proration } from '../domain/plan-change-cost.ts'
import { planOf, readSeats } from './plans.ts'
import { codeOf } from './request/catalog-ids.ts'
import { type GatewayContext, requireCaller } from './request/context.ts'
import { badInput, checkedName, type Optional, teamFor } from './request/inputs.ts'
import { servedByPayments } from './request/payment-faults.ts'
import { readTeam, unknownTeam } from './request/submit.ts'

/** `cost`: what the change costs, which Stripe is asked once. */
export type PlanChangePreviewView = PlanChange & {
  readonly type: 'PlanChangePreview'
  readonly at: Instant
  readonly cost: () => Promise<PlanChangeCost>
}

type Arguments = {
  planId: string
  seats?: Optional<number>
  interval?: Optional<Cadence>
  proration: Proration
  teamId?: Optional<string>
}

/** Seats default to the team's own. */
export async function planChangePreview(
  _: unknown,
  { planId: given, seats, interval = null, proration, teamId: ofTeam }: Arguments,
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
  if (change instanceof UnknownPlan) return change
  const { currency, tax } = services.catalogs.catalogAt(at, account)
  const priced = { ...choice, proration, currency, isTaxed: tax !== null }
  let cost: Promise<PlanChangeCost> | undefined
  const ask = () => servedByPayments(() => services.payments.planChangeCost(account.teamId, priced))
  return {
    type: 'PlanChangePreview',
    ...change,
    at,
    cost() {
      cost ??= ask()
      return cost
    },
  }
}

/** Null: it can't be told. */
export async function previewedMoney({ cost }: PlanChangePreviewView): Promise<PlanChangeMoney | null> {
  const found = await cost()
  return found.kind === 'known' ? found.money : null
}

export async function unpricedReason({ cost }: PlanChangePreviewView): Promise<string | null> {
  const found = await cost()
  return found.kind === 'unknown' ? found.reason : null
}

export const previewedPlan = ({ after, at }: PlanChangePreviewView, _: unknown, { services }: GatewayContext) =>
  planOf(services.catalogs.catalogAt(at, after), after)
