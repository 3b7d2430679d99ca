import { setTimeout as delay } from 'node:timers/promises'
import { isRetryable } from './errors.ts'

const tries = 5

/** Runs again what PostgreSQL ended because of another transaction: up to 5 times in all. */
export async function retryConflicts<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (attempt === tries || !isRetryable(error)) throw error
      // Two that deadlocked must not meet again in step.
      await delay(Math.random() * 10 * 2 ** attempt)
    }
  }
}
