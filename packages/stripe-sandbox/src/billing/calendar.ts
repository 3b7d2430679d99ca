/** From the start on, until before the end; in seconds since 1970. */
export type Period = { readonly start: number; readonly end: number }

/** How often a price is billed, as the price says it. */
export type Interval = { readonly interval: string; readonly interval_count: number }

const day = 86_400
const longest: Readonly<Record<string, number>> = { day, week: 7 * day, month: 31 * day, year: 366 * day }

/**
 * So many intervals after the anchor, in UTC. A month that lacks the anchor's day has its last day instead (31 January,
 * 29 February, 31 March), as at Stripe.
 */
export function boundary(anchor: number, { interval, interval_count }: Interval, intervals: number): number {
  const count = intervals * interval_count
  if (interval === 'day' || interval === 'week') return anchor + count * (longest[interval] ?? day)
  const date = new Date(anchor * 1000)
  const month = date.getUTCMonth() + count * (interval === 'year' ? 12 : 1)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const midnight = Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lastDay)) / 1000
  return midnight + (anchor - Math.floor(anchor / day) * day)
}

/** The period of the anchor's grid in which the instant lies. */
export function periodAt(anchor: number, interval: Interval, instant: number): Period {
  const most = (longest[interval.interval] ?? day) * interval.interval_count
  let intervals = Math.floor((instant - anchor) / most) - (instant < anchor ? 1 : 0)
  while (boundary(anchor, interval, intervals + 1) <= instant) intervals++
  while (boundary(anchor, interval, intervals) > instant) intervals--
  return { start: boundary(anchor, interval, intervals), end: boundary(anchor, interval, intervals + 1) }
}

/** The part of an amount that falls to the rest of the period from the instant on: by seconds, half a cent away from zero. */
export function prorated(amount: number, { start, end }: Period, instant: number): number {
  const left = BigInt(Math.max(0, Math.min(end - instant, end - start)))
  const whole = BigInt(end - start)
  if (whole <= 0n) return 0
  const size = (2n * BigInt(Math.abs(amount)) * left + whole) / (2n * whole)
  return amount < 0 ? -Number(size) : Number(size)
}
