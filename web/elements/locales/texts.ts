import { type Components, count, createI18n, params } from '@nanostores/i18n'
import { atom } from 'nanostores'
import { type Language, languageOf } from './languages.ts'
import { en } from './pill/en.ts'

type Plural = { [Rule in Intl.LDMLPluralRule]?: string } & { other: string }
/** Each text of the pill: plain, with `{placeholders}`, or by plural. */
export type PillTexts = { readonly [Name in keyof typeof en]: (typeof en)[Name] extends string ? string : Plural }

const files: Readonly<Record<Exclude<Language, 'en'>, () => Promise<PillTexts>>> = {
  de: async () => (await import('./pill/de.ts')).de,
  fr: async () => (await import('./pill/fr.ts')).fr,
  es: async () => (await import('./pill/es.ts')).es,
  it: async () => (await import('./pill/it.ts')).it,
  pt: async () => (await import('./pill/pt.ts')).pt,
  ja: async () => (await import('./pill/ja.ts')).ja,
  ko: async () => (await import('./pill/ko.ts')).ko,
  zh: async () => (await import('./pill/zh.ts')).zh,
  ar: async () => (await import('./pill/ar.ts')).ar,
  he: async () => (await import('./pill/he.ts')).he,
  tr: async () => (await import('./pill/tr.ts')).tr,
  pl: async () => (await import('./pill/pl.ts')).pl,
  nl: async () => (await import('./pill/nl.ts')).nl,
}

/** The texts of a language, each replaced where the host says otherwise. */
export async function loadTexts(locale: string, own: Partial<PillTexts>) {
  const language = languageOf(locale)
  const texts = language === 'en' ? en : await files[language]()
  // The type of the cache leaves out plurals, which `get` may return.
  const cache = { [locale]: { pill: { ...texts, ...own } } as unknown as Components }
  const i18n = createI18n(atom(locale), { baseLocale: 'source', cache, get: async () => ({}) })
  const { credits, runway, used, staleSince, ...plain } = en
  const store = i18n('pill', {
    ...plain,
    credits: count({ ...credits, many: credits.other }),
    runway: params<{ time: string }>(runway),
    used: params<{ used: string; allowance: string }>(used),
    staleSince: params<{ time: string }>(staleSince),
  })
  return store.get()
}

export type Texts = Awaited<ReturnType<typeof loadTexts>>
