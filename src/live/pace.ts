import { performance } from 'node:perf_hooks'

/** While other work takes this part of the process or more, telling takes no more than its own. */
const busy = 0.3
const share = 0.05
/** Nobody reads faster. */
const shortestRestMs = 50
const longestRestMs = 1_000
/** A burst is not yet a load. */
const windowMs = 500

/** How long to rest after telling a state for `toldMs`, while other work took the part `others` of the time. */
export function restAfter(toldMs: number, others: number): number {
  if (others < busy) return 0
  return Math.min(longestRestMs, Math.max(shortestRestMs, toldMs * (1 / share - 1)))
}

/**
 * Keeps telling thousands from slowing down what they are told of: a team that is charged without a pause has a new balance
 * with every commit. Telling has all the time that the process has to spare; where it has none, a twentieth of it, and at
 * least an update a second.
 */
export class Pace {
  #begun = performance.eventLoopUtilization()
  #toldMs = 0
  /** What other work took in the last window. */
  #others = 0

  /** Milliseconds to rest, after telling for `toldMs` since the last call. */
  rest(toldMs: number): number {
    this.#toldMs += toldMs
    const now = performance.eventLoopUtilization()
    const { active, idle } = performance.eventLoopUtilization(now, this.#begun)
    if (active + idle >= windowMs) {
      this.#others = (active - this.#toldMs) / (active + idle)
      this.#begun = now
      this.#toldMs = 0
    }
    return restAfter(toldMs, this.#others)
  }
}
