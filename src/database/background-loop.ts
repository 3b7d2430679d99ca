import type { Logger } from 'pino'
import { isConnectionLost } from './errors.ts'

export type Rounds = {
  /** Begins the next round at once. */
  poke(): void
  /** Resolves when what is under way is done. */
  stop(): Promise<void>
}

const shortestPauseMs = 10

/**
 * Runs `round` again and again, one at a time; it tells how many milliseconds the next one may wait. Outages are survived
 * with growing pauses of at most `longestPauseMs`, and told in the log by `failing`.
 */
export function startRounds(
  round: () => Promise<number>,
  failing: string,
  log: Logger,
  longestPauseMs = 5_000,
): Rounds {
  let stopped = false
  let poked = false
  let wake: (() => void) | null = null

  async function sleep(ms: number): Promise<void> {
    if (stopped || poked || ms <= 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    wake = null
  }

  async function run(): Promise<void> {
    let pauseMs = shortestPauseMs
    while (!stopped) {
      poked = false
      try {
        const restMs = await round()
        pauseMs = shortestPauseMs
        await sleep(restMs)
      } catch (error) {
        if (!stopped) log.warn({ err: error }, failing)
        pauseMs = Math.min(pauseMs * 2, isConnectionLost(error) ? Math.min(1_000, longestPauseMs) : longestPauseMs)
        await sleep(pauseMs)
      }
    }
  }

  const done = run()
  return {
    poke() {
      poked = true
      wake?.()
    },
    async stop() {
      stopped = true
      wake?.()
      await done
    },
  }
}
