import { burnsBefore } from '../burn-order.ts'
import { type Grant, hasExpired } from '../grant.ts'
import type { GrantId, Instant } from '../identity.ts'

/**
 * The grants of a draft. Those that have ended with nothing left on them are kept apart, so that each of years of periods
 * costs the same; one that something comes back to stands among the others again.
 */
export class DraftGrants {
  #inHand: Grant[]
  /** Most drafts set nothing aside. */
  #ended: Map<GrantId, Grant> | null = null

  /** `grants` in burn order. */
  constructor(grants: readonly Grant[]) {
    this.#inHand = grants.slice()
  }

  /** The grants in burn order, without those that were set aside. */
  get inHand(): readonly Grant[] {
    return this.#inHand
  }

  /** All of them in burn order. */
  get all(): readonly Grant[] {
    return this.#ended === null ? this.#inHand : [...this.#inHand, ...this.#ended.values()].sort(burnsBefore)
  }

  find(id: GrantId): Grant | undefined {
    return this.#inHand.find((grant) => grant.id === id) ?? this.#ended?.get(id)
  }

  /** Adds the grant, or replaces the one of its id. */
  put(grant: Grant): void {
    const index = this.#inHand.findIndex(({ id }) => id === grant.id)
    if (index >= 0) {
      this.#inHand[index] = grant
      return
    }
    this.#ended?.delete(grant.id)
    this.#inHand.push(grant)
    this.#inHand.sort(burnsBefore)
  }

  setAside(at: Instant): void {
    const isDone = (grant: Grant) => grant.available === 0n && grant.held === 0n && hasExpired(grant, at)
    if (!this.#inHand.some(isDone)) return
    this.#ended ??= new Map()
    for (const grant of this.#inHand) if (isDone(grant)) this.#ended.set(grant.id, grant)
    this.#inHand = this.#inHand.filter((grant) => !isDone(grant))
  }
}
