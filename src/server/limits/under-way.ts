import { callerKey, type Viewer } from '../../access/viewer.ts'
import type { LedgerDelay } from './ledger-delay.ts'
import { limitAfter, lookedAtAgain, type OperationLimit, restingLimit, restingOperations } from './operation-limit.ts'

/** A gateway looks at itself so often while anything is under way, and until its limit rests. */
const pollEveryMs = 10
/** The timer fires only when every socket that is ready was read: under a storm, that takes seconds. A look that is so late comes first. */
const maxLookDelayMs = 250
/** How much more than the limit may be under way, of owners that have less than their share. */
const extraShare = 0.5
export const maxExtra = 256

/** A team, a PLATFORM caller, or all who have no token. */
export function ownerOf(viewer: Viewer | null): string {
  if (viewer === null) return 'nobody'
  return viewer.role === 'PLATFORM' ? `platform ${callerKey(viewer)}` : `team ${viewer.teamId}`
}

/**
 * The operations that are under way in this gateway, bounded by a limit that follows its own delay
 * (operation-limit.ts). At the limit, an owner with less than an equal share is still accepted, so that a storm of one
 * owner delays the refusal of others as long as possible. An accepted operation is never ended.
 */
export class UnderWay {
  readonly #ledgerDelay: LedgerDelay
  readonly #ownerOf = new Map<object, string>()
  readonly #counts = new Map<string, number>()
  /** Accepted beyond the limit. */
  readonly #extra = new Set<object>()
  #limit: OperationLimit
  #most = 0
  #timer: NodeJS.Timeout | null = null
  #lookedAt = 0
  /** Operations that were refused. */
  refused = 0

  constructor(ledgerDelay: LedgerDelay) {
    this.#ledgerDelay = ledgerDelay
    this.#limit = restingLimit(performance.now())
  }

  get limit(): number {
    return this.#limit.operations
  }

  get size(): number {
    return this.#ownerOf.size
  }

  /** Whether the next operation is refused, whichever owner it has. Then it counts as refused. */
  refusesNext(): boolean {
    if (this.#timer !== null && performance.now() - this.#lookedAt > maxLookDelayMs) this.#look()
    if (this.size < this.limit || this.#extra.size < this.#maxExtra) return false
    this.refused += 1
    return true
  }

  /** Whether the operation is accepted. Then it is to leave once. */
  enter(operation: object, owner: string): boolean {
    const own = this.#counts.get(owner) ?? 0
    if (this.size >= this.limit) {
      if (!this.#fitsShare(own)) {
        this.refused += 1
        return false
      }
      this.#extra.add(operation)
    }
    this.#ownerOf.set(operation, owner)
    this.#counts.set(owner, own + 1)
    this.#most = Math.max(this.#most, this.size)
    if (this.#timer === null) this.#beginLooking()
    return true
  }

  /** A second call is harmless. */
  leave(operation: object): void {
    const owner = this.#ownerOf.get(operation)
    if (owner === undefined) return
    this.#ownerOf.delete(operation)
    this.#extra.delete(operation)
    const rest = (this.#counts.get(owner) ?? 1) - 1
    if (rest === 0) this.#counts.delete(owner)
    else this.#counts.set(owner, rest)
  }

  /** One more of an owner that has so many. */
  #fitsShare(own: number): boolean {
    const owners = this.#counts.size + (own === 0 ? 1 : 0)
    return own + 1 <= this.limit / owners && this.#extra.size < this.#maxExtra
  }

  get #maxExtra(): number {
    return Math.min(maxExtra, extraShare * this.limit)
  }

  #beginLooking(): void {
    this.#lookedAt = performance.now()
    this.#limit = lookedAtAgain(this.#limit, this.#lookedAt)
    this.#timer = setInterval(() => this.#look(), pollEveryMs)
    this.#timer.unref()
  }

  #look(): void {
    const at = performance.now()
    const loopDelayMs = Math.max(0, at - this.#lookedAt - pollEveryMs)
    const look = { loopDelayMs, ...this.#ledgerDelay.look(at), maxUnderWay: this.#most }
    this.#limit = limitAfter(this.#limit, look, at)
    this.#lookedAt = at
    this.#most = this.size
    // Looks go on until the limit has come back: its gauge would else show an overload that is over.
    if (this.size > 0 || this.limit !== restingOperations || this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
  }
}
