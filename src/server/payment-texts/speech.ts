import { type Credits, formatCredits, MICRO } from '../../domain/amounts/credits.ts'
import { formatMoney, type Money } from '../../domain/amounts/money.ts'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { en, type PaymentTexts, type PluralText } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { he } from './he.ts'
import { it } from './it.ts'
import { ja } from './ja.ts'
import { ko } from './ko.ts'
import { nl } from './nl.ts'
import { pl } from './pl.ts'
import { pt } from './pt.ts'
import { tr } from './tr.ts'
import { zh } from './zh.ts'

export const texts: Readonly<Record<string, PaymentTexts>> = { en, de, fr, es, it, pt, ja, ko, zh, ar, he, tr, pl, nl }

/** A language, with its texts and its way to write numbers. */
export type Speech = {
  /** A BCP 47 tag, which may name a region: `de-CH`. */
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  readonly text: PaymentTexts
  /** The text of the number of credits, such as `5,000 credits`. */
  credits(text: PluralText, credits: Credits): string
  money(money: Money): string
  /** The text with its values in their places. */
  fill(text: string, values: Readonly<Record<string, string>>): string
}

/** The header `Accept-Language` decides: the first language with texts that the reader prefers, else English. */
export function speechFor(accepted: string | undefined): Speech {
  const locale = preferred(accepted ?? '').find((tag) => languageOf(tag) !== null) ?? 'en'
  const language = languageOf(locale) ?? 'en'
  const direction = language === 'ar' || language === 'he' ? 'rtl' : 'ltr'
  const fill: Speech['fill'] = (text, values) =>
    text.replaceAll(/\{(\w+)\}/g, (all, name: string) => {
      const value = values[name] ?? all
      // In a text from right to left, each value keeps its own direction.
      return direction === 'rtl' ? `\u2068${value}\u2069` : value
    })
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 })
  const plurals = new Intl.PluralRules(locale)
  return {
    locale,
    direction,
    text: texts[language] ?? en,
    fill,
    credits: (text, credits) =>
      fill(text[plurals.select(Number(credits) / Number(MICRO))] ?? text.other, {
        n: numbers.format(formatCredits(credits) as Intl.StringNumericLiteral),
      }),
    money: (money) => moneyFormat(locale, money).format(formatMoney(money) as Intl.StringNumericLiteral),
  }
}

const moneyFormat = (locale: string, { currency }: Money) =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    maximumFractionDigits: 9,
    trailingZeroDisplay: 'stripIfInteger',
  })

/** The tags of the header, the preferred first. Source: RFC 9110, 12.5.4. */
function preferred(accepted: string): string[] {
  const ranges = accepted.split(',').map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim())
    const quality = parameters.find((one) => one.startsWith('q='))?.slice(2)
    return { tag, quality: quality === undefined ? 1 : Number(quality) }
  })
  return ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag)
}

/** `de-CH` is `de`; null: the tag is none, or has no texts. */
function languageOf(tag: string): string | null {
  try {
    const { language } = new Intl.Locale(tag)
    return Object.hasOwn(texts, language) ? language : null
  } catch {
    return null
  }
}
