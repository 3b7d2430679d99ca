import { type Cadence, dayMs, dayOfWall, wallClock } from './periods.ts'
import { Days, type Terms } from './wall-days.ts'

export type PlanDays = {
  readonly planChanges: 'next-deposit' | 'at-once'
  readonly zone: string
  /** The plan on which teams begin, which nobody pays for. */
  readonly defaultPlan: string | null
}
type Assigned = {
  readonly terms: readonly Terms[]
  readonly seats: number
  readonly interval: 'MONTH' | 'YEAR' | null
  readonly anchor: number | null
  /** The credits that a unit of the plan adds each cycle; null: the plan has no units. */
  readonly unit?: bigint | null
}
/** The state of a subscription; `ended`: the plan of the team without it. */
export type Stands = Assigned & {
  readonly plan: string
  readonly anchor: number
  readonly units: number
  readonly paidThrough: number
  readonly ended: (Assigned & { readonly plan: string }) | 'on none' | null
  /** For an ended subscription: whether the rest of its period is not paid for. */
  readonly refunded: boolean
}

/** `of`: the allowance; a change of plan gives credits that are not carried over. */
export type Lot = {
  readonly of: string
  /** The count of periods that the credits belong to; null: they are of add-on units. */
  readonly count: number | null
  readonly part: 'deposit' | 'carried' | 'change' | 'unit'
  readonly startsAt: number
  readonly endsAt: number
  readonly granted: bigint
  /** For a change: the begin of its period. */
  readonly ofPeriod?: number | null
  available: bigint
  held: bigint
  spent: bigint
  expired: bigint
  revoked: bigint
  /** The credits that were left when it ended. */
  left: bigint
}
export type Told = { readonly what: 'GRANT' | 'EXPIRY'; readonly at: number; readonly amount: bigint }
type Part = { readonly lot: Lot; readonly amount: bigint }

/**
 * The exact value of a running period by all plans that counted in it, and the credits given for it. `whole`: the
 * present deposit for a whole period.
 */
type Book = {
  readonly since: number
  readonly first: bigint
  readonly whole: bigint
  readonly worth: Ratio
  readonly got: bigint
  readonly most: bigint
  readonly names: readonly { readonly count: number; readonly start: number | null }[]
}
/** Credits given for a period that was left, which no longer count for it. */
type Extra = { readonly of: 'plan' | 'trial' | 'unit'; amount: bigint; readonly until: number }

type Window = { readonly start: number | null; readonly next: number }
type Period = { readonly count: number; readonly paidFrom: number | null; readonly days: Window }

type Run = {
  terms: Terms
  plan: string
  anchor: number | null
  /** Whether the anchor was in the future when the count began. */
  isToCome: boolean
  zone: string
  days: Days
  /** For a subscription: the instant before which it is on trial. */
  paidFrom: number | null
  /** The number of this count of periods among all that the team has begun. */
  count: number
  active: boolean
  deposited: number | null
  /** Null: the period is worth what it deposited. */
  book: Book | 'begun' | null
}
/** A period that begins within so many hours of the end of what is paid for is not paid for. */
const unpaidHours = 3

