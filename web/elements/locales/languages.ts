/** The languages of all elements. Any other tag is shown in English, with its own numbers and dates. */
export const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'ja', 'ko', 'zh', 'ar', 'he', 'tr', 'pl', 'nl'] as const
export type Language = (typeof languages)[number]

const names: Readonly<Record<string, string>> = { iw: 'he' }

/** `de-CH` is `de`. */
export function languageOf(locale: string): Language {
  const [tag = ''] = locale.toLowerCase().split(/[-_]/)
  const name = names[tag] ?? tag
  return languages.find((language) => language === name) ?? 'en'
}
