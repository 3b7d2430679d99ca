import { setTimeout as delay } from 'node:timers/promises'

/** Node fires longer timers at once. */
export const maxTimerMs = 2 ** 31 - 1

const firstPauseMs = 50

/** How long to wait before try number `tries` (from 0): doubled each time up to the longest, never all in step. */
export const pauseBefore = (tries: number, maxMs = 2_000): number =>
  Math.min(firstPauseMs * 2 ** tries, maxMs) * (0.5 + Math.random() / 2)

/** Resolves after `ms`, never earlier: a timer may end a millisecond early. */
export async function fullPause(ms: number): Promise<void> {
  const over = performance.now() + ms
  while (performance.now() < over) await delay(Math.max(1, over - performance.now()))
}

/** Resolves after `ms`, or as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
}

/**
 * The result of `work`; or the result of `late`, if `work` takes longer than `ms`. Late work continues, and its result
 * is ignored.
 */
export async function unlessLate<T, Late>(work: Promise<T>, ms: number, late: () => Late): Promise<T | Late> {
  const waiting = new AbortController()
  const over = delay(ms, undefined, { signal: waiting.signal }).then(late)
  return await Promise.race([work, over]).finally(() => waiting.abort())
}

const maxClosingMs = 3_000

/** Resolves when the work has ended, at the latest after 3 seconds: what has fallen silent must not keep the process from ending. */
export async function closing(work: Promise<unknown>): Promise<void> {
  await unlessLate(work, maxClosingMs, () => undefined)
}
