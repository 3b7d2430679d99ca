import { directionOf } from './locale.ts'

export type Money = { readonly amount: string; readonly currency: string }

/** `US Dollar (USD)` */
export const currencyName = (locale: string, code: string): string =>
  `${new Intl.DisplayNames([locale, 'en'], { type: 'currency' }).of(code)} (${code})`

/** Money as the locale writes it. Among letters from right to left, the letters of `US$` keep their place before its sign. */
export function formatMoney(
  locale: string,
  { amount, currency }: Money,
  options: Intl.NumberFormatOptions = {},
): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, ...options })
  const exact = amount as Intl.StringNumericLiteral
  if (directionOf(locale) === 'ltr') return format.format(exact)
  const parts = format.formatToParts(exact)
  return parts.map(({ type, value }) => (type === 'currency' ? `\u2066${value}\u2069` : value)).join('')
}
