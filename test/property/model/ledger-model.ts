import {
  type Ask,
  type HoldState,
  heightOf,
  isOne,
  lines,
  type ModelBill,
  type Only,
  overdueAt,
  type PlanOffer,
  pays,
  people,
  plans,
  type Rated,
  ratedIn,
  type Told,
  type Who,
} from './ask.ts'
import { type Cadence, calendarStart, startOfPeriod } from './periods.ts'

export type ModelGrant = {
  readonly source: string
  readonly priority: number
  readonly startsAt: number
  readonly expiresAt: number | null
  readonly granted: bigint
  readonly kind: string
  /** Null: it pays for everything. */
  readonly only: Only | null
  /** The source of the clawed-back grant for which this one returns what others had paid. */
  readonly again: string | null
  available: bigint
  /** Bought, and available only once the lock ends; the revoked ones of them would be locked again. */
  locked: bigint
  revokedOfLock: bigint
  readonly unlocksAt: number
  held: bigint
  spent: bigint
  expired: bigint
  /** Without what is frozen. */
  revoked: bigint
  /** The parts that the payer took back: `unpaid` was used and became owed, `lost` had expired unspent. */
  unpaid: bigint
  lost: bigint
  /** Left of a grant while it is frozen: revoked until the warning is over, without being taken back. */
  iced: bigint
  icedOfLock: bigint
  frozen: boolean
}
type Deposit = Pick<ModelGrant, 'source' | 'priority' | 'startsAt' | 'expiresAt' | 'granted' | 'kind'> &
  Partial<Pick<ModelGrant, 'locked' | 'unlocksAt' | 'only'>>
/** `rate`: what it was reserved for. */
type Part = { readonly grant: ModelGrant; amount: bigint; readonly rate: Rated }
export type ModelHold = {
  state: HoldState
  amount: bigint
  captured: bigint
  parts: Part[]
  expiresAt: number
  readonly placer: Who
  /** The rates that the hold was placed for, and was extended by. */
  readonly rates: Rated[]
  /** The charge at the hold's start; null: the hold keeps parts of grants until it is settled. */
  charge: ModelCharge | null
}
type ModelCharge = { readonly parts: Part[] }
type ModelAllowance = { offer: PlanOffer; plan: string; anchor: number; next: number; active: boolean }

const zone = 'UTC'
export const clawedBack = ({ revoked, unpaid, lost }: ModelGrant) => revoked + unpaid + lost
const refused = (code: string): Told => ({ kind: 'refused', code })
const sum = (parts: readonly { amount: bigint }[]) => parts.reduce((total, { amount }) => total + amount, 0n)
const sumOf = (grants: readonly { available: bigint }[]) =>
  grants.reduce((total, { available }) => total + available, 0n)
const least = (a: bigint, b: bigint) => (a < b ? a : b)

/**
 * The effects of keys, as simply as their rule: an effect is returned again for the same input, to a caller who may see
 * it; a refusal is not stored.
 */
export class KeyModel {
  readonly #kept = new Map<string, { by: Who; input: string; told: Told }>()

  /** `ask` is called if the key had no effect before. */
  use(key: string, by: Who, input: string, ask: () => Told): { told: Told; again: boolean } {
    const name = `${people[by] === 'PLATFORM' ? 'backend' : 'team'} ${key}`
    const kept = this.#kept.get(name)
    if (kept === undefined) {
      const told = ask()
      if (told.kind !== 'refused') this.#kept.set(name, { by, input, told })
      return { told, again: false }
    }
    const mayKnow = isOne(kept.by, by) || heightOf(by) >= heightOf(kept.by)
    return { told: mayKnow && kept.input === input ? kept.told : refused('IDEMPOTENCY_CONFLICT'), again: true }
  }
}

