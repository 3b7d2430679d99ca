import type { Ending } from './session.ts'

const baseMs = 500
const maxMs = 30_000
/** A deploy ends many clients at once, in batches; they come back spread over this. */
const restartWithinMs = 3_000
const overload = { minMs: 3_000, withinMs: 12_000 }

/** So long a session makes up for one attempt that failed; a shorter one proves nothing, and the next wait is longer. */
const provenAfterMs = 2_000

/**
 * How many attempts count as failed, `failed` of them so far, once a session has ended that lasted `livedMs` (null: it was
 * never taken). A token that was taken and has ended is followed by another at once; not so where the one before ended for
 * the same, less than two seconds ago (`tokenEndedMs`).
 */
export function failedAttempts(
  failed: number,
  why: Ending['why'],
  livedMs: number | null,
  tokenEndedMs: number,
): number {
  if (why === 'token' && livedMs !== null && tokenEndedMs > provenAfterMs) return 0
  return Math.max(0, failed - Math.floor((livedMs ?? 0) / provenAfterMs))
}

/**
 * How long to wait before the next attempt, at most 30 seconds unless the gateway asks for more. `attempt` counts from 0 since
 * the last session that lasted; `random` is in [0, 1). Full jitter: waits of many clients are spread from 0 on.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 */
export function waitBefore({ why, retryAfterMs = 0 }: Ending, attempt: number, random: number): number {
  const backOff = random * Math.min(maxMs, baseMs * 2 ** attempt)
  if (why === 'token' && attempt === 0) return 0
  if (why === 'restart') return Math.max(random * restartWithinMs, attempt === 0 ? 0 : backOff)
  if (why === 'overload') return Math.max(overload.minMs + random * overload.withinMs, backOff) + retryAfterMs
  return backOff + retryAfterMs
}

/** How long to wait before an operation is sent again that was refused with `code`, or ended without one. */
export function waitAfterRefusal(code: string, attempt: number, random: number): number {
  const why = code === 'OVERLOADED' || code === 'RATE_LIMITED' ? 'overload' : 'lost'
  return waitBefore({ why, code, message: '', heardAt: 0 }, attempt, random)
}
