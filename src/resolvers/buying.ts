import type { Scope } from '../access/viewer.ts'
import type { TeamId } from '../domain/identity.ts'
import { PaymentActionRequired, PaymentDeclined, PaymentUnavailable } from '../domain/payment-errors.ts'
import type { PayWith } from '../domain/purchase.ts'
import { buyingRoleRefusal } from '../domain/who-may-buy.ts'
import type { Purchase } from '../payments/purchase.ts'
import { adminsInWords, adminsOf } from './admins.ts'
import { type ChoiceInput, choiceIn } from './custom-top-ups.ts'
import { memberView } from './members.ts'
import { purchaseView } from './purchases.ts'
import { actOf, callerOf, remember } from './request/caller.ts'
import { type GatewayContext, requireCaller, type Services } from './request/context.ts'
import { checkedCurrency, checkedKey, type Optional, teamFor } from './request/inputs.ts'
import { countRequest, paid } from './request/payment-faults.ts'
import {
  type MemberView,
  type PurchaseNotAllowedView,
  type PurchaseView,
  purchaseNotAllowedView,
  type ResultOf,
  resultOf,
} from './request/results.ts'
import { checkedReturnUrl } from './request/return-urls.ts'
import { answerTo, submissionOf, unknownTeam } from './request/submit.ts'

export type PurchaseCreditsInput = ChoiceInput & {
  currency?: Optional<string>
  idempotencyKey: string
  pay?: Optional<PayWith>
  successUrl?: Optional<string>
  cancelUrl?: Optional<string>
  teamId?: Optional<string>
}

/** A repeated request with the same key continues the same purchase. */
export async function purchaseCredits(
  _: unknown,
  { input }: { input: PurchaseCreditsInput },
  context: GatewayContext,
): Promise<PaymentResult | ResultOf<'PurchaseCreditsResult'>> {
  const { services } = context
  const viewer = requireCaller(context, 'VIEWER')
  const key = checkedKey(input.idempotencyKey)
  const currency = checkedCurrency(input.currency)
  const said = {
    ...choiceIn(input),
    pay: input.pay ?? ('AUTO' as const),
    successUrl: checkedReturnUrl('successUrl', input.successUrl, services),
    cancelUrl: checkedReturnUrl('cancelUrl', input.cancelUrl, services),
  }
  // Without a currency, the input has the fingerprint that it had before there were several.
  const terms = currency === null ? said : { ...said, currency }
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) throw unknownTeam()
  remember(context, viewer, teamId)
  const refusal = roleRefusal(viewer, teamId)
  if (refusal !== null) return refusal
  await countRequest(services, teamId)
  const { memberId } = viewer
  const caller = callerOf(viewer)
  const command = { kind: 'begin-purchase', ...terms, memberId, caller } as const
  const act = actOf(context, viewer, 'purchaseCredits')
  const asked = { teamId, key, mutation: 'purchaseCredits', caller, input: terms, command, act }
  const answer = await answerTo(services, submissionOf(asked))
  if (answer.outcome.kind !== 'purchase') return resultOf(answer, teamId, 'PurchaseCreditsResult')
  const { id } = answer.outcome.purchase
  const advanced = await paid(() => services.payments.advance(teamId, id))
  return advanced instanceof PaymentUnavailable ? advanced : resultOfPayment(advanced, services)
}

type PaymentResult = PurchaseView | PaymentDeclined | PaymentActionRequired

async function resultOfPayment(purchase: Purchase, services: Services): Promise<PaymentResult> {
  const { state, actionUrl, failure: reason, declineCode } = purchase
  if (state === 'FAILED') return new PaymentDeclined({ reason, declineCode })
  if (state === 'PENDING' && actionUrl !== null) return new PaymentActionRequired({ actionUrl })
  return purchaseView(services, purchase)
}

/**
 * The refusal of a caller whose role doesn't buy; null: it may. It follows from the role alone, so that nothing is kept
 * under the key, and what an admin began with it is not told to anyone else who repeats it. Source: facts G4.
 */
export function roleRefusal({ role }: Scope, teamId: TeamId): PurchaseNotAllowedView | null {
  const refusal = buyingRoleRefusal(role)
  return refusal && purchaseNotAllowedView(refusal, teamId)
}

/** Names the person to ask, if one is known. */
export async function notAllowedMessage(
  { message, refusal, teamId }: PurchaseNotAllowedView,
  _: unknown,
  { services }: GatewayContext,
): Promise<string> {
  const admins = refusal.reason === 'ROLE' ? await adminsInWords(services, teamId) : null
  return admins === null ? message : `Only admins of the team buy credits. Ask ${admins}.`
}

/** The people to ask; empty if no admin could help. */
export async function notAllowedAdmins(
  { refusal, teamId }: PurchaseNotAllowedView,
  _: unknown,
  { services }: GatewayContext,
): Promise<MemberView[]> {
  if (refusal.reason !== 'ROLE') return []
  return (await adminsOf(services, teamId)).map(({ id }) => memberView(teamId, id))
}
