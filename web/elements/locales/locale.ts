/** The tag itself where Intl knows its numbers, else English. */
export const knownLocale = (locale: string): string => localeIn(Intl.NumberFormat, locale)

/**
 * The tag itself where Intl knows its plurals, else English. That takes no time; the first use of number formats takes some 30 ms in
 * Chromium. They may know fewer tags, so `[locale, 'en']` is what they are made with.
 */
export const quickLocale = (locale: string): string => localeIn(Intl.PluralRules, locale)

function localeIn(formats: Pick<typeof Intl.NumberFormat, 'supportedLocalesOf'>, locale: string): string {
  try {
    return formats.supportedLocalesOf(locale)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

export const directionOf = (locale: string): 'rtl' | 'ltr' => (/^(ar|he|iw|fa|ur)\b/i.test(locale) ? 'rtl' : 'ltr')
