import type { Settings } from './settings.ts'

/** The sandbox's time: the machine's, ahead by as much as it was advanced. */
export type Clock = {
  /** The present time in milliseconds since 1970. */
  nowMs(): number
  /** Seconds, never backwards; every process on the same directory follows. */
  advance(seconds: number): void
}

const ahead = 'clock.ahead_ms'

export function openClock(settings: Settings): Clock {
  const aheadMs = () => Number(settings.get(ahead) ?? 0)
  return {
    nowMs: () => Date.now() + aheadMs(),
    advance(seconds) {
      if (!Number.isFinite(seconds) || seconds < 0) throw new Error(`The clock goes forward only: ${seconds} s`)
      settings.set(ahead, String(aheadMs() + Math.round(seconds * 1000)))
    },
  }
}
