import type { TeamId } from '../../domain/identity.ts'

/** Of 10,000 watched teams the last looks again 0.4 seconds after the first, and new hints need not wait behind them. */
const atOnce = 500
const apartMs = 20

/**
 * Hints inside this process: somebody committed a change of a team, which is a reason to look and never the truth. A
 * listener is told that there is something to see, not what: it keeps no queue, so one that is slow misses nothing and
 * costs nothing. A change without a new revision (a threshold, a plan) hints, too.
 */
export class Hints {
  readonly #listeners = new Map<TeamId, Set<() => void>>()
  readonly #followers = new Set<(teamId: TeamId) => void>()
  readonly #due = new Set<TeamId>()
  #timer: NodeJS.Timeout | undefined

  publish(teamId: TeamId): void {
    for (const heard of this.#listeners.get(teamId) ?? []) heard()
  }

  /** Whatever may have been missed: everybody looks again, some hundreds of teams at once and the others soon after. */
  publishToAll(): void {
    this.publishSoon(this.#listeners.keys())
  }

  /** The first hundreds at once, 25,000 a second; a team that still waits from an earlier call keeps its place. */
  publishSoon(teamIds: Iterable<TeamId>): void {
    for (const teamId of teamIds) this.#due.add(teamId)
    if (this.#timer === undefined) this.#publishDue()
  }

  /** `heard` is called, synchronously, at each hint about the team until the returned function is called. */
  listen(teamId: TeamId, heard: () => void): () => void {
    const known = this.#listeners.get(teamId)
    const listeners = known ?? new Set()
    this.#listeners.set(teamId, listeners)
    listeners.add(heard)
    if (known === undefined) for (const watched of this.#followers) watched(teamId)
    return () => {
      listeners.delete(heard)
      if (listeners.size === 0 && this.#listeners.get(teamId) === listeners) this.#listeners.delete(teamId)
    }
  }

  /** `watched` is called, synchronously, when a team's first listener has come, until the returned function is called. */
  follow(watched: (teamId: TeamId) => void): () => void {
    this.#followers.add(watched)
    return () => this.#followers.delete(watched)
  }

  /** How many teams are listened to. */
  get watched(): number {
    return this.#listeners.size
  }

  watchedTeams(): Iterable<TeamId> {
    return this.#listeners.keys()
  }

  watches(teamId: TeamId): boolean {
    return this.#listeners.has(teamId)
  }

  #publishDue(): void {
    this.#timer = undefined
    let count = 0
    for (const teamId of this.#due) {
      if (count++ === atOnce) {
        this.#timer = setTimeout(() => this.#publishDue(), apartMs)
        return
      }
      this.#due.delete(teamId)
      this.publish(teamId)
    }
  }
}
