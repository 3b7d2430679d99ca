/** The tag itself where Intl knows it, else English. */
export function knownLocale(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

export const directionOf = (locale: string): 'rtl' | 'ltr' => (/^(ar|he|iw|fa|ur)\b/i.test(locale) ? 'rtl' : 'ltr')
