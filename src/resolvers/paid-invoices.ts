import { formatMoney } from '../domain/amounts/money.ts'
import { IdempotencyConflict, NotFound } from '../domain/errors.ts'
import { RefundExceedsPurchase } from '../domain/payment-errors.ts'
import type { PaidInvoice } from '../payments/paid-invoice.ts'
import { checkedMoney } from './purchase-refunds.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { fingerprintOf } from './request/fingerprint.ts'
import { badInput, checkedKey, checkedText, type Optional, teamFor } from './request/inputs.ts'
import { countRequest, paid, servedByPayments } from './request/payment-faults.ts'
import type { PaidInvoiceView, ResultOf } from './request/results.ts'
import { knownTeam } from './request/submit.ts'

export type RefundInvoiceInput = {
  teamId: string
  invoice: string
  amount?: Optional<string>
  reason: string
  idempotencyKey: string
}

const maxInvoiceId = 255

/** The operator gives money of an invoice back at Stripe; the credits follow by the refund's own fact. Source: docs/payments.md. */
export async function refundInvoice(
  _: unknown,
  { input }: { input: RefundInvoiceInput },
  context: GatewayContext,
): Promise<ResultOf<'RefundInvoiceResult'>> {
  const { services } = context
  const viewer = callerWithRole(context, 'PLATFORM')
  const key = checkedKey(input.idempotencyKey)
  const reason = checkedText('reason', input.reason)
  if (reason === null || reason === '') throw badInput('reason', 'it is missing: give the reason of the refund')
  const { invoice } = input
  if (!/^in_\w+$/.test(invoice) || invoice.length > maxInvoiceId) return new NotFound({ what: 'invoice' })
  const amount = checkedMoney(input.amount)
  const { teamId } = (await knownTeam(services, teamFor(viewer, input.teamId))).account
  await countRequest(services, teamId)
  const fingerprint = fingerprintOf('refundInvoice', { invoice, amount, reason })
  const request = { teamId, key, fingerprint, invoice, amount, reason }
  const act = actOf(context, viewer, 'refundInvoice', invoice)
  const result = await paid(() => services.payments.refundInvoice(request, act))
  if (!('kind' in result)) return result
  switch (result.kind) {
    case 'refunded':
      return viewOf(result.invoice)
    case 'exceeds':
      return new RefundExceedsPurchase(result)
    case 'too-fine':
      throw badInput('amount', `give whole steps of ${formatMoney(result.step)} ${result.step.currency}`)
    case 'not-found':
      return new NotFound({ what: 'invoice' })
    case 'conflict':
      return new IdempotencyConflict({ idempotencyKey: key })
  }
}

/** The newest paid invoices of a team, which are at Stripe. */
export async function paidInvoices(
  _: unknown,
  { teamId: given }: { teamId: string },
  context: GatewayContext,
): Promise<PaidInvoiceView[]> {
  const viewer = callerWithRole(context, 'PLATFORM')
  const { services } = context
  const { teamId } = (await knownTeam(services, teamFor(viewer, given))).account
  await countRequest(services, teamId)
  return (await servedByPayments(() => services.payments.paidInvoices(teamId))).map(viewOf)
}

const viewOf = (paid: PaidInvoice): PaidInvoiceView => ({ type: 'PaidInvoice', paid })
