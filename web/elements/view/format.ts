/** Whole credits, rounded down: never one more than can be spent. */
export function wholeCredits(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.')
  const credits = BigInt(whole)
  return amount.startsWith('-') && /[1-9]/.test(fraction) ? credits - 1n : credits
}

export const formatNumber = (locale: string, value: bigint | number): string =>
  new Intl.NumberFormat([locale, 'en'], { maximumFractionDigits: 0 }).format(value)

/** Exact, with the digits of the amount itself. */
export const formatAmount = (locale: string, amount: string, options: Intl.NumberFormatOptions = {}): string =>
  new Intl.NumberFormat([locale, 'en'], { maximumFractionDigits: 6, ...options }).format(
    amount as Intl.StringNumericLiteral,
  )

/** Rounded down: `4 min`, `2 hr`, and seconds in the last minute and a half. */
export function formatTime(locale: string, leftMs: number): string {
  const seconds = Math.max(0, Math.floor(leftMs / 1_000))
  const unit = seconds < 90 ? 'second' : seconds < 5_400 ? 'minute' : 'hour'
  const value = Math.floor(seconds / { second: 1, minute: 60, hour: 3_600 }[unit])
  return new Intl.NumberFormat([locale, 'en'], { style: 'unit', unit, unitDisplay: 'short' }).format(value)
}
