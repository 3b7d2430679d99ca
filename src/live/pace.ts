/** So many commands under way are more than a caller's that waits for each answer. */
const busy = 8
/** What telling may take of the time while the ledger is busy. */
const share = 0.05
/** Nobody reads faster. */
const shortestRestMs = 50
const longestRestMs = 2_000

/**
 * How long to rest after telling a state for `toldMs`, so that telling thousands doesn't slow down what they are told of: a
 * team that is charged without a pause has a new balance with every commit. With `underWay` commands that wait for their
 * answers, telling takes a twentieth of the time, and tells at least every two seconds; else it has all the time there is.
 */
export const restAfter = (toldMs: number, underWay: number): number =>
  underWay < busy ? 0 : Math.min(longestRestMs, Math.max(shortestRestMs, toldMs * (1 / share - 1)))
