import type { Stripe } from 'stripe'
import type { Instant } from '../domain/identity.ts'
import { idOf } from './stripe-to-facts.ts'
import { linesOf } from './sublists.ts'
import { planAmong } from './subscription-marks.ts'

/** The cycle that a plan's invoice bills: the plan's deposits that begin within it are paid by the invoice. */
export type InvoiceCycle = { readonly planId: string; readonly from: Instant; readonly until: Instant }

/** Stripe counts in UTC, a catalog in its own zone: see `comesDue`. */
const leadMs = 3 * 3_600_000

/** The lines that bill the latest whole period of a subscription; without prorations. */
export async function cycleLinesOf(stripe: Stripe, invoice: Stripe.Invoice): Promise<Stripe.InvoiceLineItem[]> {
  const whole = (await linesOf(stripe, invoice)).filter(isWhole)
  const end = Math.max(...whole.map(({ period }) => period.end))
  return whole.filter(({ period }) => period.end === end)
}

/** The cycle, as far as its subscription lived; null: nobody can tell which deposits the invoice has paid. */
export async function cycleOf(stripe: Stripe, invoice: Stripe.Invoice): Promise<InvoiceCycle | null> {
  const id = idOf(invoice.parent?.subscription_details?.subscription)
  if (id === null) return null
  const lines = await cycleLinesOf(stripe, invoice)
  const planId = await planAmong(
    stripe,
    lines.flatMap((line) => priceOf(line) ?? []),
  )
  if (planId === null) return null
  const start = Math.min(...lines.map(({ period }) => period.start))
  const end = Math.max(...lines.map(({ period }) => period.end))
  const until = await endOf(stripe, { customer: idOf(invoice.customer) ?? '', subscription: id, start, end })
  if (until === null) return null
  const lead = invoice.billing_reason === 'subscription_cycle' ? leadMs : 0
  return { planId, from: start * 1000 - lead, until: until * 1000 - (until === end ? leadMs : 0) }
}

type Span = { readonly customer: string; readonly subscription: string; readonly start: number; readonly end: number }

/**
 * When the cycle ended, in seconds: at its end, with its subscription, or where a new cycle was begun. Null: another
 * subscription of the customer ran within it.
 */
async function endOf(stripe: Stripe, { customer, subscription: id, start, end }: Span): Promise<number | null> {
  const found: Stripe.Subscription[] = []
  const asked = { customer, status: 'all', limit: 100 } as const
  for await (const one of stripe.subscriptions.list(asked)) found.push(one)
  const ended = found.find((one) => one.id === id)?.ended_at ?? end
  const until = Math.min(end, ended)
  const isBeside = ({ id: other, status, start_date: begin, ended_at: at }: Stripe.Subscription) =>
    other !== id && !status.startsWith('incomplete') && begin < until && (at ?? Infinity) > start
  if (found.some(isBeside)) return null
  const { data } = await stripe.invoices.list({ subscription: id, created: { gte: start }, limit: 100 })
  const lines = (await Promise.all(data.map((invoice) => linesOf(stripe, invoice)))).flat()
  const begins = lines.filter(isWhole).map(({ period }) => period.start)
  return Math.min(until, ...begins.filter((begin) => begin > start))
}

export const priceOf = ({ pricing }: Stripe.InvoiceLineItem): string | null => idOf(pricing?.price_details?.price)

/** The line bills a whole period of the subscription. */
const isWhole = ({ parent }: Stripe.InvoiceLineItem): boolean => parent?.subscription_item_details?.proration === false
