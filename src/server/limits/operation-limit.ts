/** The limit of a gateway without a recent overload: this many operations may arrive at the same instant. */
export const restingOperations = 2_000
/** The limit up to which a gateway recovers by itself while its overload is recent. */
export const recoveringOperations = 500
const recentMs = 5_000
/** The smallest limit: this few operations never delay a gateway. */
export const minOperations = 256
export const maxOperations = 10_000
/**
 * A delay counts only if it lasts for a whole window. A shorter one is a burst, an expensive document or a garbage
 * collection.
 */
export const windowMs = 100
/** How late the event loop may be. */
export const maxLoopDelayMs = 10
/**
 * How long the ledger's fastest command may take: this long, or this many times its time without a queue, whichever is
 * more.
 */
export const maxCommandMs = 20
export const maxTimesUnqueued = 2
/** One late look may be the end of a single long pause. */
const minLooks = 2
const growth = 1.1
const maxPart = 0.9
/**
 * The limit shrinks to this part at least. Little's law: with as many answers a second, a fifth of the operations takes
 * a fifth of the time.
 */
const minPart = 0.2
/**
 * The same bound for the event loop's delay, which shows less exactly how many operations are too many, unless it lasts
 * for a whole window.
 */
const minLoopPart = 0.7
/**
 * The weight of a longer time without a queue at the end of a window: after some five seconds most of the new time
 * counts.
 */
const belief = 0.05

/** How many operations may be under way at once, and the measurements that set this number. */
export type OperationLimit = {
  readonly operations: number
  /** The time of the fastest command without a queue; null: not known yet. */
  readonly unqueuedMs: number | null
  /** When the limit shrank last. */
  readonly reducedAt: number
  readonly window: Window
}

/** The measurements of one look. */
export type Look = {
  readonly loopDelayMs: number
  /** The time of the fastest command that the ledger has answered since the look before; null: it has answered none. */
  readonly commandMs: number | null
  /** How long the ledger has answered nothing although commands wait; 0: none waits. */
  readonly silentMs: number
  /** The most operations at once since the look before. */
  readonly maxUnderWay: number
}

/** The smallest delays that the looks of a window have found, the last silence, and the most operations at once. */
type Window = Look & { readonly beganAt: number; readonly looks: number }

export const restingLimit = (at: number): OperationLimit => ({
  operations: restingOperations,
  unqueuedMs: null,
  reducedAt: -Infinity,
  window: windowFrom(at),
})

/** The limit when looks begin again after a pause. */
export const lookedAtAgain = (limit: OperationLimit, at: number): OperationLimit => ({
  ...limit,
  window: windowFrom(at),
})

/**
 * The limit after a look. It shrinks at the end of a window in which the event loop or the ledger was late all the
 * time: to the number of operations that would have been in time, computed from those under way. Otherwise it grows: up
 * to a resting limit by itself, beyond that only while it is reached. `at`: milliseconds of a monotonic clock.
 */
export function limitAfter(limit: OperationLimit, look: Look, at: number): OperationLimit {
  if (at < limit.window.beganAt) return limit
  const window = seenBy(limit.window, look)
  const elapsedMs = at - window.beganAt
  if (elapsedMs < windowMs || window.looks < minLooks) return { ...limit, window }
  const unqueuedMs = unqueuedAfter(limit, window)
  const part = partInTime(window, unqueuedMs)
  if (part >= 1 || window.maxUnderWay < minOperations) {
    return { ...limit, operations: grown(limit, window, elapsedMs, at), unqueuedMs, window: windowFrom(at) }
  }
  // Operations accepted before tell nothing of the new limit.
  const settledAt = at + (window.commandMs ?? 0)
  const operations = reduced(limit.operations, window, part)
  return { operations, unqueuedMs, reducedAt: at, window: windowFrom(settledAt) }
}

const seenBy = (window: Window, look: Look): Window => ({
  beganAt: window.beganAt,
  looks: window.looks + 1,
  loopDelayMs: Math.min(window.loopDelayMs, look.loopDelayMs),
  commandMs: smaller(window.commandMs, look.commandMs),
  silentMs: look.silentMs,
  maxUnderWay: Math.max(window.maxUnderWay, look.maxUnderWay),
})

/** The part of the operations that would have been in time, between 0 and 1. */
function partInTime({ loopDelayMs, commandMs, silentMs }: Window, unqueuedMs: number | null): number {
  const maxMs = Math.max(maxCommandMs, maxTimesUnqueued * (unqueuedMs ?? 0))
  const loopMinPart = loopDelayMs < windowMs ? minLoopPart : minPart
  const loopPart = Math.max(loopMinPart, maxLoopDelayMs / loopDelayMs)
  const ledgerPart = Math.max(minPart, maxMs / (commandMs ?? silentMs))
  return Math.min(loopPart, ledgerPart)
}

function reduced(operations: number, { maxUnderWay }: Window, part: number): number {
  const rest = Math.min(operations, maxUnderWay) * Math.min(maxPart, part)
  return Math.max(minOperations, Math.round(rest))
}

function grown(
  { operations, reducedAt }: OperationLimit,
  { maxUnderWay }: Window,
  elapsedMs: number,
  at: number,
): number {
  const rest = at - reducedAt < recentMs ? recoveringOperations : restingOperations
  const factor = growth ** (elapsedMs / windowMs)
  if (operations < rest) return Math.min(rest, Math.ceil(operations * factor))
  if (maxUnderWay >= operations) return Math.min(maxOperations, Math.ceil(operations * growth))
  return Math.max(rest, Math.floor(operations / factor))
}

/**
 * A shorter time counts at once. While the limit is reached, commands may be queued, so their time teaches nothing. The
 * smallest limit is an exception: otherwise a database that has become slower would never be recognized.
 */
function unqueuedAfter({ operations, unqueuedMs }: OperationLimit, { commandMs, maxUnderWay }: Window): number | null {
  if (commandMs === null || (maxUnderWay >= operations && maxUnderWay > minOperations)) return unqueuedMs
  if (unqueuedMs === null || commandMs < unqueuedMs) return commandMs
  return unqueuedMs + belief * (commandMs - unqueuedMs)
}

const smaller = (one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : Math.min(one, other)

const windowFrom = (beganAt: number): Window => ({
  beganAt,
  looks: 0,
  loopDelayMs: Infinity,
  commandMs: null,
  silentMs: 0,
  maxUnderWay: 0,
})
