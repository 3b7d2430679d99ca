export { CreditsPill } from './credits-pill.ts'
export { type Language, languages } from './locales/languages.ts'
export type { PillTexts } from './locales/texts.ts'
