import { setTimeout as delay } from 'node:timers/promises'
import { isConnectionLost } from '../database/errors.ts'

/** The outcome is unknown, because the database can't be reached: the same key returns it later. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable'
}

/** Whether the ledger can't be reached now: the same key returns the outcome later. */
export const isLedgerOutage = (error: unknown): boolean => error instanceof LedgerUnavailable || isConnectionLost(error)

/** Two processes created the same team; the second one decides again on the first one's team. */
export class TeamJustCreated extends Error {}

/** How long a command is retried in an outage: its caller gets an answer within 5 seconds. */
export const ledgerPatienceMs = 4_000

/**
 * Retries `run` while the connection is lost. A lost connection leaves the outcome unknown: the same keys are run
 * again, and the stored commands show what was done. Throws LedgerUnavailable some 4 seconds, or `patienceMs`, after
 * the first loss.
 */
export async function retryLostConnection<T>(run: () => Promise<T>, patienceMs = ledgerPatienceMs): Promise<T> {
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
