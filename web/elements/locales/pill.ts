import { en } from './pill/en.ts'
import { type Messages, type TextsLike, textLoader } from './texts.ts'

export type PillTexts = TextsLike<typeof en>
export type PillMessages = Messages<typeof en>

export const loadPillTexts = textLoader(en, {
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
})
