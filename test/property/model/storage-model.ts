/**
 * What days of storage come to, told without the ledger's code: a day is found by asking the wall calendar for the date
 * of one instant after the other, and each stretch between two changes is counted into the days it touches.
 */
export type Change = { readonly at: number; readonly rate: string; readonly amount: bigint }
export type DayTotal = { readonly day: string; readonly rate: string; readonly quantity: bigint; readonly at: number }

const calendars = new Map<string, Intl.DateTimeFormat>()

export function dateOf(at: number, timeZone: string): string {
  const format = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const calendar = calendars.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', format)
  calendars.set(timeZone, calendar)
  return calendar.format(at)
}

/** The first instant with a later date than `at` has. */
export function nextMidnight(at: number, timeZone: string): number {
  const today = dateOf(at, timeZone)
  let [same, later] = [at, at + 30 * 3_600_000]
  while (later - same > 1) {
    const middle = Math.floor((same + later) / 2)
    if (dateOf(middle, timeZone) === today) same = middle
    else later = middle
  }
  return later
}

/** The lines of all days that have ended by `end`, in order; `changes` in order, too. */
export function storedDays(changes: readonly Change[], timeZone: string, end: number): DayTotal[] {
  const begin = changes[0]?.at ?? end
  const totals: DayTotal[] = []
  let dayStart = midnightBefore(begin, timeZone)
  for (;;) {
    const dayEnd = nextMidnight(dayStart, timeZone)
    if (dayEnd - 1 > end) return totals
    for (const rate of [...new Set(changes.map((change) => change.rate))].sort()) {
      const length = BigInt(dayEnd - dayStart)
      const whole = integral(
        changes.filter((change) => change.rate === rate),
        timeZone,
        dayStart,
        dayEnd,
      )
      const quantity = (2n * whole + length) / (2n * length)
      if (quantity > 0n) totals.push({ day: dateOf(dayStart, timeZone), rate, quantity, at: dayEnd - 1 })
    }
    dayStart = dayEnd
  }
}

/** Micro-GB × milliseconds from `from` to `to`. */
export function integral(changes: readonly Change[], timeZone: string, from: number, to: number): bigint {
  return changes.reduce((sum, { at, amount }, index) => {
    const next = changes[index + 1]
    const starts = Math.max(from, countsFrom(at, timeZone))
    const stops = Math.min(to, next === undefined ? Infinity : countsFrom(next.at, timeZone))
    return stops > starts ? sum + amount * BigInt(stops - starts) : sum
  }, 0n)
}

/** A day is charged in its last millisecond, so that a change in it is the next day's. */
const countsFrom = (at: number, timeZone: string): number =>
  dateOf(at + 1, timeZone) === dateOf(at, timeZone) ? at : at + 1

function midnightBefore(at: number, timeZone: string): number {
  let midnight = nextMidnight(at - 3 * 86_400_000, timeZone)
  for (let next = midnight; next <= at; next = nextMidnight(next, timeZone)) midnight = next
  return midnight
}
