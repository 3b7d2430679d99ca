import { knownLocale } from '../locales/locale.ts'
import { currencyName, formatMoney, type Money } from '../locales/money.ts'

type Exact = Intl.StringNumericLiteral
const exact = (decimal: string) => decimal as Exact

/** Numbers, money and dates for people. Amounts come as decimal texts and are formatted exactly. */
export class Formats {
  readonly #credits: Intl.NumberFormat
  readonly #whole: Intl.NumberFormat
  readonly #short: Intl.NumberFormat
  readonly #signed: Intl.NumberFormat
  readonly #percent: Intl.NumberFormat
  readonly #date: Intl.DateTimeFormat
  readonly #longDate: Intl.DateTimeFormat
  readonly #time: Intl.DateTimeFormat
  readonly #calendarDay: Intl.DateTimeFormat
  readonly #month: Intl.DateTimeFormat
  readonly #relative: Intl.RelativeTimeFormat
  readonly locale: string

  constructor(locale: string) {
    this.locale = locale
    this.#credits = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 })
    this.#whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, roundingMode: 'floor' })
    this.#short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 })
    this.#signed = new Intl.NumberFormat(locale, { maximumFractionDigits: 6, signDisplay: 'exceptZero' })
    this.#percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
    this.#date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
    this.#longDate = new Intl.DateTimeFormat(locale, { weekday: 'short', month: 'short', day: 'numeric' })
    this.#time = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' })
    this.#calendarDay = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' })
    this.#month = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' })
    this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  }

  credits = (amount: string): string => this.#credits.format(exact(amount))
  /** Rounded down: a balance never looks larger than it is. */
  wholeCredits = (amount: string): string => this.#whole.format(exact(amount))
  /** About: four digits are enough for an average. */
  short = (amount: string): string => this.#short.format(exact(amount))
  signed = (amount: string): string => this.#signed.format(exact(amount))
  number = (value: number): string => this.#credits.format(value)
  days = (value: number): string => this.#unit('day', value)
  hours = (value: number): string => this.#unit('hour', value)
  percent = (share: number): string => this.#percent.format(share)
  date = (instant: string): string => this.#date.format(Date.parse(instant))
  weekday = (instant: string): string => this.#longDate.format(Date.parse(instant))
  time = (instant: string): string => this.#time.format(Date.parse(instant))
  /** A calendar day of the catalog's time zone, by its first instant. */
  calendarDay = (startMs: number): string => this.#calendarDay.format(startMs + 43_200_000)
  /** A calendar month as the API names it: `2026-11`. */
  month = (name: string): string => this.#month.format(Date.parse(`${name}-01T00:00:00Z`))

  money = ({ amount, currency }: Money): string => {
    const whole = new Intl.NumberFormat(this.locale, { style: 'currency', currency })
    const usual = whole.resolvedOptions().maximumFractionDigits ?? 2
    const decimals = amount.split('.')[1]?.length ?? 0
    const [minimumFractionDigits, maximumFractionDigits] = decimals === 0 ? [0, 0] : [usual, Math.max(usual, decimals)]
    return formatMoney(this.locale, { amount, currency }, { minimumFractionDigits, maximumFractionDigits })
  }

  currency = (code: string): string => currencyName(this.locale, code)

  /** `in 3 days`, seen from `now`. */
  relative = (instant: string, now: number): string => {
    const seconds = (Date.parse(instant) - now) / 1_000
    const steps = [
      ['day', 86_400],
      ['hour', 3_600],
      ['minute', 60],
    ] as const
    for (const [unit, size] of steps) {
      if (Math.abs(seconds) >= size) return this.#relative.format(Math.trunc(seconds / size), unit)
    }
    return this.#relative.format(0, 'minute')
  }

  duration = (seconds: number): string => {
    const [value, unit] =
      seconds >= 5_400 ? [seconds / 3_600, 'hour'] : seconds >= 90 ? [seconds / 60, 'minute'] : [seconds, 'second']
    return this.#unit(unit, value)
  }

  #unit(unit: string, value: number): string {
    const options = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const
    return new Intl.NumberFormat(this.locale, options).format(value)
  }
}

const known = new Map<string, Formats>()

export function formatsFor(tag: string): Formats {
  const locale = knownLocale(tag)
  const formats = known.get(locale) ?? new Formats(locale)
  known.set(locale, formats)
  return formats
}
