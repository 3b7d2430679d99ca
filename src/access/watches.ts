import { maxTimerMs } from '../concurrency/pauses.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { endInWords, revokersOf, type Viewer } from './viewer.ts'

/** Called once when a credential has ended; `reason` is for people, without a full stop: `The token was revoked`. */
export type Ended = (reason: string) => void

type Watch = { readonly viewer: Viewer; readonly ended: Ended }

/**
 * The listeners to the ends of credentials. There may be any number: one timer serves all, and they are found by the
 * owners whose revocations end them.
 */
export class Watches {
  readonly #byRevoker = new Map<TeamId, Set<Watch>>()
  readonly #byEnd = new Map<Instant, Set<Watch>>()
  #timer: NodeJS.Timeout | undefined
  #armedFor: Instant = Infinity

  /** Calls `ended` when the credential ends, unless the returned function was called before. */
  add(viewer: Viewer, ended: Ended): () => void {
    const watch = { viewer, ended }
    for (const revoker of revokersOf(viewer)) into(this.#byRevoker, revoker, watch)
    if (viewer.expiresAt !== Infinity) {
      into(this.#byEnd, viewer.expiresAt, watch)
      if (viewer.expiresAt < this.#armedFor) this.#arm(viewer.expiresAt)
    }
    return () => this.#remove(watch)
  }

  /** Ends the credentials that `why` gives a reason for, among those that an owner's revocations end. */
  end(owner: TeamId, why: (viewer: Viewer) => string | null): void {
    for (const watch of [...(this.#byRevoker.get(owner) ?? [])]) {
      const reason = why(watch.viewer)
      if (reason !== null) this.#tell(watch, reason)
    }
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #tell(watch: Watch, reason: string): void {
    this.#remove(watch)
    watch.ended(reason)
  }

  #remove(watch: Watch): void {
    for (const revoker of revokersOf(watch.viewer)) outOf(this.#byRevoker, revoker, watch)
    outOf(this.#byEnd, watch.viewer.expiresAt, watch)
  }

  #arm(instant: Instant): void {
    clearTimeout(this.#timer)
    this.#armedFor = instant
    if (instant === Infinity) return
    const ms = Math.min(Math.max(0, instant - Date.now()), maxTimerMs)
    this.#timer = setTimeout(() => this.#expire(), ms)
    this.#timer.unref()
  }

  #expire(): void {
    const now = Date.now()
    const due = [...this.#byEnd].flatMap(([instant, watches]) => (instant <= now ? [...watches] : []))
    for (const watch of due) this.#tell(watch, endInWords(watch.viewer))
    let next = Infinity
    for (const instant of this.#byEnd.keys()) next = Math.min(next, instant)
    this.#arm(next)
  }
}

function into<Key>(index: Map<Key, Set<Watch>>, key: Key, watch: Watch): void {
  const watches = index.get(key) ?? new Set()
  index.set(key, watches.add(watch))
}

function outOf<Key>(index: Map<Key, Set<Watch>>, key: Key, watch: Watch): void {
  const watches = index.get(key)
  if (watches?.delete(watch) && watches.size === 0) index.delete(key)
}
