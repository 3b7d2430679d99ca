import { RequestFault } from '../../access/faults.ts'
import type { Viewer } from '../../access/viewer.ts'
import { RateLimiter } from './rate-limiter.ts'

/** Limits of all sockets and event streams of one caller together. An event stream counts as a socket. */
const most = { sockets: 200, operations: 2_000, messagesPerSecond: 1_000, streams: 50 } as const
/** A factor for callers that stand for many: the operator's backend, and all senders without a token together. */
const manyTimes = 100

/**
 * All sockets and event streams of one caller: a member or API key in one role of a team, pill tokens apart by their use.
 * All senders without a token are one caller.
 */
export class LimitedCaller {
  readonly key: string
  readonly #factor: number
  readonly #meter: RateLimiter
  sockets = 0
  operations = 0
  /** How many watchers of this caller each stream has, by the stream's key. */
  readonly #streams = new Map<string, number>()

  constructor(key: string, viewer: Viewer | null) {
    this.key = key
    this.#factor = viewer === null || viewer.role === 'PLATFORM' ? manyTimes : 1
    this.#meter = new RateLimiter(most.messagesPerSecond * this.#factor)
  }

  /** The limit that is exceeded, in words for the client; null: none. */
  broken(): string | null {
    if (this.sockets > most.sockets * this.#factor) return `${most.sockets * this.#factor} sockets and event streams`
    if (this.operations > most.operations * this.#factor) return `${most.operations * this.#factor} operations`
    return null
  }

  /** The error that refuses one more stream; null: the caller may watch it, or watches it already. */
  streamRefusal(stream: string): RequestFault | null {
    const maximum = most.streams * this.#factor
    if (this.#streams.size < maximum || this.#streams.has(stream)) return null
    const advice = 'end one first, or use the same document and variables for what is the same'
    return new RequestFault('OVERLOADED', `A caller may watch ${maximum} different subscriptions: ${advice}.`, {
      reason: 'TOO_MANY_STREAMS',
      http: { status: 429 },
    })
  }

  watches(stream: string): void {
    this.#streams.set(stream, (this.#streams.get(stream) ?? 0) + 1)
  }

  leaves(stream: string): void {
    const rest = (this.#streams.get(stream) ?? 1) - 1
    if (rest === 0) this.#streams.delete(stream)
    else this.#streams.set(stream, rest)
  }

  /** Counts a message that arrived. Returns the limit that it exceeds, in words for the client; null: none. */
  hears(): string | null {
    return this.#meter.allows() ? null : `${most.messagesPerSecond * this.#factor} messages a second on all its sockets`
  }
}

/** The callers with an open socket or event stream. */
export class LimitedCallers {
  readonly #callers = new Map<string, LimitedCaller>()

  enter(viewer: Viewer | null): LimitedCaller {
    const key = JSON.stringify(viewer && [viewer.teamId, viewer.role, viewer.memberId, viewer.pill ?? null])
    const caller = this.#callers.get(key) ?? new LimitedCaller(key, viewer)
    this.#callers.set(key, caller)
    caller.sockets += 1
    return caller
  }

  leave(caller: LimitedCaller): void {
    caller.sockets -= 1
    if (caller.sockets === 0) this.#callers.delete(caller.key)
  }
}
