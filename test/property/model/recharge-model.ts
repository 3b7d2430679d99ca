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
  | ({ readonly do: 'market' } & Market)

/** The prices of the packages that are sold, and whether any amount is sold beside them. */
export type Market = { readonly prices: Readonly<Record<string, number>>; readonly anyAmount: boolean }
/** `perDay`: the most recharges in a day. */
type Settings = {
  readonly threshold: number
  readonly buys: { readonly pack: string } | { readonly target: number }
  readonly cap: number | null
  readonly perDay: number | null
}
type Sold = { readonly pack: string | null; readonly credits: number; readonly price: number }
type Grant = {
  left: number
  used: number
  clawed: number
  readonly granted: number
  readonly ends: number
  readonly order: number
}
type Purchase = Sold & {
  begun: number
  became: 'PENDING' | 'GIVEN_UP' | 'PAID'
}

const hour = 3_600_000
export const sizes: Readonly<Record<string, number>> = { small: 30, large: 100 }
/** The amounts that are sold besides the packages, with their prices, as a list that is written out. */
export const amounts: readonly (readonly [credits: number, price: number])[] = [
  [20, 8],
  [35, 14],
  [50, 20],
  [65, 23],
  [80, 29],
]

const formats = new Map<string, Intl.DateTimeFormat>()

/** A format of `Intl` takes longer to make than a whole sequence of purchases. */
function daysOf(timeZone: string): (at: number) => string {
  const made = formats.get(timeZone)
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const format = made ?? new Intl.DateTimeFormat('en-CA', { timeZone, ...parts })
  formats.set(timeZone, format)
  return (at) => format.format(at)
}

/**
 * The rules of auto-recharge in the plainest way: a month's spending is the sum over the list of all purchases, and a
 * day's recharges are a count of that list. A purchase counts in the month and on the day of `begun`: when it began, or
 * was paid after it had been given up.
 */
export class RechargeModel {
  now: number
  market: Market = { prices: { small: 10, large: 25 }, anyAmount: true }
  readonly grants: Grant[] = []
  readonly bought: Purchase[] = []
  readonly told: string[] = []
  owed = 0
  settings: Settings | null = null
  on = false
  stopped: { why: 'MONTH' | 'DAY' | 'PAUSED'; at: number } | null = null
  declines = 0
  retryAt: number | null = null
  toConfirm = false
  /** A grant was taken back as a whole since the recharge was set. */
  lost = false
  readonly #day: (at: number) => string

  constructor(now: number, timeZone: string) {
    this.now = now
    this.#day = daysOf(timeZone)
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
  get today(): number {
    return this.bought.filter(({ became, begun }) => became !== 'GIVEN_UP' && this.#isToday(begun)).length
  }
  get state(): string {
    if (!this.on) return 'OFF'
    if (this.lost) return 'PAUSED'
    if (this.pending >= 0) return this.toConfirm ? 'ACTION_REQUIRED' : 'CHARGING'
    if (this.retryAt !== null) return 'CHARGING'
    if (this.stopped === null) return 'ARMED'
    const { why, at } = this.stopped
    if (why === 'PAUSED') return why
    return (why === 'DAY' ? this.#isToday(at) : this.#isThisMonth(at)) ? 'CAPPED' : 'ARMED'
  }

  ask(ask: RechargeAsk): void {
    if (ask.do === 'wait') this.#wait(ask.hours * hour)
    else if (ask.do === 'market') this.market = ask
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
    return this.#day(at).slice(0, 7) === this.#day(this.now).slice(0, 7)
  }

  #isToday(at: number): boolean {
    return this.#day(at) === this.#day(this.now)
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

  /** The sale for a balance of `available` with a debt of `owed`; null: it is not sold. */
  #sold(buys: Settings['buys'], available: number, owed: number): Sold | null {
    if ('pack' in buys) {
      const { pack } = buys
      const price = this.market.prices[pack]
      return price === undefined ? null : { pack, credits: sizes[pack] ?? 0, price }
    }
    if (!this.market.anyAmount) return null
    const enough = amounts.find(([credits]) => available + credits - owed >= buys.target) ?? amounts.at(-1)
    return enough === undefined ? null : { pack: null, credits: enough[0], price: enough[1] }
  }

  /** A cap is refused if it is below the cheapest recharge: the one for a balance just below the threshold. */
  #configure({ threshold, buys, cap, perDay }: Settings): void {
    if ('target' in buys && buys.target < threshold) return
    const cheapest = this.#sold(buys, threshold - 1, 0)
    if (cheapest === null || (cap !== null && cap < cheapest.price)) return
    const now = this.state
    if (now === 'OFF' || now === 'PAUSED' || now === 'CAPPED' || this.retryAt !== null) {
      this.retryAt = null
      this.stopped = null
      this.declines = 0
    }
    this.lost = false
    this.on = true
    this.settings = { threshold, buys, cap, perDay }
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
    const { buys, cap, perDay } = this.settings
    const sold = this.#sold(buys, this.available, this.owed)
    this.declines = 0
    this.stopped = null
    if (sold === null) {
      this.stopped = { why: 'PAUSED', at: this.now }
      this.told.push('RECHARGE_FAILED')
    } else if (cap !== null && this.spent + sold.price > cap) {
      this.stopped = { why: 'MONTH', at: this.now }
      this.told.push('RECHARGE_CAPPED')
    } else if (perDay !== null && this.today >= perDay) {
      this.stopped = { why: 'DAY', at: this.now }
      this.told.push('RECHARGE_CAPPED')
    } else {
      this.bought.push({ ...sold, begun: this.now, became: 'PENDING' })
      this.declines = declines
      this.toConfirm = false
    }
  }

  #land(of: number): void {
    const purchase = this.bought.at(-1 - of)
    if (purchase === undefined || purchase.became === 'PAID') return
    const wasPending = purchase.became === 'PENDING'
    purchase.became = 'PAID'
    this.#arrive(purchase.credits, Infinity)
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
