export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** An object in an answer or an event has at most this many entries of its own lists. */
const maxShown = 10

/** The lists that are cut: invoices' lines and subscriptions' items. */
const cutLists: Readonly<Record<string, string>> = { lines: '/v1/invoices/', items: '/v1/subscription_items' }

/** The value as answers and events show it. Source: docs.stripe.com/api/invoices/object, `lines`. */
export const shown = (value: unknown): Json => JSON.parse(JSON.stringify(value, firstOnes))

/** A copy of the object as answers and events show it. */
export const shownCopy = <T extends object>(object: T): T => JSON.parse(JSON.stringify(object, firstOnes))

function firstOnes(key: string, value: unknown): unknown {
  const url = cutLists[key]
  if (url === undefined || !isListOf(url, value) || value.data.length <= maxShown) return value
  return { ...value, data: value.data.slice(0, maxShown), has_more: true }
}

function isListOf(url: string, value: unknown): value is { data: unknown[] } {
  if (typeof value !== 'object' || value === null || !('data' in value) || !('url' in value)) return false
  return Array.isArray(value.data) && String(value.url).startsWith(url)
}
