/** A request to a team that recharges. Purchases and grants are counted backwards from the last one, 0. */
export type RechargeAsk =
  | { readonly do: 'charge'; readonly amount: number }
  | { readonly do: 'grant'; readonly amount: number; readonly hours: number | null }
  | { readonly do: 'claw-back'; readonly of: number; readonly share: number }
  | { readonly do: 'land'; readonly of: number }
  | { readonly do: 'fail'; readonly of: number; readonly why: 'declined' | 'never-retry' | 'action-required' }
  | ({ readonly do: 'configure' } & Settings)
  | { readonly do: 'turn-off' | 'rearm' }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'market'; readonly prices: Readonly<Record<string, number>> }

type Settings = { readonly threshold: number; readonly pack: string; readonly cap: number | null }
type Grant = {
  left: number
  used: number
  clawed: number
  readonly granted: number
  readonly ends: number
  readonly order: number
}
type Purchase = {
  readonly pack: string
  readonly price: number
  begun: number
  became: 'PENDING' | 'GIVEN_UP' | 'PAID'
}

const hour = 3_600_000
export const sizes: Readonly<Record<string, number>> = { small: 30, large: 100 }

const formats = new Map<string, Intl.DateTimeFormat>()

/** A format of `Intl` takes longer to make than a whole sequence of purchases. */
function monthsOf(timeZone: string): (at: number) => string {
  const made = formats.get(timeZone)
  const format = made ?? new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit' })
  formats.set(timeZone, format)
  return (at) => format.format(at)
}

/**
 * The rules of auto-recharge in the plainest way: a month's spending is the sum over the list of all purchases. A
 * purchase counts in the month of `begun`: when it began, or was paid after it had been given up.
 */
export class RechargeModel {
  now: number
  prices: Readonly<Record<string, number>> = { small: 10, large: 25 }
  readonly grants: Grant[] = []
  readonly bought: Purchase[] = []
  readonly told: string[] = []
  owed = 0
  settings: Settings | null = null
  on = false
  stopped: { why: 'CAPPED' | 'PAUSED'; at: number } | null = null
  declines = 0
  retryAt: number | null = null
  toConfirm = false
  /** A grant was taken back as a whole since the recharge was set. */
  lost = false
  readonly #month: (at: number) => string

  constructor(now: number, timeZone: string) {
    this.now = now
    this.#month = monthsOf(timeZone)
  }

  get available(): number {
    return this.grants.reduce((sum, { left }) => sum + left, 0)
  }
  get pending(): number {
    return this.bought.findIndex(({ became }) => became === 'PENDING')
  }
  get spent(): number {
    const counted = this.bought.filter(({ became, begun }) => became !== 'GIVEN_UP' && this.#isThisMonth(begun))
    return counted.reduce((sum, { price }) => sum + price, 0)
  }
  get state(): string {
    if (!this.on) return 'OFF'
    if (this.lost) return 'PAUSED'
    if (this.pending >= 0) return this.toConfirm ? 'ACTION_REQUIRED' : 'CHARGING'
    if (this.retryAt !== null) return 'CHARGING'
    if (this.stopped === null) return 'ARMED'
    return this.stopped.why === 'CAPPED' && !this.#isThisMonth(this.stopped.at) ? 'ARMED' : this.stopped.why
  }

  ask(ask: RechargeAsk): void {
    if (ask.do === 'wait') this.#wait(ask.hours * hour)
    else if (ask.do === 'market') this.prices = ask.prices
    else if (ask.do === 'charge') this.#charge(ask.amount)
    else if (ask.do === 'grant') this.#arrive(ask.amount, ask.hours === null ? Infinity : this.now + ask.hours * hour)
    else if (ask.do === 'claw-back') this.#takeBack(ask.of, ask.share)
    else if (ask.do === 'configure') this.#configure(ask)
    else if (ask.do === 'turn-off') this.#turnOff()
    else if (ask.do === 'land') this.#land(ask.of)
    else if (ask.do === 'fail') this.#fail(ask.of, ask.why)
    else if (this.retryAt !== null) {
      this.retryAt = null
      this.declines = 0
    } else if (this.state === 'PAUSED') {
      this.lost = false
      if (this.pending < 0) this.#goOn(0)
    }
  }

  #isThisMonth(at: number): boolean {
    return this.#month(at) === this.#month(this.now)
  }

