import { formatMoney, parseNano } from '../domain/amounts/money.ts'
import { IdempotencyConflict, NotFound } from '../domain/errors.ts'
import { type PurchaseId, purchaseId, type TeamId } from '../domain/identity.ts'
import { RefundExceedsPurchase } from '../domain/payment-errors.ts'
import type { AmountNeeded } from '../payments/payments.ts'
import type { RefundTerms } from '../payments/refund-terms.ts'
import { purchaseView } from './purchases.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import { type GatewayContext, requireCaller } from './request/context.ts'
import { fingerprintOf } from './request/fingerprint.ts'
import { decodeIdOf } from './request/ids.ts'
import { badInput, checkedKey, checkedText, type Optional, reachable } from './request/inputs.ts'
import { countRequest, paid } from './request/payment-faults.ts'
import type { ResultOf } from './request/results.ts'
import { served } from './request/submit.ts'

export type RefundPurchaseInput = {
  purchaseId: string
  amount?: Optional<string>
  reason: string
  idempotencyKey: string
}

/** The operator gives money back at Stripe; the credits follow by the refund's own fact. Source: docs/payments.md. */
export async function refundPurchase(
  _: unknown,
  { input }: { input: RefundPurchaseInput },
  context: GatewayContext,
): Promise<ResultOf<'RefundPurchaseResult'>> {
  const { services } = context
  const viewer = callerWithRole(context, 'PLATFORM')
  const key = checkedKey(input.idempotencyKey)
  const reason = checkedText('reason', input.reason)
  if (reason === null || reason === '') throw badInput('reason', 'it is missing: give the reason of the refund')
  const amount = checkedMoney(input.amount)
  const found = purchaseOf(input.purchaseId, context)
  if (found === null) return new NotFound({ what: 'purchase' })
  const { teamId, id } = found
  await countRequest(services, teamId)
  const fingerprint = fingerprintOf('refundPurchase', { id, amount, reason })
  const request = { teamId, key, fingerprint, purchaseId: id, amount, reason }
  const act = actOf(context, viewer, 'refundPurchase', input.purchaseId)
  const result = await paid(() => services.payments.refund(request, act))
  if (!('kind' in result)) return result
  switch (result.kind) {
    case 'refunded':
      return purchaseView(services, result.purchase)
    case 'exceeds':
      return new RefundExceedsPurchase(result)
    case 'amount-needed':
      throw amountNeeded(result)
    case 'too-fine':
      throw badInput('amount', `give whole steps of ${formatMoney(result.step)} ${result.step.currency}`)
    case 'not-found':
      return new NotFound({ what: 'purchase' })
    case 'conflict':
      return new IdempotencyConflict({ idempotencyKey: key })
  }
}

/** Null: there is no such purchase. */
export async function refundPreview(
  _: unknown,
  { purchaseId: given, amount }: { purchaseId: string; amount?: Optional<string> },
  context: GatewayContext,
): Promise<RefundTerms | null> {
  requireCaller(context, 'PLATFORM')
  const found = purchaseOf(given, context)
  if (found === null) return null
  const { payments } = context.services
  const terms = await served(() => payments.refundPreview(found.teamId, found.id, checkedMoney(amount)))
  if (terms !== null && 'kind' in terms) throw amountNeeded(terms)
  return terms
}

const amountNeeded = ({ system }: AmountNeeded) =>
  badInput('amount', `${system} serves the team, and only there it is known how much is unused: give the amount`)

function purchaseOf(given: string, context: GatewayContext): { teamId: TeamId; id: PurchaseId } | null {
  const decoded = decodeIdOf('Purchase', given)
  const teamId = decoded === null ? null : reachable(requireCaller(context, 'PLATFORM'), decoded.teamId)
  return decoded === null || teamId === null ? null : { teamId, id: purchaseId(decoded.number) }
}

export function checkedMoney(amount: Optional<string>): bigint | null {
  if (amount == null) return null
  const nano = parseNano(amount)
  if (nano === undefined || nano <= 0n) {
    throw badInput('amount', 'give an amount above 0, with at most 12 integer and 9 fraction digits, or none for all')
  }
  return nano
}
