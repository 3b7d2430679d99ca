/** Node fires longer timers at once. */
export const longestTimerMs = 2 ** 31 - 1
