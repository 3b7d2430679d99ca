/** The limit of a gateway that has seen no overload lately: so many may come at the same instant. */
export const restingOperations = 2_000
/** What a limit grows to by itself while the overload is recent. */
export const recoveringOperations = 500
const recentMs = 5_000
/** So few are never what delays a gateway. */
export const minOperations = 256
export const maxOperations = 10_000
/** A delay counts where a whole window finds it; a shorter one is a burst, a dear document or a collection of garbage. */
export const windowMs = 100
/** By how much the event loop may be late. */
export const maxLoopDelayMs = 10
/** What the ledger may take for its fastest command: so long, or so many times what it takes without a queue. */
export const maxCommandMs = 20
export const maxTimesUnqueued = 2
/** One late look may be the end of a single long pause. */
const minLooks = 2
const growth = 1.1
const leastReduction = 0.9
/** Little's law: so many times fewer operations take so many times less, if the same number is answered in a second. */
const mostReduction = 0.2
/** How late the event loop is says less of how many are too many, unless it is late by a whole window. */
const mostLoopReduction = 0.7
/** How much of a longer time without a queue is believed at the end of a window: most of it after some five seconds. */
const belief = 0.05

/** How many operations may be under way at once, and what it is told by. */
export type OperationLimit = {
  readonly operations: number
  /** What the fastest command takes without a queue; null: not known yet. */
  readonly unqueuedMs: number | null
  /** When it shrank last. */
  readonly reducedAt: number
  readonly window: Window
}

/** What a gateway finds when it looks at itself. */
export type Look = {
  readonly loopDelayMs: number
  /** What the fastest command took that the ledger has answered since the look before; null: it has answered none. */
  readonly commandMs: number | null
  /** For how long the ledger has answered nothing although it should; 0 where it has nothing to answer. */
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

/** The limit when nobody has looked for a while. */
export const lookedAtAgain = (limit: OperationLimit, at: number): OperationLimit => ({
  ...limit,
  window: windowFrom(at),
})

/**
 * The limit after a look. It shrinks at the end of a window in which the event loop or the ledger was late all the time, to what would have
 * been in time, counted from what was under way. Otherwise it grows: up to a resting limit by itself, beyond it only while it is reached.
 * `at`: milliseconds of a clock that never goes back.
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
  // What was accepted before says nothing of the new limit.
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

/** What part of the operations would have been in time. */
function partInTime({ loopDelayMs, commandMs, silentMs }: Window, unqueuedMs: number | null): number {
  const mostMs = Math.max(maxCommandMs, maxTimesUnqueued * (unqueuedMs ?? 0))
  const leastLoopPart = loopDelayMs < windowMs ? mostLoopReduction : mostReduction
  const loopPart = Math.max(leastLoopPart, maxLoopDelayMs / loopDelayMs)
  const ledgerPart = Math.max(mostReduction, mostMs / (commandMs ?? silentMs))
  return Math.min(loopPart, ledgerPart)
}

function reduced(operations: number, { maxUnderWay }: Window, part: number): number {
  const rest = Math.min(operations, maxUnderWay) * Math.min(leastReduction, part)
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
 * A shorter time is believed at once. Where the limit is reached, commands may wait, and nothing is learned; but for the smallest limit, beside
 * which a database that has become slower would never be known for what it is.
 */
function unqueuedAfter({ operations, unqueuedMs }: OperationLimit, { commandMs, maxUnderWay }: Window): number | null {
  if (commandMs === null || (maxUnderWay >= operations && maxUnderWay > minOperations)) return unqueuedMs
  if (unqueuedMs === null || commandMs < unqueuedMs) return commandMs
  return unqueuedMs + belief * (commandMs - unqueuedMs)
}

const smaller = (one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : Math.min(one, other)

const windowFrom = (beganAt: number): Window => ({
  ...{ beganAt, looks: 0 },
  ...{ loopDelayMs: Infinity, commandMs: null, silentMs: 0, maxUnderWay: 0 },
})
