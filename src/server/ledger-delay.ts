import { LaneFull } from '../ledger/lane.ts'
import type { Ledger } from '../ledger/ledger.ts'

/**
 * How long the ledger takes for its fastest command. Teams take turns there, so a long line of one team delays that team alone and
 * is not seen here; a database that answers slowly, or not at all, is.
 */
export class LedgerDelay {
  #underWay = 0
  #aliveAt = 0
  #lastMs = 0
  #fastestMs = Infinity

  begins(at: number): void {
    if (this.#underWay === 0) this.#aliveAt = at
    this.#underWay += 1
  }

  ends(begunAt: number, at: number): void {
    this.#underWay -= 1
    this.#aliveAt = at
    this.#fastestMs = Math.min(this.#fastestMs, at - begunAt)
  }

  /** A lane that is full says nothing of how fast it is. */
  refuses(): void {
    this.#underWay -= 1
  }

  /** Since the last time it was read. While nothing is answered: since the last answer, but at least what that one took. */
  read(at: number): number {
    if (this.#fastestMs < Infinity) this.#lastMs = this.#fastestMs
    else this.#lastMs = this.#underWay === 0 ? 0 : Math.max(this.#lastMs, at - this.#aliveAt)
    this.#fastestMs = Infinity
    return this.#lastMs
  }
}

/** The ledger, whose commands are timed. */
export function timed(ledger: Ledger, delay: LedgerDelay): Ledger {
  async function time<T>(run: () => Promise<T>, refusedIn: (result: T) => boolean): Promise<T> {
    const begun = performance.now()
    delay.begins(begun)
    let refused = false
    try {
      const result = await run()
      refused = refusedIn(result)
      return result
    } catch (error) {
      refused = error instanceof LaneFull
      throw error
    } finally {
      if (refused) delay.refuses()
      else delay.ends(begun, performance.now())
    }
  }
  return {
    ...ledger,
    submit: (submission) =>
      time(
        () => ledger.submit(submission),
        () => false,
      ),
    submitAll: (submissions) =>
      time(
        () => ledger.submitAll(submissions),
        (results) => results.some((result) => result.status === 'rejected' && result.reason instanceof LaneFull),
      ),
  }
}
