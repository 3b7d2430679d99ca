import type { TeamId } from '../../domain/identity.ts'

/**
 * How many teams are hinted at once. With 10,000 watched teams the last one is hinted 0.4 seconds after the first, and
 * new hints need not wait for them.
 */
const atOnce = 500
const apartMs = 20

/**
 * Hints inside this process: a change of a team was committed, so listeners should read the team again. A hint carries
 * no content, and there is no queue: a slow listener misses nothing and costs nothing. A change without a new revision
 * (a threshold, a plan) is hinted, too.
 */
export class Hints {
  readonly #listeners = new Map<TeamId, Set<() => void>>()
  readonly #followers = new Set<(teamId: TeamId) => void>()
  readonly #everyHint = new Set<(teamId: TeamId) => void>()
  readonly #due = new Set<TeamId>()
  #timer: NodeJS.Timeout | undefined

  publish(teamId: TeamId): void {
    for (const heard of this.#listeners.get(teamId) ?? []) heard()
    for (const heard of this.#everyHint) heard(teamId)
  }

  /** Hints may have been missed: every watched team is hinted, some hundreds at once and the others soon after. */
  publishToAll(): void {
    this.publishSoon(this.#listeners.keys())
  }

  /**
   * Hints the first hundreds at once, the others at 25,000 a second. A team that still waits from an earlier call keeps
   * its place.
   */
  publishSoon(teamIds: Iterable<TeamId>): void {
    for (const teamId of teamIds) this.#due.add(teamId)
    if (this.#timer === undefined) this.#publishDue()
  }

  /** Calls `heard`, synchronously, at each hint about the team until the returned function is called. */
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

  /** Calls `heard`, synchronously, at each hint that this process gets about any team, until the returned function is called. */
  listenToAll(heard: (teamId: TeamId) => void): () => void {
    this.#everyHint.add(heard)
    return () => this.#everyHint.delete(heard)
  }

  /** Calls `watched`, synchronously, when a team gets its first listener, until the returned function is called. */
  follow(watched: (teamId: TeamId) => void): () => void {
    this.#followers.add(watched)
    return () => this.#followers.delete(watched)
  }

  /** How many teams have listeners. */
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