/** One team's ledger, as simple as its rules: no entries, no revisions, everything in plain arrays. */
export class LedgerModel {
  grants: ModelGrant[] = []
  holds: ModelHold[] = []
  charges: ModelCharge[] = []
  owed = 0n
  /** The part of it that the credit line lent, and when it is billed. */
  lent = 0n
  #billedAt = Infinity
  /** The part that was billed, in all. */
  billed = 0n
  /** The notices about bills, with their months. */
  readonly notices: string[] = []
  #bills: (ModelBill & { announced: boolean })[] = []
  /** The cases that occurred, of holds that were charged when they were placed and of clawbacks. */
  readonly happened = new Set<string>()
  #now: number
  #seats = 1
  #line = 0n
  #allowances = new Map<Cadence, ModelAllowance>()

  constructor(now: number) {
    this.#now = now
  }

  /** The credits that pay for everything. */
  get available() {
    return sumOf(this.grants.filter(({ only }) => only === null))
  }
  #payable(rate: Rated) {
    return sumOf(this.grants.filter(({ only }) => pays(only, rate)))
  }
  get held() {
    return this.grants.reduce((total, grant) => total + grant.held, 0n)
  }

  /** The next instant at which something may happen by itself. */
  nextInstant(): number {
    return Math.min(
      ...this.grants.map(({ expiresAt }) => expiresAt ?? Infinity).filter((at) => at > this.#now),
      ...this.grants.map(({ unlocksAt }) => unlocksAt).filter((at) => at > this.#now),
      ...this.holds.filter(({ state }) => state === 'OPEN').map(({ expiresAt }) => expiresAt),
      ...[...this.#allowances.values()].filter(({ active }) => active).map((allowance) => startOf(allowance)),
      this.lent > 0n ? this.#billedAt : Infinity,
      ...this.#bills.filter(({ announced }) => !announced).map(({ month }) => overdueAt[month] ?? 0),
    )
  }

  passTo(at: number): void {
    for (let next = this.nextInstant(); next <= at; next = this.nextInstant()) {
      this.#now = Math.max(next, this.#now)
      for (const hold of this.holds) {
        if (hold.state === 'OPEN' && hold.expiresAt <= next) this.#release(hold, 'EXPIRED')
      }
      this.#expire()
      this.#unlock(next)
      this.#deposit()
      this.#bill(next)
      if (this.#announce()) this.happened.add('becomes overdue by itself')
    }
    this.#now = Math.max(at, this.#now)
  }

  ask(ask: Ask, at: number): Told {
    this.passTo(at)
    switch (ask.do) {
      case 'nothing':
        return { kind: 'done' }
      case 'plan':
        return this.#assign(ask)
      case 'grant':
        return this.#grant(ask)
      case 'buy':
        return this.#buy(ask)
      case 'charge':
        return this.#charge([], sum(ask.amounts.map((amount) => ({ amount }))), ratedIn(ask))
      case 'hold': {
        const rate = ratedIn(ask)
        if (ask.amount > this.#payable(rate)) return this.#short(ask.amount, this.#payable(rate))
        const hold: ModelHold = {
          state: 'OPEN',
          amount: ask.amount,
          captured: 0n,
          parts: [],
          expiresAt: this.#now + ask.lasts,
          charge: null,
          placer: ask.by ?? 'backend',
          rates: [rate],
        }
        if (ask.start) {
          this.#charge([], ask.amount, rate)
          hold.charge = this.charges.at(-1) ?? null
          hold.captured = ask.amount
        } else hold.parts = this.#take(ask.amount, 'held', rate)
        this.holds.push(hold)
        return told(hold)
      }
      case 'refund':
        return this.#refund(ask)
      case 'claw-back':
        return this.#clawBack(ask)
      case 'meter':
        return this.#hasOverdue() ? refused('REQUIREMENT_NOT_MET') : this.#charge([], 0n, 'credit')
      case 'bills':
        return this.#follow(ask.unpaid)
      default:
        return this.#onHold(ask)
    }
  }

  #onHold(ask: Extract<Ask, { hold: number }>): Told {
    const hold = this.holds[ask.hold]
    if (hold === undefined) return refused('NOT_FOUND')
    const by = ask.by ?? 'backend'
    const isPlacer = isOne(hold.placer, by)
    if (!isPlacer && heightOf(by) <= heightOf(hold.placer)) return refused('NOT_ALLOWED')
    if (hold.state !== 'OPEN') return refused('HOLD_CLOSED')
    if (ask.do === 'release') return told(this.#release(hold, 'RELEASED'))
    if (ask.do === 'extend') return this.#extend(hold, ask, isPlacer)
    if (hold.charge !== null && ask.do === 'capture') return refused('INVALID_INPUT')
    const rate = ratedIn(ask)
    if (!isPlacer && ask.amount !== null && !hold.rates.includes(rate)) return refused('NOT_ALLOWED')
    if (hold.charge !== null)
      return ask.do === 'settle' ? this.#confirm(hold, hold.charge, ask) : refused('INVALID_INPUT')
    if (ask.amount === null) return this.#settleAll(hold)
    const { amount } = ask
    const there = () => sum(hold.parts.filter(({ grant }) => pays(grant.only, rate))) + this.#payable(rate)
    if (ask.do === 'settle') this.#lend(amount - there())
    if (amount > there()) return this.#short(amount, there())
    if (hold.parts.some(({ grant }) => !pays(grant.only, rate))) this.happened.add('holds for another rate')
    const answer = this.#charge(hold.parts, amount, rate)
    hold.captured += amount
    hold.parts = hold.parts.filter((part) => part.amount > 0n)
    if (ask.do === 'settle') this.#release(hold, 'SETTLED')
    return answer
  }

  /** Without usage: each part pays for what it was reserved for. */
  #settleAll(hold: ModelHold): Told {
    const amount = sum(hold.parts)
    const parts = hold.parts.map((part) => ({ ...part }))
    for (const { grant, amount: taken } of parts) {
      grant.held -= taken
      grant.spent += taken
    }
    this.charges.push({ parts })
    hold.captured += amount
    hold.parts = []
    this.#release(hold, 'SETTLED')
    return { kind: 'charge', amount, burn: burnOf(parts) }
  }

  /**
   * A settlement for exactly the charged usage moves nothing. Any other one is charged once the first charge has come
   * back.
   */
  #confirm(hold: ModelHold, charge: ModelCharge, ask: Extract<Ask, { do: 'settle' }>): Told {
    const { amount, start } = ask
    if (amount === null || (start && amount === hold.amount)) {
      this.happened.add(amount === null ? 'confirmed' : 'confirmed with usage')
      hold.state = 'SETTLED'
      return { kind: 'charge', amount: hold.amount, burn: burnOf(charge.parts) }
    }
    const rate = ratedIn(ask)
    const { available, lent } = this.#ifGivenBack(charge, rate)
    if (amount > available && amount - available > this.#lendable(lent)) {
      this.happened.add('too little to settle otherwise')
      return this.#short(amount, available)
    }
    this.#giveBack(charge, sum(charge.parts))
    this.#lend(amount - this.#payable(rate))
    const answer = this.#charge([], amount, rate)
    this.happened.add('settled otherwise')
    hold.charge = this.charges.at(-1) ?? null
    hold.captured = amount
    hold.state = 'SETTLED'
    return answer
  }

  /** Computed on copies. */
  #ifGivenBack({ parts }: ModelCharge, rate: Rated): Pick<LedgerModel, 'available' | 'lent'> {
    const tried = new LedgerModel(this.#now)
    const copies = new Map(this.grants.map((grant) => [grant, { ...grant }]))
    tried.grants = [...copies.values()]
    tried.owed = this.owed
    tried.lent = this.lent
    const own = parts.map((part) => ({ ...part, grant: copies.get(part.grant) ?? part.grant }))
    tried.#giveBack({ parts: own }, sum(own))
    return { available: tried.#payable(rate), lent: tried.lent }
  }

  #extend(hold: ModelHold, ask: Extract<Ask, { do: 'extend' }>, isPlacer: boolean): Told {
    if (ask.amount === null && ask.lasts === null) return refused('INVALID_USAGE')
    if (ask.amount !== null) {
      if (hold.charge !== null) return refused('INVALID_USAGE')
      const rate = ratedIn(ask)
      if (!isPlacer && !hold.rates.includes(rate)) return refused('NOT_ALLOWED')
      if (ask.amount > this.#payable(rate)) return this.#short(ask.amount, this.#payable(rate))
      hold.parts.push(...this.#take(ask.amount, 'held', rate))
      hold.amount += ask.amount
      hold.rates.push(rate)
    }
    const pushed = ask.lasts === null ? hold.expiresAt : this.#now + ask.lasts
    if (pushed > hold.expiresAt) hold.expiresAt = pushed
    return told(hold)
  }

  /** Charges held credits first, in the order in which they were reserved, then the balance. */
  #charge(heldParts: Part[], amount: bigint, rate: Rated): Told {
    const taken = new Map<Part, bigint>()
    let due = amount
    for (const part of inTurn(heldParts, rate)) {
      const now = least(part.amount, due)
      part.amount -= now
      part.grant.held -= now
      part.grant.spent += now
      due -= now
      taken.set(part, now + (taken.get(part) ?? 0n))
    }
    const parts = heldParts
      .map((part) => ({ ...part, amount: taken.get(part) ?? 0n }))
      .filter((part) => part.amount > 0n)
    const there = this.#payable(rate)
    if (due > there) return this.#short(amount, there)
    if (this.available < due) this.happened.add('pays by scope what others could not')
    parts.push(...this.#take(due, 'spent', rate))
    this.charges.push({ parts })
    return { kind: 'charge', amount, burn: burnOf(parts) }
  }

  #take(amount: bigint, to: 'held' | 'spent', rate: Rated): Part[] {
    const parts: Part[] = []
    for (let due = amount; due > 0n; ) {
      const first = this.grants
        .filter(({ available, only }) => available > 0n && pays(only, rate))
        .reduce((a, b) => (this.#before(b, a) ? b : a))
      const taken = least(first.available, due)
      first.available -= taken
      first[to] += taken
      due -= taken
      if (first.only !== null) this.happened.add('pays by scope')
      parts.push({ grant: first, amount: taken, rate })
    }
    return parts
  }

  #before(a: ModelGrant, b: ModelGrant): boolean {
    if (widthOf(a) !== widthOf(b)) return widthOf(a) < widthOf(b)
    if (a.priority !== b.priority) return a.priority < b.priority
    const [endA, endB] = [a.expiresAt ?? Infinity, b.expiresAt ?? Infinity]
    if (endA !== endB) return endA < endB
    if (a.startsAt !== b.startsAt) return a.startsAt < b.startsAt
    return this.grants.indexOf(a) < this.grants.indexOf(b)
  }

  #release(hold: ModelHold, state: HoldState): ModelHold {
    if (hold.charge !== null) {
      this.happened.add(hold.charge.parts.some(({ grant }) => grant.unpaid > 0n) ? `${state} clawed back` : state)
      this.#giveBack(hold.charge, sum(hold.charge.parts))
      hold.captured = 0n
    }
    for (const { grant, amount } of hold.parts) grant.held -= amount
    this.#back(hold.parts)
    hold.parts = []
    hold.state = state
    return hold
  }

  /** Used credits come back to their grants. Those that are not paid for are taken at once, and are no longer owed. */
  #back(parts: readonly Part[]): void {
    for (const [grant, own] of Map.groupBy(parts, (part) => part.grant)) {
      let again = 0n
      for (let due = sum(own); due > 0n; due -= 1n) {
        if (grant.unpaid > 0n) {
          grant.unpaid -= 1n
          grant.revoked += 1n
          again += this.#forgiveOne()
        } else if (grant.frozen) {
          this.happened.add('freezes what comes back')
          grant.iced += 1n
        } else grant.available += 1n
      }
      this.#again(grant, again)
    }
    this.#expire()
  }

  /** Returns 1 if the credit is no longer owed, because other credits have paid it. */
  #forgiveOne(): bigint {
    if (this.owed === 0n) return 1n
    this.#owesLess(1n)
    return 0n
  }

  /** Returns what other credits had paid for a grant, as a grant like it. */
  #again({ source, priority, startsAt, expiresAt, kind }: ModelGrant, granted: bigint): void {
    if (granted === 0n) return
    this.happened.add('comes back as another grant')
    const like = { priority, kind, granted, startsAt: this.#now }
    const number = this.grants.filter((grant) => grant.again === source).length
    const end = expiresAt === null ? null : this.#now + expiresAt - startsAt
    this.#put({ ...like, source: `restored:${source}#${number}`, expiresAt: end, again: source })
  }

  #repay(grant: ModelGrant, arrived: bigint): void {
    const paid = least(arrived, this.owed)
    grant.available -= paid
    grant.spent += paid
    this.#owesLess(paid)
  }

  /** Lent credits are paid last of all that is owed. */
  #owesLess(paid: bigint): void {
    this.owed -= paid
    this.lent = least(this.lent, this.owed)
  }

  /** Credits that nobody has paid for, as many as are needed, where the line has as many left. */
  #lend(needed: bigint): void {
    const granted = needed
    if (granted > 0n && granted <= this.#line - this.lent && this.#hasOverdue())
      this.happened.add('lends nothing while a bill is overdue')
    if (granted <= 0n || granted > this.#lendable(this.lent)) return
    this.happened.add('lends')
    const number = this.grants.filter(({ source }) => source.startsWith('credit-line')).length
    const terms = { source: `credit-line#${number}`, kind: 'ADJUSTMENT', priority: 100, startsAt: this.#now }
    this.#put({ ...terms, expiresAt: null, granted, again: null }).unpaid = granted
    if (this.lent === 0n) this.#billedAt = lastMillisecondOfMonth(this.#now)
    this.owed += granted
    this.lent += granted
  }

  #lendable(lent: bigint): bigint {
    return this.#hasOverdue() || lent > this.#line ? 0n : this.#line - lent
  }

  #hasOverdue(): boolean {
    return this.#bills.some(({ month }) => (overdueAt[month] ?? 0) <= this.#now)
  }

  #follow(unpaid: readonly ModelBill[]): Told {
    this.#bills = unpaid.map(({ month, failures }) => {
      const known = this.#bills.find((bill) => bill.month === month)
      if (known === undefined) this.notices.push(`METERED_BILL_OPENED ${month}`)
      if (failures > (known?.failures ?? 0)) this.notices.push(`METERED_BILL_PAYMENT_FAILED ${month}`)
      return { month, failures: Math.max(failures, known?.failures ?? 0), announced: known?.announced ?? false }
    })
    this.#announce()
    return { kind: 'done' }
  }

  /** Each bill that is overdue is told once. */
  #announce(): boolean {
    const news = this.#bills.filter(({ month, announced }) => !announced && (overdueAt[month] ?? 0) <= this.#now)
    for (const bill of news) {
      bill.announced = true
      this.notices.push(`METERED_BILL_OVERDUE ${bill.month}`)
    }
    return news.length > 0
  }

  #bill(now: number): void {
    if (this.lent === 0n || this.#billedAt > now) return
    this.happened.add('bills')
    this.billed += this.lent
    // A charge in money: none of its credits can be given back.
    this.charges.push({ parts: [] })
    this.owed -= this.lent
    this.lent = 0n
  }

  /** Unlocked credits pay first what is owed, as credits that arrive do. */
  #unlock(now: number): void {
    for (const grant of this.grants.toSorted((a, b) => (this.#before(a, b) ? -1 : 1))) {
      if (grant.unlocksAt > now) continue
      const { locked } = grant
      if (locked > 0n) this.happened.add(this.owed > 0n ? 'unlocks and repays' : 'unlocks')
      grant.available += locked
      grant.locked = 0n
      grant.revokedOfLock = 0n
      grant.iced += grant.icedOfLock
      grant.icedOfLock = 0n
      this.#repay(grant, locked)
    }
  }

  #expire(): void {
    for (const grant of this.grants) {
      if (grant.expiresAt === null || grant.expiresAt > this.#now) continue
      grant.expired += grant.available
      grant.available = 0n
    }
  }

  #refund(ask: Extract<Ask, { do: 'refund' }>): Told {
    const charge = this.charges[ask.charge]
    if (charge === undefined) return refused('NOT_FOUND')
    const left = sum(charge.parts)
    const amount = ask.amount ?? left
    if (amount > left || amount === 0n) return refused('REFUND_EXCEEDS_CHARGE')
    if (this.holds.some((hold) => hold.state === 'OPEN' && hold.charge === charge)) {
      this.happened.add('not refunded while open')
      return refused('REFUND_EXCEEDS_CHARGE')
    }
    this.#giveBack(charge, amount)
    return { kind: 'refund', amount }
  }

  #giveBack(charge: ModelCharge, amount: bigint): void {
    const returned: Part[] = []
    for (let due = amount; due > 0n; ) {
      const last = charge.parts.at(-1)
      if (last === undefined) throw new Error('The charge is used up')
      const back = least(last.amount, due)
      last.amount -= back
      due -= back
      if (last.amount === 0n) charge.parts.pop()
      last.grant.spent -= back
      returned.push({ ...last, amount: back })
    }
    this.#back(returned)
  }

  #grant(ask: Extract<Ask, { do: 'grant' }>): Told {
    const { source, amount, kind, lasts, only = null } = ask
    const expiresAt = lasts === null ? null : this.#now + lasts
    if (lasts !== null && lasts <= 0) return refused('INVALID_INPUT')
    const known = this.grants.find((grant) => grant.source === source)
    if (known !== undefined) {
      const same =
        known.granted === amount && known.kind === kind && known.expiresAt === expiresAt && known.only === only
      return same ? { kind: 'grant', source, granted: amount } : refused('INVALID_INPUT')
    }
    this.#add({ source, priority: 100, startsAt: this.#now, expiresAt, granted: amount, kind, only })
    return { kind: 'grant', source, granted: amount }
  }

  #buy({ source, amount }: Extract<Ask, { do: 'buy' }>): Told {
    const known = this.grants.find((grant) => grant.source === source)
    if (known !== undefined) return { kind: 'grant', source, granted: known.granted }
    let atOnce = 0n
    while (atOnce * 4n < amount || (atOnce < this.owed && atOnce < amount)) atOnce += 1n
    const lock = { locked: amount - atOnce, unlocksAt: this.#now + 24 * 3_600_000 }
    const terms = { source, priority: 100, startsAt: this.#now, expiresAt: null, granted: amount, kind: 'PACKAGE' }
    this.#add({ ...terms, ...(lock.locked > 0n ? lock : {}) })
    return { kind: 'grant', source, granted: amount }
  }

  #add(grant: Deposit): void {
    const added = this.#put({ ...grant, again: null })
    // A debt is no usage that a scope includes.
    if (added.only === null) this.#repay(added, added.available)
  }

  #put(grant: Deposit & Pick<ModelGrant, 'again'>): ModelGrant {
    const { locked = 0n, unlocksAt = Infinity, only = null } = grant
    const lock = { locked, unlocksAt, revokedOfLock: 0n, icedOfLock: 0n }
    const empty = { held: 0n, spent: 0n, expired: 0n, revoked: 0n, unpaid: 0n, lost: 0n, iced: 0n, frozen: false }
    const added = { ...grant, ...empty, ...lock, only, available: grant.granted - locked }
    this.grants.push(added)
    return added
  }

  /** Moves one micro-credit after the other, so that taking and restoring are plainly opposites. */
  #clawBack({ source, total, frozen }: Extract<Ask, { do: 'claw-back' }>): Told {
    const grant = this.grants.find((candidate) => candidate.source === source)
    if (grant === undefined) return refused('NOT_FOUND')
    if (total > grant.granted) return refused('INVALID_AMOUNT')
    if (grant.frozen && !frozen) this.#thaw(grant)
    const before = grant.unpaid
    while (clawedBack(grant) < total) this.#takeOne(grant)
    if (grant.unpaid > before) this.#payAgain(grant, grant.unpaid - before)
    let again = 0n
    while (clawedBack(grant) > total) again += this.#restoreOne(grant)
    this.#again(grant, again)
    this.#expire()
    if (frozen && !grant.frozen) this.#freeze(grant)
    return { kind: 'grant', source, granted: grant.granted }
  }

  #takeOne(grant: ModelGrant): void {
    if (grant.locked > 0n || grant.icedOfLock > 0n) {
      this.happened.add(grant.frozen ? 'takes what is frozen and locked' : 'takes what is locked')
      if (grant.frozen) grant.icedOfLock -= 1n
      else grant.locked -= 1n
      grant.revoked += 1n
      grant.revokedOfLock += 1n
    } else if (grant.available > 0n) {
      grant.available -= 1n
      grant.revoked += 1n
    } else if (grant.iced > 0n) {
      this.happened.add('takes what is frozen')
      grant.iced -= 1n
      grant.revoked += 1n
    } else if (grant.expired > grant.lost) {
      this.happened.add('lost what had expired')
      grant.lost += 1n
    } else {
      grant.unpaid += 1n
      this.owed += 1n
    }
  }

  #freeze(grant: ModelGrant): void {
    grant.frozen = true
    grant.iced = grant.available
    grant.available = 0n
    grant.icedOfLock = grant.locked
    grant.locked = 0n
  }

  #thaw(grant: ModelGrant): void {
    this.happened.add('thaws')
    grant.frozen = false
    // After a grant's end it makes no difference whether a taken credit stays revoked or is one that had expired.
    const kept = least(grant.iced, grant.lost)
    grant.lost -= kept
    grant.revoked += kept
    grant.available += grant.iced - kept
    grant.iced = 0n
    if (grant.icedOfLock > 0n) this.happened.add('thaws what is locked')
    grant.locked = grant.icedOfLock
    grant.icedOfLock = 0n
    this.#expire()
  }

  /** When a restored grant's original is taken again, the restored credits pay first. */
  #payAgain({ source }: ModelGrant, taken: bigint): void {
    let due = taken
    for (const restored of this.grants
      .filter(({ again }) => again === source)
      .toSorted((a, b) => (this.#before(a, b) ? -1 : 1))) {
      const paid = least(restored.available, due)
      if (paid > 0n) this.happened.add('pays again')
      this.#repay(restored, paid)
      due -= paid
    }
  }

  #restoreOne(grant: ModelGrant): bigint {
    if (grant.unpaid > 0n) {
      this.happened.add('forgiven')
      grant.unpaid -= 1n
      return this.#forgiveOne()
    }
    if (grant.lost > 0n) grant.lost -= 1n
    else {
      this.happened.add('unrevoked')
      const isOfLock = grant.revoked === grant.revokedOfLock
      if (isOfLock) {
        this.happened.add('locked again')
        grant.revokedOfLock -= 1n
      }
      grant.revoked -= 1n
      if (grant.frozen) grant[isOfLock ? 'icedOfLock' : 'iced'] += 1n
      else grant[isOfLock ? 'locked' : 'available'] += 1n
    }
    return 0n
  }

  #assign({ plan, seats, interval }: Extract<Ask, { do: 'plan' }>): Told {
    const offers = plans[plan]
    if (offers === undefined) return refused('UNKNOWN_PLAN')
    const billed = offers.filter(({ every }) => every !== 'WEEK')
    const longest = (['YEAR', 'MONTH'] as const).find((every) => this.#allowances.get(every)?.active)
    const chosen =
      billed.find(({ every }) => every === interval) ?? billed.find(({ every }) => every === longest) ?? billed[0]
    const wanted = offers.filter((offer) => offer.every === 'WEEK' || offer === chosen)
    for (const [cadence, allowance] of this.#allowances) {
      const offer = wanted.find(({ every }) => every === cadence)
      if (offer === undefined) allowance.active = false
      else {
        if (!allowance.active) allowance.next = this.#running(allowance)
        Object.assign(allowance, { offer, plan, active: true })
      }
    }
    for (const offer of wanted) {
      if (this.#allowances.has(offer.every)) continue
      const anchor = offer.calendar ? calendarStart(offer.every, zone, this.#now) : this.#now
      const begun = { offer, plan, anchor, next: 0, active: true }
      this.#allowances.set(offer.every, { ...begun, next: this.#running(begun) })
    }
    this.#seats = seats
    this.#line = lines[plan] ?? 0n
    this.#deposit()
    return { kind: 'done' }
  }

  /** The running period, or the first one after it that has not been deposited. */
  #running(allowance: ModelAllowance): number {
    let { next } = allowance
    while (startOf({ ...allowance, next: next + 1 }) <= this.#now) next += 1
    return next
  }

  #deposit(): void {
    for (const cadence of ['MONTH', 'WEEK', 'YEAR'] as const) {
      const allowance = this.#allowances.get(cadence)
      if (!allowance?.active || startOf(allowance) > this.#now) continue
      const { offer, plan } = allowance
      const startsAt = startOf(allowance)
      allowance.next += 1
      const granted = offer.perSeat ? offer.amount * BigInt(this.#seats) : offer.amount
      const day = new Date(startsAt).toISOString().slice(0, 10)
      const source = `plan:${plan}:${cadence === 'WEEK' ? '' : `${cadence.toLowerCase()}:`}${day}`
      this.#add({ source, priority: 0, startsAt, expiresAt: startOf(allowance), granted, kind: 'INCLUDED' })
    }
  }

  #short(required: bigint, available: bigint): Told {
    return { kind: 'refused', code: 'INSUFFICIENT_CREDITS', required, available }
  }
}

const widthOf = ({ only }: ModelGrant): number => (only === null ? 2 : only === 'pictures' ? 1 : 0)

/** The held parts that may pay for a rate: first those of scoped grants that were reserved for it, then all of them. */
function inTurn(parts: readonly Part[], rate: Rated): Part[] {
  const able = parts.filter(({ grant }) => pays(grant.only, rate))
  return [...able.filter((part) => part.grant.only !== null && part.rate === rate), ...able]
}

function burnOf(parts: readonly Part[]): [string, bigint][] {
  const burn = new Map<string, bigint>()
  for (const { grant, amount } of parts) burn.set(grant.source, (burn.get(grant.source) ?? 0n) + amount)
  return [...burn]
}

function lastMillisecondOfMonth(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - 1
}

const starts = new Map<string, number>()

function startOf({ anchor, offer, next }: ModelAllowance): number {
  const key = `${anchor} ${offer.every} ${next}`
  const start = starts.get(key) ?? startOfPeriod(anchor, offer.every, zone, next)
  starts.set(key, start)
  return start
}

const told = (hold: ModelHold): Told => ({
  kind: 'hold',
  amount: hold.amount,
  remaining: sum(hold.parts),
  state: hold.state,
})
