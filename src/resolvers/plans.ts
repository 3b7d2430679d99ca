import type { Catalog, Plan } from '../catalog/catalog.ts'
import { type Account, maxSeats } from '../domain/account.ts'
import type { Instant } from '../domain/identity.ts'
import type { Cadence } from '../domain/period.ts'
import { actOf, callerOf, operating } from './request/caller.ts'
import { codeOf } from './request/catalog-ids.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput, checkedCurrency, checkedKey, checkedName, type Optional, teamFor } from './request/inputs.ts'
import type { ResultOf, TeamView } from './request/results.ts'
import { noSuchTeam, submitKeyed } from './request/submit.ts'

export type AssignPlanInput = {
  teamId: string
  teamName?: Optional<string>
  planId: string
  seats?: Optional<number>
  interval?: Optional<Cadence>
  anchor?: Optional<Instant>
  currency?: Optional<string>
  trial?: Optional<boolean>
  idempotencyKey: string
}

export async function assignPlan(
  _: unknown,
  { input }: { input: AssignPlanInput },
  context: GatewayContext,
): Promise<ResultOf<'AssignPlanResult'>> {
  const viewer = operating(context)
  const key = checkedKey(input.idempotencyKey)
  const planId = checkedName('planId', codeOf('Plan', input.planId))
  const teamName = input.teamName == null ? null : checkedName('teamName', input.teamName)
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) return noSuchTeam()
  const seats = readSeats(input.seats ?? 1)
  const currency = checkedCurrency(input.currency)
  const said = { planId, teamName, seats, interval: input.interval ?? null, anchor: input.anchor ?? null }
  // Without them, the input has the fingerprint that it had before they existed.
  const terms = {
    ...said,
    ...(currency === null ? {} : { currency }),
    ...(input.trial === false ? { trial: false } : {}),
  }
  const command = { kind: 'assign-plan', ...terms } as const
  const act = actOf(context, viewer, 'assignPlan', planId)
  const asked = { teamId, key, mutation: 'assignPlan', caller: callerOf(viewer), input: terms, command, act }
  return submitKeyed(context.services, asked, 'AssignPlanResult')
}

export function readSeats(seats: number): number {
  if (seats < 1 || seats > maxSeats) throw badInput('seats', `not usable: give 1 to ${maxSeats}`)
  return seats
}

/** Null before the first plan, and where the catalog no longer knows it. */
export const teamPlan = ({ account, at }: TeamView, _: unknown, { services }: GatewayContext): Plan | null =>
  planOf(services.catalogs.catalogAt(at, account), account)

export const planOf = ({ plans }: Catalog, account: Account | null): Plan | null =>
  plans.find(({ id }) => id === account?.planId) ?? null
