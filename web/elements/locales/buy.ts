import { en } from './buy/en.ts'
import { type Messages, type TextsLike, textLoader } from './texts.ts'

export type BuyTexts = TextsLike<typeof en>
export type BuyMessages = Messages<typeof en>

export const loadBuyTexts = textLoader(en, {
  de: async () => (await import('./buy/de.ts')).de,
  fr: async () => (await import('./buy/fr.ts')).fr,
  es: async () => (await import('./buy/es.ts')).es,
  it: async () => (await import('./buy/it.ts')).it,
  pt: async () => (await import('./buy/pt.ts')).pt,
  ja: async () => (await import('./buy/ja.ts')).ja,
  ko: async () => (await import('./buy/ko.ts')).ko,
  zh: async () => (await import('./buy/zh.ts')).zh,
  ar: async () => (await import('./buy/ar.ts')).ar,
  he: async () => (await import('./buy/he.ts')).he,
  tr: async () => (await import('./buy/tr.ts')).tr,
  pl: async () => (await import('./buy/pl.ts')).pl,
  nl: async () => (await import('./buy/nl.ts')).nl,
})
