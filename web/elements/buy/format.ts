import { currencyName, formatMoney, type Money } from '../locales/money.ts'

/** How the dialog writes numbers. Amounts stay texts, so that none is rounded on the way. */
export type Format = {
  /** Whole credits, rounded down: never one more than can be spent. */
  credits(amount: string): string
  count(value: number): string
  money(money: Money): string
  /** A price of a part: cents have as many digits as they need. */
  unitPrice(money: Money): string
  /** `US Dollar (USD)` */
  currency(code: string): string
  seconds(value: number): string
  /** A day and the time of day, where the reader is. */
  time(instant: string): string
}

export function createFormat(locale: string): Format {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, roundingMode: 'floor' })
  const seconds = new Intl.NumberFormat(locale, { style: 'unit', unit: 'second', unitDisplay: 'long' })
  const time = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' })
  return {
    credits: (amount) => whole.format(amount as Intl.StringNumericLiteral),
    count: (value) => whole.format(value),
    money: (money) => formatMoney(locale, money),
    unitPrice: (money) => formatMoney(locale, money, Number(money.amount) < 0.1 ? { maximumFractionDigits: 4 } : {}),
    currency: (code) => currencyName(locale, code),
    seconds: (value) => seconds.format(value),
    time: (instant) => time.format(Date.parse(instant)),
  }
}
