import { begins, type Cadence, dayMs, dayOfWall, instantAt, isDayOfMonth, wallClock } from './periods.ts'

/** Amounts in micro-credits. `rollover`: the most that is carried over; null: all of it. */
export type Terms = {
  readonly id: string
  readonly credits: bigint
  readonly every: Cadence
  readonly perSeat: boolean
  readonly anchor: 'calendar' | 'subscription' | { readonly weekday: number } | { readonly dayOfMonth: number }
  readonly interval: 'MONTH' | 'YEAR' | null
  readonly rollover: bigint | null
}

/** Periods of one allowance, found day after day on the wall calendar of its zone. */
export class Days {
  /** When the running period began; null: none has begun. */
  start: number | null
  next: number
  readonly #zone: string
  readonly #isFirstDay: (wall: number) => boolean
  #wall: number

  private constructor(zone: string, isFirstDay: (wall: number) => boolean, wall: number, next: number) {
    this.#zone = zone
    this.#isFirstDay = isFirstDay
    this.#wall = wall
    this.next = next
    this.start = null
  }

  /** The periods from the instant at which the subscription began, counted from a future anchor as from a past one. */
  static since(anchor: number, every: Cadence, zone: string, at = anchor): Days {
    const wall = wallClock(anchor, zone)
    const first = dayOfWall(wall)
    const isFirstDay = (day: number) => begins(dayOfWall(day), first, every, Math.round((day - wall) / dayMs))
    if (anchor <= at) return new Days(zone, isFirstDay, wall, anchor)
    let before = wall
    while (instantAt(before, zone) > at || !isFirstDay(before)) before -= dayMs
    return new Days(zone, isFirstDay, before, instantAt(before, zone))
  }

  /**
   * The periods of a subscription that is billed from the anchor on, in UTC. The running part before the anchor belongs
   * to them.
   */
  static billed(anchor: number, every: Cadence, at: number): Days {
    const anchored = dayOfWall(anchor)
    const isFirstDay = (day: number) => begins(dayOfWall(day), anchored, every, Math.round((day - anchor) / dayMs))
    let first = anchor
    while (first > at || !isFirstDay(first)) first -= dayMs
    return new Days('UTC', isFirstDay, first, first)
  }

  /** The periods from the last such day on or before `at`, each from its first instant. */
  static onCalendar({ every, anchor }: Terms, zone: string, at: number): Days {
    const weekday = typeof anchor === 'object' && 'weekday' in anchor ? anchor.weekday : 1
    const dayOfMonth = typeof anchor === 'object' && 'dayOfMonth' in anchor ? anchor.dayOfMonth : 1
    const isFirstDay = (wall: number) => {
      const day = dayOfWall(wall)
      if (every === 'WEEK') return new Date(wall).getUTCDay() === weekday % 7
      if (every === 'YEAR') return day.month === 1 && day.day === 1
      return isDayOfMonth(day, dayOfMonth)
    }
    let wall = Math.floor(wallClock(at, zone) / dayMs) * dayMs
    while (!isFirstDay(wall)) wall -= dayMs
    return new Days(zone, isFirstDay, wall, instantAt(wall, zone))
  }

  step(): void {
    this.start = this.next
    do this.#wall += dayMs
    while (!this.#isFirstDay(this.#wall))
    this.next = instantAt(this.#wall, this.#zone)
  }

  stepTo(at: number): void {
    while (this.next <= at) this.step()
  }
}
