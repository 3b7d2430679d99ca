import type { Logger } from 'pino'
import { isConnectionLost } from './errors.ts'

export type BackgroundLoop = {
  /** Begins the next round at once. */
  poke(): void
  /** Resolves when what is under way is done. */
  stop(): Promise<void>
}

const minPauseMs = 10

/**
 * Runs `round` again and again, one at a time; it tells how many milliseconds the next one may wait. Outages are survived
 * with growing pauses of at most `maxPauseMs`, and told in the log by `failing`.
 */
export function startBackgroundLoop(
  round: () => Promise<number>,
  failing: string,
  log: Logger,
  maxPauseMs = 5_000,
): BackgroundLoop {
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
    let pauseMs = minPauseMs
    while (!stopped) {
      poked = false
      try {
        const restMs = await round()
        pauseMs = minPauseMs
        await sleep(restMs)
      } catch (error) {
        if (!stopped) log.warn({ err: error }, failing)
        pauseMs = Math.min(pauseMs * 2, isConnectionLost(error) ? Math.min(1_000, maxPauseMs) : maxPauseMs)
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
