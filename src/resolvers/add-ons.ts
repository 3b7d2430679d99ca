import { AddOnNotAvailable } from '../domain/errors.ts'
import type { TeamId } from '../domain/identity.ts'
import {
  NoPaymentMethod,
  PaymentActionRequired,
  PaymentDeclined,
  PaymentUnavailable,
} from '../domain/payment-errors.ts'
import type { AddOnResult } from '../payments/payments.ts'
import { roleRefusal } from './buying.ts'
import { actOf, callerOf, remember } from './request/caller.ts'
import { type GatewayContext, requireCaller, type Services } from './request/context.ts'
import { badInput, checkedKey, type Optional, teamFor } from './request/inputs.ts'
import { countRequest, paid, servedByPayments } from './request/payment-faults.ts'
import { type ResultOf, resultOf } from './request/results.ts'
import { answerTo, knownTeam, submissionOf, unknownTeam } from './request/submit.ts'

const maxUnits = 10_000

/** A team that follows a subscription pays by it; the units of any other one PLATFORM bills itself. Source: facts D5, D6. */
export async function setAddOnUnits(
  _: unknown,
  { units, idempotencyKey, teamId: given }: { units: number; idempotencyKey: string; teamId?: Optional<string> },
  context: GatewayContext,
): Promise<ResultOf<'SetAddOnUnitsResult'>> {
  const { services } = context
  const viewer = requireCaller(context, 'VIEWER')
  const key = checkedKey(idempotencyKey)
  if (units < 0 || units > maxUnits) throw badInput('units', `not usable: give 0 to ${maxUnits}`)
  const teamId = teamFor(viewer, given)
  if (teamId === null) throw unknownTeam()
  remember(context, viewer, teamId)
  const refusal = roleRefusal(viewer, teamId)
  if (refusal !== null) return refusal
  const team = await knownTeam(services, teamId)
  const isOrder = viewer.role !== 'PLATFORM' || team.account.paidThrough !== null
  if (isOrder) await countRequest(services, teamId)
  const command = { kind: isOrder ? ('order-add-on-units' as const) : ('set-add-on-units' as const), units }
  const act = actOf(context, viewer, 'setAddOnUnits')
  const asked = { teamId, key, mutation: 'setAddOnUnits', caller: callerOf(viewer), input: { units }, command, act }
  const answer = await answerTo(services, submissionOf(asked))
  if (answer.outcome.kind !== 'ordered') return resultOf(answer, teamId, 'SetAddOnUnitsResult')
  const change = await paid(() => services.payments.setAddOnUnits(teamId, key, units))
  return change instanceof PaymentUnavailable ? change : resultOfChange(change, teamId, services)
}

async function resultOfChange(
  change: AddOnResult,
  teamId: TeamId,
  services: Services,
): Promise<ResultOf<'SetAddOnUnitsResult'>> {
  switch (change.kind) {
    case 'declined':
      return new PaymentDeclined(change)
    case 'action-required':
      return new PaymentActionRequired(change)
    case 'no-method': {
      const page = `${services.publicUrl()}/payment`
      return new NoPaymentMethod({ setupUrl: await servedByPayments(() => services.payments.setupPage(teamId, page)) })
    }
  }
  const team = await knownTeam(services, teamId)
  if (change.kind === 'done') return { type: 'Team', ...team }
  return new AddOnNotAvailable({ planId: team.account.planId, reason: 'SUBSCRIPTION' })
}
