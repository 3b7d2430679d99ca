import { LaneFull } from '../concurrency/lane.ts'
import { pauseBefore } from '../concurrency/pauses.ts'
import { isConnectionLost, isRetryable } from '../database/errors.ts'
import { ReadingLineFull } from '../database/reading-lines.ts'
import { ReadingOverdue } from '../database/readings.ts'
import type { Alarm } from './alarm.ts'

const maxPauseMs = 1_000

/**
 * The result of `read`, retried through outages of the database, at most a second apart. The reading covers all hints
 * before it. Null if the alarm ends meanwhile.
 */
export async function retryReads<T>(alarm: Alarm, read: () => Promise<T>): Promise<T | null> {
  for (let tries = 0; !alarm.ended; tries++) {
    alarm.clear()
    try {
      const value = await read()
      return alarm.ended ? null : value
    } catch (error) {
      if (!mayPass(error)) throw error
      // All streams of the process lose the database at one instant.
      await alarm.pause(pauseBefore(tries, maxPauseMs))
    }
  }
  return null
}

const mayPass = (error: unknown): boolean =>
  isConnectionLost(error) ||
  isRetryable(error) ||
  error instanceof LaneFull ||
  error instanceof ReadingLineFull ||
  error instanceof ReadingOverdue