  /** A charge of zero demands nothing. */
  #charge(amount: number): void {
    if (amount === 0) return
    if (amount <= this.available) this.#burn(amount)
    this.#wanted()
  }

  #turnOff(): void {
    this.lost = false
    this.on = false
    this.retryAt = null
    this.declines = 0
    this.stopped = null
  }

  #burn(amount: number): void {
    let due = amount
    for (const grant of this.grants.toSorted((a, b) => (a.ends === b.ends ? a.order - b.order : a.ends - b.ends))) {
      const take = Math.min(due, grant.left)
      grant.left -= take
      grant.used += take
      due -= take
    }
  }

  #arrive(amount: number, ends: number): void {
    const repaid = Math.min(amount, this.owed)
    this.owed -= repaid
    const fresh = { left: amount - repaid, used: repaid, granted: amount, clawed: 0 }
    this.grants.push({ ...fresh, ends, order: this.grants.length })
  }

  #takeBack(of: number, share: number): void {
    const grant = this.grants.at(-1 - of)
    if (grant === undefined) return
    const total = Math.floor((grant.granted * share) / 4)
    if (total <= grant.clawed) return
    const unpaid = () => Math.max(0, grant.used + grant.clawed - grant.granted)
    const before = unpaid()
    grant.left -= Math.min(total - grant.clawed, grant.left)
    grant.clawed = total
    this.owed += unpaid() - before
    if (share < 4 || !this.on) return
    this.lost = true
    this.retryAt = null
    this.declines = 0
    this.told.push('RECHARGE_FAILED')
  }

  #configure({ threshold, pack, cap }: Settings): void {
    const price = this.prices[pack]
    if (price === undefined || (cap !== null && cap < price)) return
    const now = this.state
    if (now === 'OFF' || now === 'PAUSED' || now === 'CAPPED' || this.retryAt !== null) {
      this.retryAt = null
      this.stopped = null
      this.declines = 0
    }
    this.lost = false
    this.on = true
    this.settings = { threshold, pack, cap }
  }

  /** A use, or time, has lowered the balance. */
  #wanted(): void {
    if (this.settings === null || this.state !== 'ARMED' || this.available >= this.settings.threshold) return
    this.#buy(0)
  }

  #goOn(declines: number): void {
    this.retryAt = null
    this.stopped = null
    this.declines = 0
    if (this.settings !== null && this.available < this.settings.threshold) this.#buy(declines)
  }

  #buy(declines: number): void {
    if (this.settings === null) return
    const { pack, cap } = this.settings
    const price = this.prices[pack]
    this.declines = 0
    this.stopped = null
    if (price === undefined) {
      this.stopped = { why: 'PAUSED', at: this.now }
      this.told.push('RECHARGE_FAILED')
    } else if (cap !== null && this.spent + price > cap) {
      this.stopped = { why: 'CAPPED', at: this.now }
      this.told.push('RECHARGE_CAPPED')
    } else {
      this.bought.push({ pack, price, begun: this.now, became: 'PENDING' })
      this.declines = declines
      this.toConfirm = false
    }
  }

  #land(of: number): void {
    const purchase = this.bought.at(-1 - of)
    if (purchase === undefined || purchase.became === 'PAID') return
    const wasPending = purchase.became === 'PENDING'
    purchase.became = 'PAID'
    this.#arrive(sizes[purchase.pack] ?? 0, Infinity)
    this.told.push('RECHARGE_SUCCEEDED')
    if (!wasPending) purchase.begun = this.now
    else if (this.on && !this.lost) this.#goOn(0)
  }

  #fail(of: number, why: 'declined' | 'never-retry' | 'action-required'): void {
    const purchase = this.bought.at(-1 - of)
    if (purchase === undefined || purchase.became !== 'PENDING') return
    if (why === 'action-required') {
      if (!this.toConfirm && this.on && !this.lost) this.told.push('RECHARGE_ACTION_REQUIRED')
      this.toConfirm = true
      return
    }
    purchase.became = 'GIVEN_UP'
    if (!this.on || this.lost) return
    this.declines += 1
    const again = why === 'declined' && this.declines < 3
    if (again) this.retryAt = this.now + (this.declines === 1 ? 1 : 6) * hour
    else this.stopped = { why: 'PAUSED', at: this.now }
    if (!again || this.declines === 1) this.told.push('RECHARGE_FAILED')
  }

  #wait(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const ends = this.grants.filter(({ left }) => left > 0).map((grant) => grant.ends)
      const next = Math.min(...ends, this.retryAt ?? Infinity)
      if (next > until) break
      this.now = next
      const before = this.available
      for (const grant of this.grants) if (grant.ends <= next) grant.left = 0
      if (this.retryAt === next) this.#goOn(this.declines)
      if (this.available < before) this.#wanted()
    }
    this.now = until
  }
}
