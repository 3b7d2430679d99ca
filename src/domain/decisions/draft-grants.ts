import { burnsBefore } from '../burn-order.ts'
import type { Grant } from '../grant.ts'
import type { GrantId, Instant } from '../identity.ts'
import { GrantQueue, type InstantOf } from './grant-queue.ts'

const endOfAvailable: InstantOf = ({ available, expiresAt }) => (available > 0n ? expiresAt : null)
const endOfLock: InstantOf = ({ locked, lock }) => (locked > 0n && lock !== null ? lock.until : null)
const endOfEmpty: InstantOf = ({ available, held, expiresAt }) => (available === 0n && held === 0n ? expiresAt : null)

/**
 * The grants of a draft. Those that have ended with nothing left on them are kept apart, so that each of years of periods
 * costs the same; one that something comes back to stands among the others again. A change of one grant, or the next end
 * of one, costs the logarithm of their number: years of time may pass in one draft, with an end of a grant at any instant.
 */
export class DraftGrants {
  /** Also grants that were set aside, until the next reading. */
  #inHand: Grant[]
  #isBehind = false
  readonly #ended = new Set<GrantId>()
  #byId: Map<GrantId, Grant> | null = null
  /** Most drafts need none. */
  readonly #queues = new Map<InstantOf, GrantQueue>()

  /** `grants` in burn order. */
  constructor(grants: readonly Grant[]) {
    this.#inHand = grants.slice()
  }

  /** The grants in burn order, without those that were set aside. */
  get inHand(): readonly Grant[] {
    if (this.#isBehind) {
      this.#inHand = this.#inHand.filter(({ id }) => !this.#ended.has(id))
      this.#isBehind = false
    }
    return this.#inHand
  }

  /** All of them in burn order. */
  get all(): readonly Grant[] {
    return this.#ended.size === 0 ? this.#inHand : [...this.#known().values()].sort(burnsBefore)
  }

  /** The first instant at which available credits end; Infinity: none do. */
  get nextEnd(): Instant {
    return this.#queue(endOfAvailable).next(this.#known())
  }

  /** The first instant at which a lock ends; Infinity: none does. */
  get nextUnlock(): Instant {
    return this.#queue(endOfLock).next(this.#known())
  }

  find(id: GrantId): Grant | undefined {
    return this.#known().get(id)
  }

  /** Adds the grant, or replaces the one of its id, which burns at the same place. */
  put(grant: Grant): void {
    const known = this.#known()
    const before = known.get(grant.id)
    const wasSetAside = this.#ended.delete(grant.id)
    const index = this.#indexOf(grant)
    const isThere = this.#inHand[index]?.id === grant.id
    if (before !== undefined && !wasSetAside && !isThere) {
      throw new Error(`Grant ${grant.id} is not at its place in burn order: load grants in burn order`)
    }
    if (isThere) this.#inHand[index] = grant
    else this.#inHand.splice(index, 0, grant)
    known.set(grant.id, grant)
    for (const queue of this.#queues.values()) queue.note(grant, before)
  }

  /** The grants whose available credits have ended by `at`, in burn order, each once. */
  takeEnded(at: Instant): readonly Grant[] {
    return this.#queue(endOfAvailable).take(at, this.#known())
  }

  /** The grants with credits whose lock has ended by `at`, in burn order, each once. */
  takeUnlocked(at: Instant): readonly Grant[] {
    return this.#queue(endOfLock).take(at, this.#known())
  }

  setAside(at: Instant): void {
    for (const { id } of this.#queue(endOfEmpty).take(at, this.#known())) {
      this.#ended.add(id)
      this.#isBehind = true
    }
  }

  #known(): Map<GrantId, Grant> {
    this.#byId ??= new Map(this.#inHand.map((grant) => [grant.id, grant]))
    return this.#byId
  }

  #queue(instantOf: InstantOf): GrantQueue {
    const queue = this.#queues.get(instantOf) ?? new GrantQueue(this.#known().values(), instantOf)
    this.#queues.set(instantOf, queue)
    return queue
  }

  /** The place of the grant in burn order. */
  #indexOf(grant: Grant): number {
    let [low, high] = [0, this.#inHand.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (burnsBefore(this.#inHand[middle] as Grant, grant) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