/** The deposits of plans into one team, computed from the plans' documents, as a person with a wall calendar would. */
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
  #extras: Extra[] = []
  #counts = 0

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

  /** How often the team was told that plan or seats had changed. */
  get planChanges(): number {
    return this.#planChanges
  }

  /** Whether a running period is not paid for. */
  get isWaiting(): boolean {
    return this.#inOrder().some(waits)
  }

  /** The next expected deposit, if payments continue as they do; null: it can't be known. */
  nextDeposit(at: number): number | null {
    if (this.#paidThrough !== null && this.#paidThrough <= at) return null
    const next = Math.min(...this.#inOrder().flatMap((run) => (run.active && !waits(run) ? [run.days.next] : [])))
    return Number.isFinite(next) ? next : null
  }

  assign(assigned: Assigned & { readonly plan: string }, at: number): void {
    this.passTo(at)
    this.#planChanges += 1
    this.#put(assigned, at, 'catalog', this.#rules.planChanges === 'at-once')
    this.#paidThrough = null
    this.#plan = assigned.plan
    this.#depositRunning(at, 'alone')
    this.#addUnits(at)
  }

  follow(said: Stands, at: number): void {
    this.passTo(at)
    if (this.#paidThrough === null && (said.ended !== null || said.paidThrough <= at)) return
    const before = [this.#plan, this.#seats].join()
    if (said.ended === null) this.#stand(said, at)
    else this.#leave(said.ended, said.refunded, at)
    if ([this.#plan, this.#seats].join() !== before) this.#planChanges += 1
  }

  #stand(said: Stands, at: number): void {
    const isPaid = at < said.paidThrough
    if (!this.#isOn(said)) this.#put(said, at, 'billed', isPaid && this.#rules.planChanges === 'at-once')
    this.#plan = said.plan
    this.#paidThrough = said.paidThrough
    this.#units = this.#unit === null ? 0 : said.units
    if (!isPaid) return
    this.#depositRunning(at, 'with what was left')
    this.#addUnits(at)
  }

  #leave(fallen: (Assigned & { readonly plan: string }) | 'on none', refunded: boolean, at: number): void {
    const cycle = this.#cycle()
    const running = this.#inOrder().filter((run) => run.active && isRunning(run, at))
    if (refunded && cycle !== undefined && running.includes(cycle)) this.#countUnits(this.#formerly(cycle), at, at)
    for (const run of running) {
      const book = this.#bookOf(run)
      run.book = refunded ? this.#left(run, book, 'keeps', at, at) : { ...book, whole: 0n }
    }
    if (fallen === 'on none') {
      this.#plan = null
      this.#seats = 1
      this.#unit = null
      for (const run of this.#runs.values()) run.active = false
    } else {
      this.#put(fallen, at, 'catalog', false)
      this.#plan = fallen.plan
    }
    this.#paidThrough = null
    this.#units = 0
    this.#depositRunning(at, 'alone')
  }

  #isPaidFor(begin: number, at: number): boolean {
    if (this.#paidThrough === null) return true
    return at < this.#paidThrough && begin < this.#paidThrough - unpaidHours * 3_600_000
  }

  /** Deposits periods that have begun, are paid for and have not been deposited yet. */
  #depositRunning(at: number, how: 'with what was left' | 'alone'): void {
    const cycle = this.#cycle()
    const isBegun = cycle !== undefined && isFirst(cycle)
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
      this.#giveUnits(this.#units, at, isBegun)
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

  #giveUnits(units: number, at: number, isBegun = false): void {
    const due = BigInt(units) * (this.#unit ?? 0n)
    const before = isBegun ? min(this.#extra(['unit'], at), due) : 0n
    const less = before - (before % credit)
    const cycle = this.#cycle()
    // Nobody pays for a trial: it makes nothing good.
    if (cycle === undefined || !isOnTrial(cycle)) this.#useExtra(['unit'], less, at)
    const granted = due - less
    const endsAt = cycle?.days.next ?? at
    if (granted > 0n) this.#grant({ of: 'units', count: null, part: 'unit', startsAt: at, endsAt, granted }, at)
  }

  /** Whether the team is on this plan already. */
  #isOn({ plan, terms, seats, interval, anchor }: Stands): boolean {
    if (plan !== this.#plan || seats !== this.#seats) return false
    const wanted = this.#wanted(terms, interval)
    const active = this.#inOrder().filter((run) => run.active)
    const keeps = (run: Run) =>
      wanted.some((terms) => terms.id === run.terms.id && !isMoved(run, terms, anchor, 'billed'))
    return active.length === wanted.length && active.every(keeps)
  }

  #wanted(offered: readonly Terms[], interval: Assigned['interval']): Terms[] {
    const named = offered.flatMap((terms) => (terms.interval === null ? [] : [terms.interval]))
    const active = [...this.#runs.values()].flatMap(({ terms, active }) => (active ? [terms.every] : []))
    const longest = (['YEAR', 'MONTH', 'WEEK'] as const).find((every) => active.includes(every))
    const chosen = named.find((one) => one === interval) ?? named.find((one) => one === longest) ?? named[0]
    return offered.filter((terms) => terms.interval === null || terms.interval === chosen)
  }

  /** Sets the plan for later deposits; at once: also for the rest of the running periods. */
  #put(
    { plan, terms: offered, seats, interval, anchor, unit = null }: Assigned & { readonly plan: string },
    at: number,
    by: 'catalog' | 'billed',
    atOnce: boolean,
  ): void {
    const refunds = atOnce || by === 'billed'
    const wanted = this.#wanted(offered, interval)
    const meant = by === 'catalog' && offered.every((terms) => terms.anchor !== 'subscription')
    const cycle = this.#cycle()
    const cycleRan = cycle !== undefined && isRunning(cycle, at) ? this.#formerly(cycle) : undefined
    const goingOn: { former: Former; run: Run }[] = []
    /** `run`: the allowance that waits to come back; null: it counts anew. */
    const gone: { former: Former; run: Run | null }[] = []
    const begun: Run[] = []
    for (const run of this.#inOrder()) {
      const terms = wanted.find(({ id }) => id === run.terms.id)
      const former = this.#formerly(run)
      const ran = isRunning(run, at)
      if (terms === undefined) {
        run.active = false
        if (former.active && ran) gone.push({ former, run })
      } else if (isMoved(run, terms, anchor, by)) {
        const next = this.#begin(terms, plan, anchor, meant, at, by)
        if (!refunds && this.#hasDeposited(next)) Object.assign(next, { deposited: next.days.start, book: null })
        else begun.push(next)
        if (former.active && ran) gone.push({ former, run: null })
      } else {
        const isBack = !run.active && (run.days.next <= at || waits({ ...run, active: true }))
        run.days.stepTo(at)
        Object.assign(run, { terms, plan, active: true })
        if (isBack) {
          run.book = 'begun'
          begun.push(run)
        }
        if (ran) goingOn.push({ former, run })
      }
    }
    for (const terms of wanted) {
      if (!this.#runs.has(terms.id)) begun.push(this.#begin(terms, plan, anchor, meant, at, by))
    }
    const isFree = (former: Former) =>
      this.#paidThrough === null && former.bare && former.plan === this.#rules.defaultPlan && plan !== former.plan
    for (const { former, run } of gone) {
      const alike = isFree(former) ? undefined : begun.find((one) => isTheSame(one, former))
      if (alike !== undefined && atOnce) {
        const { book } = former
        const name = { count: former.count, start: former.days.start }
        alike.deposited = alike.days.start
        if (run !== null) run.book = emptied(book)
        goingOn.push({
          former: { ...former, bare: false, book: { ...book, names: [...book.names, name] } },
          run: alike,
        })
        continue
      }
      const isBack = goingOn.some((one) => !one.former.active && haveOneWindow(one.former, former))
      const whole = !atOnce && (alike !== undefined || isBack)
      const book =
        isFree(former) || !(refunds || alike !== undefined || isBack)
          ? former.book
          : this.#left(former, former.book, atOnce ? 'gives back' : 'keeps', whole ? former.book.since : at, at)
      if (run !== null) run.book = book
    }
    this.#countUnitsOf(
      cycleRan,
      gone.map(({ former }) => former),
      isFree,
      refunds,
      at,
    )
    for (const { former, run } of goingOn) {
      const whole = amount(run.terms, seats)
      if (former.bare && whole === former.book.whole) run.book = null
      else if (atOnce) run.book = this.#settled(run, former.book, whole, at)
      else if (former.active) run.book = former.book
      else {
        const since = gone.some((one) => haveOneWindow(one.former, former)) ? former.book.since : at
        const kept = this.#changed(run, former.book, min(whole, former.book.most), since)
        run.book = this.#covered(run, kept, at)
      }
    }
    this.#seats = seats
    this.#unit = unit
    if (unit === null) this.#units = 0
  }

  #formerly(run: Run): Former {
    return { ...run, days: windowOf(run), book: this.#bookOf(run), bare: run.book === null }
  }

  #bookOf(run: Run): Book {
    if (run.book !== null && run.book !== 'begun') return run.book
    const first = amount(run.terms, this.#seats)
    const since = run.days.start ?? 0
    return { since, first, whole: first, worth: { n: first, d: 1n }, got: first, most: first, names: [] }
  }

  /** The book with another deposit for the rest of the period. */
  #changed(run: Period, book: Book, whole: bigint, since: number): Book {
    const [rest, all] = [BigInt(run.days.next - since), BigInt(run.days.next - book.since)]
    const worth = plus(book.worth, { n: (whole - book.whole) * rest, d: all })
    return { ...book, whole, worth, most: whole > book.most ? whole : book.most }
  }

  /** The credits that the period must have given: its first deposit and whole credits, rounded for the team. */
  #due({ first, worth, most }: Book): bigint {
    const more = plus(worth, { n: -first, d: 1n })
    if (more.n >= 0n) return min(first + ceilingOf({ n: more.n, d: more.d * credit }) * credit, most)
    return worth.n <= 0n ? 0n : first - floorOf({ n: -more.n, d: more.d * credit }) * credit
  }

  #settled(run: Run, book: Book, whole: bigint, at: number): Book {
    const settled = this.#covered(run, this.#changed(run, book, whole, at), at)
    const granted = this.#due(settled) - settled.got
    if (granted <= 0n) return this.#takenBack(run, settled)
    const { start, next } = run.days
    const of = { of: run.terms.id, count: run.count, ofPeriod: start }
    this.#grant({ ...of, part: 'change', startsAt: at, endsAt: next, granted }, at)
    return { ...settled, got: settled.got + granted }
  }

  /** Extras first cover the credits that would be given. */
  #covered(run: Run, book: Book, at: number): Book {
    const rounded = this.#due(book) - book.got
    const { n, d } = plus(book.worth, { n: -book.got, d: 1n })
    const more = max(rounded, n > 0n ? ceilingOf({ n, d }) : 0n)
    if (more <= 0n) return book
    const used = this.#useExtra([isOnTrial(run) ? 'trial' : 'plan'], more, at)
    return { ...book, worth: plus(book.worth, { n: -used, d: 1n }) }
  }

  #takenBack({ count, days }: Period, book: Book): Book {
    let due = book.got - this.#due(book)
    if (due <= 0n) return book
    const names = [...book.names, { count, start: days.start }]
    const own = (lot: Lot) =>
      lot.endsAt === days.next &&
      names.some(
        (name) => lot.count === name.count && (lot.part === 'change' ? lot.ofPeriod : lot.startsAt) === name.start,
      )
    const before = due
    for (const lot of this.#inBurnOrder().filter(own)) {
      const taken = min(lot.available, due)
      lot.available -= taken
      lot.revoked += taken
      due -= taken
    }
    return { ...book, got: book.got - (before - due) }
  }

  #left(run: Period, book: Book, how: 'keeps' | 'gives back', since: number, at: number): Book {
    const rest = this.#changed(run, book, 0n, since)
    const after = how === 'keeps' || isOnTrial(run) ? rest : this.#takenBack(run, rest)
    const unpaid = plus({ n: after.got, d: 1n }, { n: -after.worth.n, d: after.worth.d })
    const amount = unpaid.n > 0n ? ceilingOf(unpaid) : 0n
    if (amount > 0n) this.#extras.push({ of: isOnTrial(run) ? 'trial' : 'plan', amount, until: run.days.next })
    if (since < at) return emptied(after)
    return amount > 0n ? { ...after, worth: { n: after.got, d: 1n } } : after
  }

  #extra(kinds: readonly Extra['of'][], at: number): bigint {
    return this.#extras.reduce(
      (sum, { of, amount, until }) => (kinds.includes(of) && until > at ? sum + amount : sum),
      0n,
    )
  }

  #useExtra(kinds: readonly Extra['of'][], most: bigint, at: number): bigint {
    let left = most
    for (const extra of this.#extras.toSorted((one, other) => one.until - other.until)) {
      if (!kinds.includes(extra.of) || extra.until <= at) continue
      const used = min(extra.amount, left)
      extra.amount -= used
      left -= used
    }
    return most - left
  }

  /** A new cycle has its units, less those of the cycle that it cuts short. */
  #countUnitsOf(
    former: Former | undefined,
    gone: readonly Former[],
    isFree: (former: Former) => boolean,
    refunds: boolean,
    at: number,
  ): void {
    const cycle = this.#cycle()
    if (former === undefined || cycle === undefined || cycle.book !== 'begun') return
    const alike = gone.some((one) => isTheSame(cycle, one))
    if (isFree(former) || !(refunds || alike)) return
    this.#countUnits(former, alike ? former.book.since : at, at)
  }

  #countUnits(run: Former, since: number, at: number): void {
    const { book } = run
    if (book.whole === 0n || isOnTrial(run)) return
    const credits = BigInt(this.#unitsHad) * (this.#unit ?? 0n)
    const [rest, all] = [BigInt(run.days.next - since), BigInt(run.days.next - book.since)]
    const amount = ceilingOf({ n: credits * rest, d: all })
    if (amount > 0n && run.days.next > at) this.#extras.push({ of: 'unit', amount, until: run.days.next })
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

  #begin(terms: Terms, plan: string, given: number | null, meant: boolean, at: number, by: 'catalog' | 'billed'): Run {
    const isBilled = by === 'billed' && terms.anchor === 'subscription'
    const zone = isBilled ? 'UTC' : this.#rules.zone
    const anchor = terms.anchor === 'subscription' ? (given ?? at) : meant ? given : null
    const counted = (anchor: number) =>
      isBilled ? Days.billed(anchor, terms.every, at) : Days.since(anchor, terms.every, zone, at)
    const days = anchor === null ? Days.onCalendar(terms, zone, at) : counted(anchor)
    days.stepTo(at)
    const isToCome = anchor !== null && anchor > at && !isBilled
    const counts = { anchor: anchor ?? days.start, isToCome, zone, days, count: this.#counts }
    this.#counts += 1
    const paidFrom = isBilled ? anchor : null
    const run: Run = { terms, plan, ...counts, paidFrom, active: true, deposited: null, book: 'begun' }
    this.#runs.set(terms.id, run)
    return run
  }

  #hasDeposited({ terms, days }: Run): boolean {
    return this.lots.some(
      ({ of, part, startsAt, endsAt }) =>
        of === terms.id && part === 'deposit' && startsAt === days.start && endsAt === days.next,
    )
  }

  #deposit(run: Run, at: number, left: ReadonlyMap<Lot, bigint>): void {
    const { terms, days } = run
    run.deposited = days.start
    let carried = 0n
    for (const [{ of, part }, amount] of left) if (of === terms.id && part !== 'change') carried += amount
    if (terms.rollover !== null && carried > terms.rollover) carried = terms.rollover
    const window = { of: terms.id, count: run.count, startsAt: days.start ?? at, endsAt: days.next }
    if (carried > 0n) this.#grant({ ...window, part: 'carried', granted: carried }, at)
    const whole = amount(terms, this.#seats)
    const begun = isFirst(run) ? this.#begunWith(run, whole, at) : null
    run.book = begun
    const granted = begun?.got ?? whole
    if (granted > 0n) this.#grant({ ...window, part: 'deposit', granted }, at)
  }

  /** A plan's first deposit is less by the credits given for periods that were left. */
  #begunWith(run: Run, first: bigint, at: number): Book | null {
    const isFree = isOnTrial(run)
    const taken = this.#useExtra([isFree ? 'trial' : 'plan'], first, at)
    const used = isFree ? min(first, taken + this.#extra(['plan'], at)) : taken
    if (used === 0n && !isOnTrial(run)) return null
    const since = isOnTrial(run) ? at : (run.days.start ?? at)
    const worth = { n: first - used, d: 1n }
    const book: Book = { since, first, whole: first, worth, got: first, most: first, names: [] }
    return { ...book, got: this.#due(book) }
  }

  #grant(lot: Pick<Lot, 'of' | 'count' | 'part' | 'startsAt' | 'endsAt' | 'granted' | 'ofPeriod'>, at: number): void {
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

/** Whether the period is a count's first one, or the first one that is paid for. */
const isFirst = ({ book, paidFrom, days }: Run): boolean =>
  book === 'begun' || (paidFrom !== null && days.start === paidFrom)

/** Whether a running period of the allowance has not been deposited. */
const waits = ({ active, days, deposited }: Run): boolean => active && days.start !== null && days.start !== deposited

const amount = ({ credits, perSeat }: Terms, seats: number): bigint => (perSeat ? credits * BigInt(seats) : credits)

/** A run before the change, with the window that ran then. */
type Former = Omit<Run, 'book' | 'days'> & { readonly days: Window; readonly book: Book; readonly bare: boolean }

const windowOf = ({ days: { start, next } }: Run): Window => ({ start, next })

const isRunning = ({ book, days, deposited }: Run, at: number): boolean =>
  book !== 'begun' && days.start !== null && days.start === deposited && days.next > at

const haveOneWindow = (one: Period, other: Period): boolean =>
  one.days.start === other.days.start && one.days.next === other.days.next

/** Whether the allowance that has just begun has the same period as the one that is left. */
const isTheSame = (begun: Run, former: Period): boolean =>
  begun.active &&
  begun.book === 'begun' &&
  begun.deposited !== begun.days.start &&
  haveOneWindow(begun, former) &&
  isOnTrial(begun) === isOnTrial(former)

/** Whether the period is before the first one that the subscription pays for. */
const isOnTrial = ({ paidFrom, days: { start } }: Period): boolean =>
  paidFrom !== null && start !== null && start < paidFrom

const isMoved = (run: Run, terms: Terms, anchor: number | null, by: 'catalog' | 'billed'): boolean => {
  if (terms.every !== run.terms.every) return true
  if (terms.anchor !== 'subscription' || anchor === null || run.anchor === null) return false
  return by === 'billed'
    ? anchor !== run.anchor || run.isToCome || run.zone !== 'UTC'
    : !haveOneCalendar(anchor, run.anchor, terms.every, run.zone)
}

/** Whether periods from both begin on the same days, at the same time. */
function haveOneCalendar(one: number, other: number, every: Cadence, zone: string): boolean {
  const [first, second] = [wallClock(one, zone), wallClock(other, zone)]
  if ((first - second) % dayMs !== 0) return false
  const [firstDay, secondDay] = [dayOfWall(first), dayOfWall(second)]
  if (every === 'WEEK') return (first - second) % (7 * dayMs) === 0
  return firstDay.day === secondDay.day && (every === 'MONTH' || firstDay.month === secondDay.month)
}

const emptied = (book: Book): Book => ({ ...book, whole: 0n, worth: { n: 0n, d: 1n }, got: 0n })

const credit = 1_000_000n
/** A fraction as in school; `d` is above 0. */
type Ratio = { readonly n: bigint; readonly d: bigint }
const plus = (one: Ratio, other: Ratio): Ratio =>
  one.d === other.d ? { n: one.n + other.n, d: one.d } : { n: one.n * other.d + other.n * one.d, d: one.d * other.d }
const floorOf = ({ n, d }: Ratio): bigint => n / d
const ceilingOf = ({ n, d }: Ratio): bigint => (n + d - 1n) / d
const max = (one: bigint, other: bigint): bigint => (one > other ? one : other)
const min = (one: bigint, other: bigint): bigint => (one < other ? one : other)
