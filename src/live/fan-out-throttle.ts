/** More commands than a caller has under way that waits for each answer. */
export const busy = 8
/** The part of the time that sending may take while the ledger is busy. */
const share = 0.05
/** No person reads faster. */
const minRestMs = 50
const maxRestMs = 2_000

/**
 * How long to rest after sending a state for `toldMs`. A team that is charged without a pause has a new balance with
 * every commit, and sending each one to thousands of watchers would slow down the commits. While many commands are
 * under way (`underWay`), sending takes a twentieth of the time, with a state at least every two seconds; else there is
 * no rest.
 */
export const restAfter = (toldMs: number, underWay: number): number =>
  underWay < busy ? 0 : Math.min(maxRestMs, Math.max(minRestMs, toldMs * (1 / share - 1)))
