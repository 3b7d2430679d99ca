const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/**
 * The pause after each failed attempt. After the attempt behind the last pause the endpoint is disabled, more than three
 * days after the first. Source: Standard Webhooks, "Retry schedule".
 */
const pausesMs: readonly number[] = [
  ...[5 * second, 5 * minute, 30 * minute],
  ...[2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
]

const longestPauseMs = Math.max(...pausesMs)

export const maxAttempts = pausesMs.length + 1

/** The part by which a pause is longer at most, so that endpoints that failed together are not retried together. */
const spread = 0.1

/**
 * How long to wait after the failed attempt number `attempts` (from 1); null: it was the last one. The receiver's
 * `Retry-After` makes a pause longer, up to the longest one, and never shorter: else it would use up the attempts.
 */
export function pauseAfter(attempts: number, retryAfterMs = 0, random = Math.random()): number | null {
  const pauseMs = pausesMs[attempts - 1]
  if (pauseMs === undefined) return null
  return Math.round(Math.max(pauseMs, Math.min(retryAfterMs, longestPauseMs)) * (1 + spread * random))
}
