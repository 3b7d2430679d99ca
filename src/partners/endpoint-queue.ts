import { operatorId } from '../access/viewer.ts'
import { pauseBefore } from '../concurrency/pauses.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { SendingEndpoint } from './endpoint.ts'

/** An endpoint of the operator receives the events of so many teams at once; one of a team has a single stream. */
export const maxStreamsAtOnce = 16
/** Teams that wait for an endpoint. The others are found in the database later. */
const maxWaiting = 10_000
const maxPauseMs = 5_000

/**
 * The streams of one endpoint: those that run, and those that wait for their turn. While the endpoint fails, fewer run at
 * once, with growing pauses, so that an endpoint of many teams is not asked by each of them.
 */
export class EndpointQueue {
  endpoint: SendingEndpoint
  /** How many times the secret was seen to be another one. */
  rotations = 0
  readonly #most: number
  readonly #waiting = new Set<TeamId>()
  readonly #running = new Set<TeamId>()
  readonly #again = new Set<TeamId>()
  /** Teams whose event has failed, until it is due again. */
  readonly #blocked = new Map<TeamId, number>()
  /** When the first event of each team that waits for its delivery took effect. */
  readonly #since = new Map<TeamId, Instant>()
  #limit: number
  #failures = 0
  #pausedUntil = 0

  constructor(endpoint: SendingEndpoint) {
    this.endpoint = endpoint
    this.#most = endpoint.teamId === operatorId ? maxStreamsAtOnce : 1
    this.#limit = this.#most
  }

  /** The team has changed. */
  hint(teamId: TeamId): void {
    if ((this.#blocked.get(teamId) ?? 0) > performance.now()) return
    if (this.#running.has(teamId)) this.#again.add(teamId)
    else this.add(teamId)
  }

  /** The team has something to deliver, unless it is being delivered. */
  add(teamId: TeamId): void {
    this.#blocked.delete(teamId)
    if (!this.#running.has(teamId) && this.#waiting.size < maxWaiting) this.#waiting.add(teamId)
  }

  /** The stream that begins now; null: none may. */
  next(): TeamId | null {
    if (this.#running.size >= this.#limit || this.pauseMs > 0) return null
    for (const teamId of this.#waiting) {
      this.#waiting.delete(teamId)
      this.#running.add(teamId)
      this.#again.delete(teamId)
      return teamId
    }
    return null
  }

  /** Whether the team has changed since this was called last. */
  takeAgain(teamId: TeamId): boolean {
    return this.#again.delete(teamId)
  }

  ended(teamId: TeamId): void {
    this.#running.delete(teamId)
    if (this.#again.delete(teamId)) this.add(teamId)
  }

  /** `at`: when the first event of the team that waits took effect; null: none waits. */
  waitsSince(teamId: TeamId, at: Instant | null): void {
    if (at === null) this.#since.delete(teamId)
    else if (this.#since.has(teamId) || this.#since.size < maxWaiting) this.#since.set(teamId, at)
  }

  get oldestAt(): Instant | null {
    let oldest: Instant | null = null
    for (const at of this.#since.values()) oldest = oldest === null || at < oldest ? at : oldest
    return oldest
  }

  succeeded(): void {
    this.#failures = 0
    this.#pausedUntil = 0
    this.#limit = Math.min(this.#most, this.#limit + 1)
  }

  failed(): void {
    this.#failures += 1
    this.#limit = Math.max(1, this.#limit >> 1)
    if (this.#failures > 1) this.pause(pauseBefore(this.#failures, maxPauseMs))
  }

  /** Hints of the team are not heard for so long. */
  block(teamId: TeamId, ms: number): void {
    if (this.#blocked.size >= maxWaiting) this.#blocked.clear()
    this.#blocked.set(teamId, performance.now() + ms)
  }

  pause(ms: number): void {
    this.#pausedUntil = performance.now() + ms
  }

  /** How long nothing begins; 0: something may begin now. */
  get pauseMs(): number {
    return Math.max(0, this.#pausedUntil - performance.now())
  }

  get waiting(): number {
    return this.#waiting.size
  }
}
