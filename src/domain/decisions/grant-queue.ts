import { burnsBefore } from '../burn-order.ts'
import type { Grant } from '../grant.ts'
import type { GrantId, Instant } from '../identity.ts'

/** The instant that a grant waits for in its present state; null: it waits for none. */
export type InstantOf = (grant: Grant) => Instant | null

export type Known = ReadonlyMap<GrantId, Grant>

type Place = { readonly id: GrantId; readonly at: Instant }

/**
 * Grants by the instant that each waits for. A place is dropped when its turn comes and its grant waits for that instant
 * no longer. So a change of a grant compares it with few others, however many wait.
 */
export class GrantQueue {
  readonly #instantOf: InstantOf
  /** The soonest last. */
  readonly #places: Place[] = []

  constructor(grants: Iterable<Grant>, instantOf: InstantOf) {
    this.#instantOf = instantOf
    for (const grant of grants) {
      const at = instantOf(grant)
      if (at !== null) this.#places.push({ id: grant.id, at })
    }
    this.#places.sort((one, other) => other.at - one.at)
  }

  /** A grant is new, or another than `before`. */
  note(grant: Grant, before: Grant | undefined): void {
    const at = this.#instantOf(grant)
    if (at === null || (before !== undefined && this.#instantOf(before) === at)) return
    this.#places.splice(this.#indexOf(at), 0, { id: grant.id, at })
  }

  /** The first instant that a grant waits for; Infinity: none waits. */
  next(known: Known): Instant {
    for (let last = this.#places.at(-1); last !== undefined; last = this.#places.at(-1)) {
      if (this.#waiting(last, known) !== null) return last.at
      this.#places.pop()
    }
    return Infinity
  }

  /** Removes the grants that wait for `at` or an instant before, and returns them in burn order. */
  take(at: Instant, known: Known): Grant[] {
    const taken = new Map<GrantId, Grant>()
    for (let last = this.#places.at(-1); last !== undefined && last.at <= at; last = this.#places.at(-1)) {
      const grant = this.#waiting(last, known)
      if (grant !== null) taken.set(grant.id, grant)
      this.#places.pop()
    }
    return [...taken.values()].sort(burnsBefore)
  }

  #waiting({ id, at }: Place, known: Known): Grant | null {
    const grant = known.get(id)
    return grant !== undefined && this.#instantOf(grant) === at ? grant : null
  }

  /** The place behind all that wait for longer than until `at`. */
  #indexOf(at: Instant): number {
    let [low, high] = [0, this.#places.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#places[middle] as Place).at > at) low = middle + 1
      else high = middle
    }
    return low
  }
}
