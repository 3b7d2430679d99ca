export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** An invoice in an answer or an event has at most this many of its lines. */
const maxShownLines = 10

/** The value as answers and events show it. Source: docs.stripe.com/api/invoices/object, `lines`. */
export const shown = (value: unknown): Json => JSON.parse(JSON.stringify(value, firstLines))

/** A copy of the object as answers and events show it. */
export const shownCopy = <T extends object>(object: T): T => JSON.parse(JSON.stringify(object, firstLines))

function firstLines(key: string, value: unknown): unknown {
  if (key !== 'lines' || !isLineList(value) || value.data.length <= maxShownLines) return value
  return { ...value, data: value.data.slice(0, maxShownLines), has_more: true }
}

function isLineList(value: unknown): value is { data: unknown[] } {
  if (typeof value !== 'object' || value === null || !('data' in value) || !('url' in value)) return false
  return Array.isArray(value.data) && String(value.url).startsWith('/v1/invoices/')
}
