import type { Instant } from '../../domain/identity.ts'

/**
 * This process's idea of the ledger's clock, which is the database's: its last reading plus what has passed since.
 * Decisions made by it are checked by the database when they are written.
 */
export class LedgerClock {
  #reading: Instant | null = null
  #readAt = 0

  read(now: Instant): void {
    this.#reading = now
    this.#readAt = performance.now()
  }

  /** Null before the first reading. */
  now(): Instant | null {
    return this.#reading === null ? null : this.#reading + Math.floor(performance.now() - this.#readAt)
  }
}
