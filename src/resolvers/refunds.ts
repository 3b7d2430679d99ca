import type { Credits } from '../domain/amounts/credits.ts'
import { NotFound } from '../domain/errors.ts'
import { chargeId, type Instant } from '../domain/identity.ts'
import type { PostedRefund } from '../ledger/history/refunds.ts'
import { actOf, callerOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { findCharge, findRefund } from './request/finders.ts'
import { decodeIdOf } from './request/ids.ts'
import { badInput, checkedKey, checkedText, type Optional, reachable, teamFor } from './request/inputs.ts'
import type { ChargeView, RefundView, ResultOf } from './request/results.ts'
import { noSuchTeam, submitKeyed } from './request/submit.ts'

export type RefundChargeInput = {
  chargeId: string
  amount?: Optional<Credits>
  reason: string
  idempotencyKey: string
  teamId?: Optional<string>
}

/** The id tells the team; a `teamId` beside it must be the same one. */
export async function refundCharge(
  _: unknown,
  { input }: { input: RefundChargeInput },
  context: GatewayContext,
): Promise<ResultOf<'RefundChargeResult'>> {
  const viewer = callerWithRole(context, 'PLATFORM')
  const key = checkedKey(input.idempotencyKey)
  const reason = checkedText('reason', input.reason)
  if (reason === null || reason === '') throw badInput('reason', 'it is missing: give the reason of the refund')
  const id = decodeIdOf('Charge', input.chargeId)
  const theirs = id === null ? null : reachable(viewer, id.teamId)
  const named = input.teamId == null ? (theirs ?? viewer.teamId) : teamFor(viewer, input.teamId)
  if (named === null) return input.teamId == null ? new NotFound({ what: 'charge' }) : noSuchTeam()
  const amount = input.amount ?? null
  const command =
    id !== null && theirs === named
      ? ({ kind: 'refund-charge', chargeId: chargeId(id.number), amount, reason } as const)
      : ({ kind: 'refuse', failure: new NotFound({ what: 'charge' }) } as const)
  const normal = { chargeId: input.chargeId, amount, reason }
  const act = actOf(context, viewer, 'refundCharge', input.chargeId)
  const asked = { teamId: named, key, mutation: 'refundCharge', caller: callerOf(viewer), input: normal, command, act }
  return submitKeyed(context.services, asked, 'RefundChargeResult')
}

/** The refund with its time and reason, which are read only if the mutation did not return them. */
async function postedRefund({ teamId, refund }: RefundView, context: GatewayContext): Promise<PostedRefund> {
  if ('at' in refund) return refund
  const found = await findRefund(context, teamId, refund.id)
  if (found === null) throw new Error(`${teamId} made the refund ${refund.id}, which it doesn't have`)
  return found.refund
}

export const refundAt = async (view: RefundView, _: unknown, context: GatewayContext): Promise<Instant> =>
  (await postedRefund(view, context)).at

export const refundReason = async (view: RefundView, _: unknown, context: GatewayContext): Promise<string | null> =>
  (await postedRefund(view, context)).reason

export async function refundedCharge(
  { teamId, team, refund }: RefundView,
  _: unknown,
  context: GatewayContext,
): Promise<ChargeView> {
  const found = await findCharge(context, teamId, refund.chargeId)
  if (found === null) throw new Error(`${teamId} refunded the charge ${refund.chargeId}, which it doesn't have`)
  return { ...found, team }
}
