import type { Money } from '../domain/amounts/money.ts'
import type { Instant, TeamId } from '../domain/identity.ts'

/** PLAN: a cycle of the subscription. UNITS: add-on units of an order. METERED: a month of usage. OTHER: made by the operator. */
export const invoiceKinds = ['PLAN', 'UNITS', 'METERED', 'OTHER'] as const
export type InvoiceKind = (typeof invoiceKinds)[number]

/** A paid invoice of a team that is no purchase. */
export type PaidInvoice = {
  readonly teamId: TeamId
  readonly invoice: string
  readonly kind: InvoiceKind
  readonly total: Money
  /** The part of it that was given back: refunds, disputes and credit notes. */
  readonly returned: Money
  readonly createdAt: Instant
  readonly url: string | null
}
