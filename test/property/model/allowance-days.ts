import type { Cadence } from './periods.ts'
import { Days } from './wall-days.ts'

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
export type PlanDays = { readonly planChanges: 'next-deposit' | 'at-once'; readonly zone: string }
type Assigned = {
  readonly terms: readonly Terms[]
  readonly seats: number
  readonly interval: 'MONTH' | 'YEAR' | null
  readonly anchor: number | null
  /** What a unit of the plan adds a cycle; null: it takes none. */
  readonly unit?: bigint | null
}
/** How a subscription stands; `ended`: what the team is on without it. */
export type Stands = Assigned & {
  readonly plan: string
  readonly anchor: number
  readonly units: number
  readonly paidThrough: number
  readonly ended: (Assigned & { readonly plan: string }) | 'on none' | null
}

/** `of`: the allowance; a change of plan gives credits that are not carried over. */
export type Lot = {
  readonly of: string
  readonly part: 'deposit' | 'carried' | 'change' | 'unit'
  readonly startsAt: number
  readonly endsAt: number
  readonly granted: bigint
  available: bigint
  held: bigint
  spent: bigint
  expired: bigint
  revoked: bigint
  /** What it had when it ended. */
  left: bigint
}
export type Told = { readonly what: 'GRANT' | 'EXPIRY'; readonly at: number; readonly amount: bigint }
type Part = { readonly lot: Lot; readonly amount: bigint }

type Run = {
  terms: Terms
  anchor: number | null
  zone: string
  days: Days
  active: boolean
  deposited: number | null
}
/** A period that begins within so many hours of the end of what is paid for is not paid for. */
const unpaidHours = 3

/** What plans deposit into one team, told as their documents tell it, by somebody with a wall calendar. */
export class AllowanceDays {
  readonly lots: Lot[] = []
  readonly told: Told[] = []
  readonly #rules: PlanDays
  readonly #runs = new Map<string, Run>()
  #holds: { parts: Part[]; until: number }[] = []
  #seats = 1
  #plan: string | null = null
  #unit: bigint | null = null
  #units = 0
  #unitsHad = 0
  /** Null: no subscription pays. */
  #paidThrough: number | null = null
  #planChanges = 0

  constructor(rules: PlanDays) {
    this.#rules = rules
  }

  get available(): bigint {
    return this.lots.reduce((sum, { available }) => sum + available, 0n)
  }

  nextInstant(): number {
    return Math.min(
      ...this.lots.filter(({ available }) => available > 0n).map(({ endsAt }) => endsAt),
      ...this.#holds.map(({ until }) => until),
      ...this.#inOrder().flatMap(({ active, days }) => (active ? [days.next] : [])),
    )
  }

