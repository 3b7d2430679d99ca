import type { TeamId } from '../domain/identity.ts'

/**
 * Hints inside this process: somebody committed a change of a team, which is a reason to look and never the truth. A listener is told that there is something to see, not what: it keeps no queue, so one
 * that is slow misses nothing and costs nothing. A change without a new revision (a threshold, a plan) hints, too.
 */
export class Hints {
  readonly #listeners = new Map<TeamId, Set<() => void>>()

  publish(teamId: TeamId): void {
    for (const heard of this.#listeners.get(teamId) ?? []) heard()
  }

  /** Whatever may have been missed: everybody looks again. */
  publishToAll(): void {
    for (const listeners of this.#listeners.values()) for (const heard of listeners) heard()
  }

  /** `heard` is called, synchronously, at each hint about the team until the returned function is called. */
  listen(teamId: TeamId, heard: () => void): () => void {
    const listeners = this.#listeners.get(teamId) ?? new Set()
    this.#listeners.set(teamId, listeners)
    listeners.add(heard)
    return () => {
      listeners.delete(heard)
      if (listeners.size === 0 && this.#listeners.get(teamId) === listeners) this.#listeners.delete(teamId)
    }
  }

  watchedTeams(): Iterable<TeamId> {
    return this.#listeners.keys()
  }

  /** How many teams are listened to. */
  get watched(): number {
    return this.#listeners.size
  }
}
