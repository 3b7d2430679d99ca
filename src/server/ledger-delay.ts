import { LaneFull } from '../ledger/lane.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Look } from './operation-limit.ts'

/**
 * What the ledger takes for its fastest command. Teams take turns there, so a long line of one team delays that team alone and
 * is not seen here; a database that answers slowly, or not at all, is.
 */
export class LedgerDelay {
  #underWay = 0
  #aliveAt = 0
  #fastestMs: number | null = null

  begins(at: number): void {
    if (this.#underWay === 0) this.#aliveAt = at
    this.#underWay += 1
  }

  ends(begunAt: number, at: number): void {
    this.#underWay -= 1
    this.#aliveAt = at
    const tookMs = at - begunAt
    this.#fastestMs = this.#fastestMs === null ? tookMs : Math.min(this.#fastestMs, tookMs)
  }

  /** A lane that is full says nothing of how fast it is. */
  refuses(): void {
    this.#underWay -= 1
  }

  /** Since the time before. */
  look(at: number): Pick<Look, 'commandMs' | 'silentMs'> {
    const commandMs = this.#fastestMs
    this.#fastestMs = null
    return { commandMs, silentMs: this.#underWay === 0 ? 0 : at - this.#aliveAt }
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
