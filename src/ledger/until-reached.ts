import { setTimeout as delay } from 'node:timers/promises'
import { isConnectionLost } from '../database/errors.ts'

/** The outcome is unknown, because the database can't be reached: the same key tells it later. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable'
}

/** Two processes created the same team; the second decides again on what the first one made. */
export class TeamJustCreated extends Error {}

/** Whoever asks is answered within 5 seconds of an outage. */
export const ledgerPatienceMs = 4_000

/**
 * A lost connection means unknown: the same keys are run again, and the stored commands tell what was done. Throws
 * LedgerUnavailable some 4 seconds, or `patienceMs`, after the first loss.
 */
export async function untilReached<T>(run: () => Promise<T>, patienceMs = ledgerPatienceMs): Promise<T> {
  let giveUpAt: number | undefined
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    try {
      return await run()
    } catch (error) {
      if (error instanceof TeamJustCreated) continue
      if (!isConnectionLost(error)) throw error
      const now = performance.now()
      giveUpAt ??= now + patienceMs
      if (now + pauseMs > giveUpAt) {
        const message = 'The ledger is out of reach: try again with the same key, which tells what happened'
        throw new LedgerUnavailable(message, { cause: error })
      }
      await delay(pauseMs)
    }
  }
}
