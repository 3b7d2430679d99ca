import { type Components, count, createI18n, params, type Translations } from '@nanostores/i18n'
import { atom } from 'nanostores'
import { type Language, languageOf } from './languages.ts'
import { directionOf } from './locale.ts'

type Plural = { readonly [Rule in Intl.LDMLPluralRule]?: string } & { readonly other: string }
/** Texts by id: plain, with `{placeholders}`, or by plural. */
type Source = Readonly<Record<string, string | Plural>>
/** The same texts in any words. */
export type TextsLike<En> = { readonly [Id in keyof En]: En[Id] extends string ? string : Plural }

type Placeholder<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never
type Values<Text> = Readonly<Record<Placeholder<Text>, string | number>>
type Message<Text> = Text extends { readonly other: infer Other }
  ? [Placeholder<Other>] extends [never]
    ? (count: number) => string
    : (count: number, values: Values<Other>) => string
  : [Placeholder<Text>] extends [never]
    ? string
    : (values: Values<Text>) => string
/** The texts of an element: a text, or a function of its count and its placeholders. */
export type Messages<En> = { readonly [Id in keyof En]: Message<En[Id]> }

type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? unknown : never) : never
type Checked<En, Own> = {
  readonly [Id in keyof Own]: Id extends keyof En
    ? En[Id] extends { readonly other: infer Other }
      ? {
          readonly [Rule in keyof Own[Id]]: Rule extends 'other'
            ? Same<Placeholder<Other>, Placeholder<Own[Id][Rule]>>
            : [Placeholder<Own[Id][Rule]>] extends [Placeholder<Other>]
              ? unknown
              : never
        }
      : Same<Placeholder<En[Id]>, Placeholder<Own[Id]>>
    : never
}

/**
 * Checks a translation of `En` by types: it has the same texts, each with the same placeholders. A plural form other
 * than `other` may omit its number, as in `per minute`.
 */
export const translationOf =
  <En extends Source>() =>
  <const Own extends TextsLike<En>>(own: Own & Checked<En, Own>): TextsLike<En> =>
    own

/** The file of each language, which is loaded on demand. */
export type Files<En> = Readonly<Record<Exclude<Language, 'en'>, () => Promise<TextsLike<En>>>>

export type Loaded<En> = {
  readonly text: Messages<En>
  /** The language of the texts: English if the locale has none of its own. */
  readonly language: Language
  readonly direction: 'ltr' | 'rtl'
}

/**
 * The texts of a locale, with those of the host in their place. They come at once if they were loaded before, and in
 * English if they can't be loaded.
 */
export type TextLoader<En> = (locale: string, own?: Partial<TextsLike<En>>) => Loaded<En> | Promise<Loaded<En>>

export function textLoader<En extends Source>(en: En, files: Files<En>): TextLoader<En> {
  const none = {}
  const known = new WeakMap<object, Map<string, Loaded<En>>>()
  return (locale, own = none) => {
    const language = languageOf(locale)
    const before = known.get(own) ?? new Map<string, Loaded<En>>()
    known.set(own, before)
    const load = async () => {
      const texts = language === 'en' ? en : await files[language]().catch(() => null)
      const loaded = spoken(en, texts === null ? 'en' : language, { ...texts, ...own })
      if (texts !== null) before.set(language, loaded)
      return loaded
    }
    return before.get(language) ?? load()
  }
}

function spoken<En extends Source>(en: En, language: Language, texts: object): Loaded<En> {
  // The type of the cache leaves out plurals, which `get` may return.
  const cache = { [language]: { texts } as unknown as Components }
  const i18n = createI18n(atom<string>(language), { baseLocale: 'source', cache, get: async () => ({}) })
  const messages = i18n('texts', mapped(en, transformOf) as Translations).get()
  const direction = directionOf(language)
  const text = mapped(messages, (message) =>
    typeof message === 'string' ? message : (...given: Given) => said(message, given, direction),
  )
  return { text: text as Messages<En>, language, direction }
}

const mapped = <Value>(values: Readonly<Record<string, Value>>, to: (value: Value) => unknown) =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, to(value)]))

type Given = readonly [countOrValues: number | object, values?: object]
type Transformed = (first: unknown) => unknown

const hasPlaceholder = (text: string) => /\{\w+\}/.test(text)

function transformOf(text: string | Plural) {
  if (typeof text === 'string') return hasPlaceholder(text) ? params(text) : text
  return hasPlaceholder(text.other) ? params(count({ ...text })) : count({ ...text })
}

function said(message: Transformed, [first, second]: Given, direction: string): unknown {
  if (typeof first === 'object') return message(placed(first, direction))
  return second === undefined ? message(first) : (message(placed(second, direction)) as Transformed)(first)
}

/** In a text from right to left, each value keeps its own direction; a `$` in a value stays. */
function placed(values: object, direction: string): object {
  const isolated = (value: unknown) => (direction === 'rtl' ? `\u2068${value}\u2069` : `${value}`)
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isolated(value).replaceAll('$', '$$$$')]),
  )
}
