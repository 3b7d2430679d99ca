const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

/** A terminal sends a signal to npm and to the gateway, and npm forwards it: both arrive within some milliseconds. */
const sameRequestMs = 500
const npmCheckMs = 250

/**
 * Resolves to why the process is to stop: a signal, or the end of the npm that started it. A second request, at least half a
 * second later, calls `again`.
 */
export function stopRequest(again: () => void): Promise<string> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    const request = (reason: string) => {
      const now = performance.now()
      firstAt ??= now
      if (now - firstAt >= sameRequestMs) again()
      else resolve(reason)
    }
    for (const signal of signals) process.on(signal, request)
    whenNpmEnds(() => resolve('npm has ended'))
  })
}

/** npm forwards SIGTERM and SIGINT alone. Other signals end npm itself, and nobody could stop the gateway any more. */
function whenNpmEnds(ended: () => void): void {
  if (process.env.npm_lifecycle_event !== 'start') return
  const npm = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === npm) return
    clearInterval(timer)
    ended()
  }, npmCheckMs)
  timer.unref()
}
