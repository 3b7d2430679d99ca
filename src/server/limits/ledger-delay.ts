import { LaneFull } from '../../concurrency/lane.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Look } from './operation-limit.ts'

/**
 * The time of the ledger's fastest command. Teams take turns in the ledger, so a long queue of one team delays that
 * team alone and is not seen here. A database that answers slowly, or not at all, is seen.
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

  /** A command that a full lane refused tells nothing of the ledger's speed. */
  refuses(): void {
    this.#underWay -= 1
  }

  /** The delays since the last call. */
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
    underWay: () => ledger.underWay(),
    idle: () => ledger.idle(),
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
