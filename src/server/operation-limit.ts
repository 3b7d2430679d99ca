/** The limit of a gateway that has seen no overload. */
export const restingOperations = 500
/** So few are never what delays a gateway. */
export const minOperations = 50
export const maxOperations = 10_000
/** By how much the event loop may be late. */
export const maxLoopDelayMs = 10
/** How long the ledger may take for its fastest command. */
export const maxLedgerDelayMs = 100
/** A delay counts as overload when every look of this time finds it; a shorter one is a burst, a dear document or a collection of garbage. */
export const windowMs = 100
/** One late look may be the end of a single long pause. */
const minLooks = 2
const growth = 1.1
const leastReduction = 0.9
const mostReduction = 0.5

/** How many operations may be under way at once, and what this window has found so far. */
export type OperationLimit = {
  readonly operations: number
  readonly window: Window
}

type Window = {
  readonly beganAt: number
  readonly looks: number
  /** The smallest delay of all looks, in parts of what it may be. */
  readonly minPressure: number
  readonly maxUnderWay: number
}

/** What a gateway finds when it looks at itself. */
export type Look = {
  readonly loopDelayMs: number
  readonly ledgerDelayMs: number
  /** The most operations at once since the look before. */
  readonly maxUnderWay: number
}

export const restingLimit = (at: number): OperationLimit => ({
  operations: restingOperations,
  window: windowFrom(at),
})

/**
 * The limit after a look. It shrinks at the end of a window in which every look found the event loop or the ledger late, in proportion
 * to the delay and from what was under way. Otherwise it grows: up to the resting limit by itself, beyond it only while it is reached.
 * `at`: milliseconds of a clock that never goes back.
 */
export function limitAfter({ operations, window }: OperationLimit, look: Look, at: number): OperationLimit {
  const pressure = Math.max(look.loopDelayMs / maxLoopDelayMs, look.ledgerDelayMs / maxLedgerDelayMs)
  const seen: Window = {
    beganAt: window.beganAt,
    looks: window.looks + 1,
    minPressure: Math.min(window.minPressure, pressure),
    maxUnderWay: Math.max(window.maxUnderWay, look.maxUnderWay),
  }
  const elapsedMs = at - window.beganAt
  if (elapsedMs < windowMs || seen.looks < minLooks) return { operations, window: seen }
  const next = seen.minPressure > 1 ? reduced(operations, seen) : grown(operations, seen, elapsedMs)
  return { operations: Math.round(next), window: windowFrom(at) }
}

function reduced(operations: number, { minPressure, maxUnderWay }: Window): number {
  const factor = Math.min(leastReduction, Math.max(mostReduction, 1 / minPressure))
  return Math.max(minOperations, Math.min(operations, maxUnderWay) * factor)
}

function grown(operations: number, { maxUnderWay }: Window, elapsedMs: number): number {
  const factor = growth ** (elapsedMs / windowMs)
  if (operations < restingOperations) return Math.min(restingOperations, operations * factor)
  if (maxUnderWay >= operations) return Math.min(maxOperations, operations * growth)
  return Math.max(restingOperations, operations / factor)
}

const windowFrom = (beganAt: number): Window => ({ beganAt, looks: 0, minPressure: Infinity, maxUnderWay: 0 })
