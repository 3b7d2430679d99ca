import { en } from './billing/en.ts'
import { type Messages, type TextsLike, textLoader } from './texts.ts'

export type BillingTexts = TextsLike<typeof en>
export type BillingMessages = Messages<typeof en>

export const loadBillingTexts = textLoader(en, {
  de: async () => (await import('./billing/de.ts')).de,
  fr: async () => (await import('./billing/fr.ts')).fr,
  es: async () => (await import('./billing/es.ts')).es,
  it: async () => (await import('./billing/it.ts')).it,
  pt: async () => (await import('./billing/pt.ts')).pt,
  ja: async () => (await import('./billing/ja.ts')).ja,
  ko: async () => (await import('./billing/ko.ts')).ko,
  zh: async () => (await import('./billing/zh.ts')).zh,
  ar: async () => (await import('./billing/ar.ts')).ar,
  he: async () => (await import('./billing/he.ts')).he,
  tr: async () => (await import('./billing/tr.ts')).tr,
  pl: async () => (await import('./billing/pl.ts')).pl,
  nl: async () => (await import('./billing/nl.ts')).nl,
})
