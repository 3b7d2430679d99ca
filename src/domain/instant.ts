import type { Instant } from './identity.ts'

const shape = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)$/

/** How callers write an instant. */
export const instantRule = 'ISO 8601 in UTC, as "2026-11-16T00:00:00Z"'

/** Reads ISO 8601 in UTC; undefined for any other text. Fractions finer than the ledger's milliseconds are cut off. */
export function parseInstant(text: string): Instant | undefined {
  const [, seconds, fraction = ''] = shape.exec(text) ?? []
  const instant = Date.parse(`${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
  // Date.parse takes 30 February for 2 March.
  if (!Number.isFinite(instant) || new Date(instant).toISOString().slice(0, 19) !== seconds) return undefined
  return instant
}
