import { Failure } from '../api/failure.ts'
import type { Work } from '../api/work.ts'

const limits = [
  { seconds: 60, invoices: 10 },
  { seconds: 86_400, invoices: 20 },
] as const

/**
 * Throws where a request would make the subscription's 11th invoice in a minute, or its 21st in a day. Renewals are not
 * refused. Source: docs.stripe.com/rate-limits.
 */
export function refuseMoreInvoices(work: Work, subscription: string): void {
  if (!work.isRequest) return
  const made = work.objects.all('invoice', { 'parent.subscription_details.subscription': subscription })
  const isReached = limits.some(
    ({ seconds, invoices }) => made.filter(({ created }) => created > work.now - seconds).length >= invoices,
  )
  if (!isReached) return
  const message = `Too many invoices were created for ${subscription}: at most 10 a minute and 20 a day.`
  throw new Failure(429, { type: 'invalid_request_error', code: 'rate_limit', message }, 'not-begun')
}
