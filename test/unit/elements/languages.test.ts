import { describe, expect, test } from 'vitest'
import { loadBillingTexts } from '../../../web/elements/locales/billing.ts'
import { loadBuyTexts } from '../../../web/elements/locales/buy.ts'
import { type Language, languageOf, languages } from '../../../web/elements/locales/languages.ts'
import { directionOf, knownLocale } from '../../../web/elements/locales/locale.ts'
import { loadPillTexts } from '../../../web/elements/locales/pill.ts'
import { textLoader, translationOf } from '../../../web/elements/locales/texts.ts'

type Text = string | Record<string, string>
const fileOf = async (element: string, language: string): Promise<Record<string, Text>> =>
  (await import(`../../../web/elements/locales/${element}/${language}.ts`))[language]

const placeholders = (text: Text | undefined) => [...new Set(String(text).match(/\{\w+\}/g))].toSorted()

/** Romance languages have a form for whole millions, which credits share with `other`. */
const rulesOf = (language: Language) =>
  new Intl.PluralRules(language)
    .resolvedOptions()
    .pluralCategories.filter((rule) => rule !== 'many' || ['ar', 'pl'].includes(language))
    .toSorted()

describe.each(['pill', 'buy', 'billing'])('the texts of %s', (element) => {
  test.each(languages)(
    'are all there in %s, with the same placeholders and the plurals of the language',
    async (language) => {
      const [own, en] = [await fileOf(element, language), await fileOf(element, 'en')]
      expect(Object.keys(own)).toEqual(Object.keys(en))
      for (const [id, source] of Object.entries(en)) {
        const text = own[id]
        if (typeof source === 'string') {
          expect([id, placeholders(text)]).toEqual([id, placeholders(source)])
          expect(text).not.toBe('')
          continue
        }
        const forms = text as Record<string, string>
        expect([id, Object.keys(forms).toSorted()]).toEqual([id, rulesOf(language)])
        expect([id, placeholders(forms.other)]).toEqual([id, placeholders(source.other)])
        for (const form of Object.values(forms))
          expect(placeholders(forms.other)).toEqual(expect.arrayContaining(placeholders(form)))
      }
    },
  )
})

test('a translation that lacks a text or a placeholder, or has one more, is an error of types', () => {
  const translation = translationOf<{ readonly pay: 'Pay {price}'; readonly uses: { readonly other: '{n} uses' } }>()
  translation({ pay: '{price} zahlen', uses: { one: 'eine', other: '{n}' } })
  // @ts-expect-error
  translation({ pay: '{price} zahlen' })
  // @ts-expect-error
  translation({ pay: '{price} zahlen', uses: { other: '{n}' }, buy: 'Kaufen' })
  // @ts-expect-error
  translation({ pay: 'Zahlen', uses: { other: '{n}' } })
  // @ts-expect-error
  translation({ pay: '{price} an {whom} zahlen', uses: { other: '{n}' } })
  // @ts-expect-error
  translation({ pay: '{price} zahlen', uses: { one: '{m}', other: '{n}' } })
})

test('a tag is shown in its language, and any other in English', () => {
  expect(['de-CH', 'pt_BR', 'iw', 'zh-Hant-TW', 'sv', ''].map(languageOf)).toEqual(['de', 'pt', 'he', 'zh', 'en', 'en'])
  expect(['de-CH', 'not a tag', ''].map(knownLocale)).toEqual(['de-CH', 'en', 'en'])
  expect(['ar-EG', 'iw', 'arn', 'de'].map(directionOf)).toEqual(['rtl', 'rtl', 'ltr', 'ltr'])
})

test('plurals and placeholders follow the language', async () => {
  const [en, pl, ar] = [await loadPillTexts('en'), await loadPillTexts('pl'), await loadBuyTexts('ar')]
  expect([0, 1, 2].map((n) => en.text.credits(n))).toEqual(['Credits', 'Credit', 'Credits'])
  expect([1, 3, 5, 22].map((n) => pl.text.credits(n))).toEqual(['kredyt', 'kredyty', 'kredytów', 'kredyty'])
  expect(en.text.runway({ time: '4 min' })).toBe('about 4 min left')
  const messages = [1, 2, 3, 11, 100].map((count) => ar.text.messages(count, { count }))
  expect(new Set(messages).size).toBe(5)
})

test('English in place of a language that there is not has English plurals', async () => {
  const { text, language } = await loadBillingTexts('ru')
  expect([language, text.credits(21, { n: '21' })]).toEqual(['en', '21 credits'])
})

test('a value is shown as it is: with a dollar sign, and in its own direction among texts from right to left', async () => {
  const [en, he] = [await loadBuyTexts('en'), await loadBuyTexts('he')]
  expect(en.text.askNobody({ team: 'A$$ & $& {team}' })).toContain('admin of A$$ & $& {team}.')
  expect(he.text.pay({ price: '$5.00' })).toMatch(/\u2068\$5\.00\u2069/)
})

test('the texts of the host come first', async () => {
  const { text } = await loadPillTexts('de', { low: 'Knapp', credits: { one: 'Punkt', other: 'Punkte' } })
  expect([text.low, text.credits(1), text.credits(7), text.exhausted]).toEqual([
    'Knapp',
    'Punkt',
    'Punkte',
    'Aufgebraucht',
  ])
})

test('texts that were loaded before are there at once', async () => {
  const loaded = await loadBuyTexts('de')
  expect(loadBuyTexts('de')).toBe(loaded)
})

test('a language that cannot be loaded is replaced by English, and tried again', async () => {
  let loads = 0
  const lost = () => {
    loads += 1
    return Promise.reject(new Error('offline'))
  }
  const files = Object.fromEntries(languages.map((language) => [language, lost])) as unknown as Parameters<
    typeof textLoader<{ readonly pay: 'Pay {price}' }>
  >[1]
  const load = textLoader({ pay: 'Pay {price}' } as const, files)
  for (const _ of [1, 2]) {
    const { text, language, direction } = await load('ar')
    expect([text.pay({ price: '$5' }), language, direction]).toEqual(['Pay $5', 'en', 'ltr'])
  }
  expect(loads).toBe(2)
})
