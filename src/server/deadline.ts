/** Node fires longer timers at once. */
const longestTimerMs = 2 ** 31 - 1

/** Runs once at the instant (of the wall clock), however far away; the returned function calls it off. */
export function atInstant(instant: number, run: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const arm = () => {
    const left = instant - Date.now()
    timer = left <= 0 ? setTimeout(run, 0) : setTimeout(arm, Math.min(left, longestTimerMs))
    timer.unref()
  }
  arm()
  return () => clearTimeout(timer)
}
