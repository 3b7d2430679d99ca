/**
 * The totals of days of storage, computed without the ledger's code: a day is found on the wall calendar, one instant
 * after the other, and each stretch between two changes counts for the days it touches.
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

/** The midnights after instants, by zone and instant. The sequences of a property meet few days, each many times. */
const midnights = new Map<string, number>()
const maxMidnights = 50_000

/** The first instant with a later date than `at` has. */
export function nextMidnight(at: number, timeZone: string): number {
  const key = `${timeZone} ${at}`
  const known = midnights.get(key)
  if (known !== undefined) return known
  if (midnights.size >= maxMidnights) midnights.clear()
  const found = findMidnight(at, timeZone)
  midnights.set(key, found)
  return found
}

function findMidnight(at: number, timeZone: string): number {
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
  const counted = changes.map((change) => ({ ...change, at: countsFrom(change.at, timeZone) }))
  const rates = [...new Set(changes.map((change) => change.rate))].sort()
  let dayStart = midnightBefore(begin, timeZone)
  for (;;) {
    const dayEnd = nextMidnight(dayStart, timeZone)
    if (dayEnd - 1 > end) return totals
    for (const rate of rates) {
      const length = BigInt(dayEnd - dayStart)
      const own = counted.filter((change) => change.rate === rate)
      const whole = integralOf(own, dayStart, dayEnd)
      const quantity = (2n * whole + length) / (2n * length)
      if (quantity > 0n) totals.push({ day: dateOf(dayStart, timeZone), rate, quantity, at: dayEnd - 1 })
    }
    dayStart = dayEnd
  }
}

/** Micro-GB × milliseconds from `from` to `to`. */
export function integral(changes: readonly Change[], timeZone: string, from: number, to: number): bigint {
  const counted = changes.map((change) => ({ ...change, at: countsFrom(change.at, timeZone) }))
  return integralOf(counted, from, to)
}

/** `counted`: each change at the instant from which it counts. */
function integralOf(counted: readonly Change[], from: number, to: number): bigint {
  return counted.reduce((sum, { at, amount }, index) => {
    const starts = Math.max(from, at)
    const stops = Math.min(to, counted[index + 1]?.at ?? Infinity)
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