  passTo(at: number): void {
    for (let now = this.nextInstant(); now <= at; now = this.nextInstant()) {
      for (const { parts } of this.#holds.filter(({ until }) => until === now)) this.#release(parts, now)
      this.#holds = this.#holds.filter(({ until }) => until !== now)
      this.#expire(now)
      for (const run of this.#inOrder()) if (run.active && run.days.next === now) run.days.step()
      this.#depositRunning(now, 'with what was left')
    }
  }

  /** How often it was told that plan or seats had changed. */
  get planChanges(): number {
    return this.#planChanges
  }

  /** Whether a period runs that is not paid for. */
  get isWaiting(): boolean {
    return this.#inOrder().some(waits)
  }

  /** When credits are to be waited for, if payments go on as they do; null: nobody can say. */
  nextDeposit(at: number): number | null {
    if (this.#paidThrough !== null && this.#paidThrough <= at) return null
    const next = Math.min(...this.#inOrder().flatMap((run) => (run.active && !waits(run) ? [run.days.next] : [])))
    return Number.isFinite(next) ? next : null
  }

  assign(assigned: Assigned & { readonly plan: string }, at: number): void {
    this.passTo(at)
    this.#paidThrough = null
    this.#plan = assigned.plan
    this.#planChanges += 1
    const changed = this.#put(assigned, at, 'catalog')
    if (this.#rules.planChanges === 'at-once') for (const [run, change] of changed) this.#prorate(run, change, at)
    this.#depositRunning(at, 'alone')
    this.#addUnits(at)
  }

  follow(said: Stands, at: number): void {
    this.passTo(at)
    if (this.#paidThrough === null && (said.ended !== null || said.paidThrough <= at)) return
    const before = [this.#plan, this.#seats].join()
    if (said.ended === null) this.#stand(said, at)
    else this.#leave(said.ended, at)
    if ([this.#plan, this.#seats].join() !== before) this.#planChanges += 1
  }

  #stand(said: Stands, at: number): void {
    const isPaid = at < said.paidThrough
    this.#plan = said.plan
    const changed = this.#put(said, at, 'billed')
    if (isPaid && this.#rules.planChanges === 'at-once') {
      for (const [run, change] of changed) this.#prorate(run, change, at)
    }
    this.#paidThrough = said.paidThrough
    this.#units = this.#unit === null ? 0 : said.units
    if (!isPaid) return
    this.#depositRunning(at, 'with what was left')
    this.#addUnits(at)
  }

  #leave(fallen: (Assigned & { readonly plan: string }) | 'on none', at: number): void {
    this.#paidThrough = null
    if (fallen === 'on none') {
      this.#plan = null
      this.#seats = 1
      this.#unit = null
      for (const run of this.#runs.values()) run.active = false
    } else {
      this.#plan = fallen.plan
      this.#put(fallen, at, 'catalog')
    }
    this.#units = 0
    this.#depositRunning(at, 'alone')
  }

  #isPaidFor(begin: number, at: number): boolean {
    if (this.#paidThrough === null) return true
    return at < this.#paidThrough && begin < this.#paidThrough - unpaidHours * 3_600_000
  }

  /** What has begun, is paid for and has not been deposited yet. */
  #depositRunning(at: number, how: 'with what was left' | 'alone'): void {
    const cycle = this.#cycle()
    let isRenewed = false
    for (const run of this.#inOrder()) {
      const { start } = run.days
      if (!waits(run) || start === null || !this.#isPaidFor(start, at)) continue
      if (run === cycle) isRenewed = true
      const ended = how === 'alone' ? [] : this.lots.filter((lot) => lot.endsAt === start)
      this.#deposit(run, at, new Map(ended.map((lot) => [lot, lot.left])))
    }
    if (!isRenewed) return
    if (this.#unit === null) this.#units = 0
    else {
      this.#unitsHad = this.#units
      this.#giveUnits(this.#units, at)
    }
  }

  #cycle(): Run | undefined {
    const active = this.#inOrder().filter((run) => run.active)
    const ofLength = (every: Cadence) => active.find(({ terms }) => terms.every === every)
    return ofLength('YEAR') ?? ofLength('MONTH') ?? ofLength('WEEK')
  }

  #addUnits(at: number): void {
    const cycle = this.#cycle()
    if (this.#unit === null || cycle === undefined || waits(cycle) || this.#units <= this.#unitsHad) return
    const more = this.#units - this.#unitsHad
    this.#unitsHad = this.#units
    this.#giveUnits(more, at)
  }

  #giveUnits(units: number, at: number): void {
    const granted = BigInt(units) * (this.#unit ?? 0n)
    const endsAt = this.#cycle()?.days.next ?? at
    if (granted > 0n) this.#grant({ of: 'units', part: 'unit', startsAt: at, endsAt, granted }, at)
  }

  /** Puts what is deposited from now on; tells by how much what runs would have been another deposit. */
  #put({ terms: offered, seats, interval, anchor, unit = null }: Assigned, at: number, by: 'catalog' | 'billed') {
    const named = offered.flatMap((terms) => (terms.interval === null ? [] : [terms.interval]))
    const active = [...this.#runs.values()].flatMap(({ terms, active }) => (active ? [terms.every] : []))
    const longest = (['YEAR', 'MONTH', 'WEEK'] as const).find((every) => active.includes(every))
    const chosen = named.find((one) => one === interval) ?? named.find((one) => one === longest) ?? named[0]
    const wanted = offered.filter((terms) => terms.interval === null || terms.interval === chosen)
    const meant = by === 'catalog' && offered.every((terms) => terms.anchor !== 'subscription')
    const changed: [Run, bigint][] = []
    for (const run of this.#inOrder()) {
      const terms = wanted.find(({ id }) => id === run.terms.id)
      if (terms === undefined) {
        run.active = false
        continue
      }
      const isElsewhere = anchor !== run.anchor || (by === 'billed' && run.zone !== 'UTC')
      const isMoved = terms.anchor === 'subscription' && anchor !== null && isElsewhere
      if (isMoved || terms.every !== run.terms.every) {
        this.#begin(terms, anchor, meant, at, by)
        continue
      }
      if (run.active) changed.push([run, amount(terms, seats) - amount(run.terms, this.#seats)])
      run.days.stepTo(at)
      Object.assign(run, { terms, active: true })
    }
    for (const terms of wanted) if (!this.#runs.has(terms.id)) this.#begin(terms, anchor, meant, at, by)
    this.#seats = seats
    this.#unit = unit
    if (unit === null) this.#units = 0
    return changed
  }

  spend(due: bigint, at: number): void {
    this.passTo(at)
    for (const { lot, amount } of this.#take(due)) lot.spent += amount
  }

  hold(due: bigint, lasts: number, at: number): void {
    this.passTo(at)
    const parts = this.#take(due)
    for (const { lot, amount } of parts) lot.held += amount
    this.#holds.push({ parts, until: at + lasts })
  }

  /** The period that resets soonest, and of two the one that began last, with everything that it includes. */
  period(at: number) {
    const running = this.lots.filter(({ part, endsAt }) => part !== 'unit' && endsAt > at)
    const ends = Math.min(...running.filter(({ part }) => part !== 'change').map(({ endsAt }) => endsAt))
    const begun = running.filter(({ part, endsAt }) => part !== 'change' && endsAt === ends)
    if (begun.length === 0) return null
    const startsAt = Math.max(...begun.map((lot) => lot.startsAt))
    const parts = running.filter((lot) => lot.endsAt === ends && lot.startsAt >= startsAt)
    const allowance = parts.reduce((sum, { granted, revoked }) => sum + granted - revoked, 0n)
    const remaining = parts.reduce((sum, { available }) => sum + available, 0n)
    return { allowance, used: allowance - remaining, remaining, startsAt, resetsAt: ends }
  }

  #inOrder(): Run[] {
    return [...this.#runs.values()].sort((one, other) => (one.terms.id < other.terms.id ? -1 : 1))
  }

  /** A period that was deposited before, under another count, is not deposited again. */
  #begin(terms: Terms, given: number | null, meant: boolean, at: number, by: 'catalog' | 'billed'): void {
    const isBilled = by === 'billed' && terms.anchor === 'subscription'
    const zone = isBilled ? 'UTC' : this.#rules.zone
    const anchor = terms.anchor === 'subscription' ? (given ?? at) : meant ? given : null
    const counted = (anchor: number) =>
      isBilled ? Days.billed(anchor, terms.every, at) : Days.since(anchor, terms.every, zone)
    const days = anchor === null ? Days.onCalendar(terms, zone, at) : counted(anchor)
    days.stepTo(at)
    const before = this.lots.some(
      ({ of, part, startsAt, endsAt }) =>
        of === terms.id && part !== 'change' && startsAt === days.start && endsAt === days.next,
    )
    this.#runs.set(terms.id, { terms, anchor, zone, days, active: true, deposited: before ? days.start : null })
  }

  #deposit(run: Run, at: number, left: ReadonlyMap<Lot, bigint>): void {
    const { terms, days } = run
    run.deposited = days.start
    let carried = 0n
    for (const [{ of, part }, amount] of left) if (of === terms.id && part !== 'change') carried += amount
    if (terms.rollover !== null && carried > terms.rollover) carried = terms.rollover
    const window = { of: terms.id, startsAt: days.start ?? at, endsAt: days.next }
    if (carried > 0n) this.#grant({ ...window, part: 'carried', granted: carried }, at)
    this.#grant({ ...window, part: 'deposit', granted: amount(terms, this.#seats) }, at)
  }

  /** The rest of the period's share of the change, in whole credits, rounded for the team. */
  #prorate({ terms, days, deposited }: Run, change: bigint, at: number): void {
    if (days.start === null || days.start !== deposited || change === 0n) return
    const whole = BigInt(days.next - days.start) * 1_000_000n
    const share = (change < 0n ? -change : change) * BigInt(days.next - at)
    let credits = 0n
    while ((credits + 1n) * whole <= share) credits += 1n
    if (change > 0n) {
      if (credits * whole < share) credits += 1n
      const granted = credits * 1_000_000n
      this.#grant({ of: terms.id, part: 'change', startsAt: at, endsAt: days.next, granted }, at)
      return
    }
    let due = credits * 1_000_000n
    const own = (lot: Lot) => lot.of === terms.id && lot.endsAt === days.next
    for (const lot of this.#inBurnOrder().filter(own)) {
      const taken = lot.available < due ? lot.available : due
      lot.available -= taken
      lot.revoked += taken
      due -= taken
    }
  }

  #grant(lot: Pick<Lot, 'of' | 'part' | 'startsAt' | 'endsAt' | 'granted'>, at: number): void {
    this.lots.push({ ...lot, available: lot.granted, held: 0n, spent: 0n, expired: 0n, revoked: 0n, left: 0n })
    this.told.push({ what: 'GRANT', at, amount: lot.granted })
  }

  #release(parts: readonly Part[], at: number): void {
    for (const { lot, amount } of parts) {
      lot.held -= amount
      lot.available += amount
    }
    for (const { lot } of parts) if (lot.endsAt < at) this.#expireLot(lot, at)
  }

  #expire(at: number): void {
    for (const lot of this.lots) {
      if (lot.endsAt !== at) continue
      lot.left = lot.available
      this.#expireLot(lot, at)
    }
  }

  #expireLot(lot: Lot, at: number): void {
    if (lot.available === 0n) return
    this.told.push({ what: 'EXPIRY', at, amount: lot.available })
    lot.expired += lot.available
    lot.available = 0n
  }

  #inBurnOrder(): Lot[] {
    const place = new Map(this.lots.map((lot, index) => [lot, index]))
    return this.lots.toSorted(
      (one, other) =>
        one.endsAt - other.endsAt || one.startsAt - other.startsAt || (place.get(one) ?? 0) - (place.get(other) ?? 0),
    )
  }

  #take(amount: bigint): Part[] {
    const parts: Part[] = []
    let due = amount
    for (const lot of this.#inBurnOrder()) {
      const taken = lot.available < due ? lot.available : due
      if (taken === 0n) continue
      lot.available -= taken
      due -= taken
      parts.push({ lot, amount: taken })
    }
    return parts
  }
}

/** Whether a period of it runs that has not been deposited. */
const waits = ({ active, days, deposited }: Run): boolean => active && days.start !== null && days.start !== deposited

const amount = ({ credits, perSeat }: Terms, seats: number): bigint => (perSeat ? credits * BigInt(seats) : credits)
