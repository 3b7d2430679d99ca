/**
 * Periods as a person with a wall calendar would find them: one day after the other. This shares nothing with the code
 * under test; time zones come from Intl.
 */
export type Cadence = 'WEEK' | 'MONTH' | 'YEAR'
export type Day = { readonly year: number; readonly month: number; readonly day: number }

export const dayMs = 86_400_000

/** The start of period `index` ≥ 0, counted from the anchor. */
export function startOfPeriod(anchor: number, cadence: Cadence, zone: string, index: number): number {
  if (index === 0) return anchor
  const wall = wallClock(anchor, zone)
  const first = dayOfWall(wall)
  let begun = 0
  for (let days = 1; ; days += 1) {
    const day = dayOfWall(wall + days * dayMs)
    if (begins(day, first, cadence, days)) begun += 1
    if (begun === index) return instantAt(wall + days * dayMs, zone)
  }
}

export function begins(day: Day, first: Day, cadence: Cadence, days: number): boolean {
  if (cadence === 'WEEK') return days % 7 === 0
  if (cadence === 'YEAR' && day.month !== first.month) return false
  return isDayOfMonth(day, first.day)
}

/** Whether it is this day of its month, or the last day of a month that is shorter. */
export function isDayOfMonth(day: Day, wanted: number): boolean {
  return day.day === wanted || (day.day < wanted && day.day >= 28 && day.day === lastDayOf(day))
}

export function lastDayOf({ year, month }: Day): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** The begin of the calendar period: the first instant of the Monday, the first of the month or 1 January. */
export function calendarStart(cadence: Cadence, zone: string, at: number): number {
  let wall = Math.floor(wallClock(at, zone) / dayMs) * dayMs
  const found = () => {
    const { month, day } = dayOfWall(wall)
    if (cadence === 'WEEK') return new Date(wall).getUTCDay() === 1
    return day === 1 && (cadence === 'MONTH' || month === 1)
  }
  while (!found()) wall -= dayMs
  return instantAt(wall, zone)
}

const days = new Map<number, Day>()

export function dayOfWall(wall: number): Day {
  const number = Math.floor(wall / dayMs)
  const known = days.get(number)
  if (known !== undefined) return known
  const date = new Date(wall)
  const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
  days.set(number, day)
  return day
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The time that a wall clock shows, as if it were UTC. */
export function wallClock(instant: number, zone: string): number {
  const midnights = midnightsOf(zone)
  const day = Math.floor(instant / dayMs)
  const offset = midnights(day)
  // Clocks are turned between two midnights that differ.
  return offset === midnights(day + 1) ? instant + offset : readClock(instant, zone)
}

const offsets = new Map<string, (day: number) => number>()

/** The offset of the zone at midnight UTC, read once a day. */
function midnightsOf(zone: string): (day: number) => number {
  const known = offsets.get(zone)
  if (known !== undefined) return known
  const read = new Map<number, number>()
  const offsetAt = (day: number) => {
    const offset = read.get(day) ?? readClock(day * dayMs, zone) - day * dayMs
    read.set(day, offset)
    return offset
  }
  offsets.set(zone, offsetAt)
  return offsetAt
}

function readClock(instant: number, zone: string): number {
  let format = formats.get(zone)
  if (format === undefined) {
    const digits = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', second: 'numeric', ...digits })
    formats.set(zone, format)
  }
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1000) + 1000) % 1000)
}

/** The first instant at which the wall shows this; a time that is skipped moves forward by what was skipped. */
export function instantAt(wall: number, zone: string): number {
  const ahead = (instant: number) => wallClock(instant, zone) - instant
  const before = ahead(wall - dayMs)
  const candidates = [before, ahead(wall + dayMs)].map((offset) => wall - offset).sort((a, b) => a - b)
  return candidates.find((instant) => wallClock(instant, zone) === wall) ?? wall - before
}
