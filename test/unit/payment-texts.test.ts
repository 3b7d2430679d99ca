import { describe, expect, test } from 'vitest'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { en } from '../../src/server/payment-texts/en.ts'
import { speechFor, texts } from '../../src/server/payment-texts/speech.ts'
import { languages } from '../../web/elements/locales/languages.ts'

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].toSorted()

describe('the texts of the pages about a payment', () => {
  test('are there in the languages of the elements', () => {
    expect(Object.keys(texts)).toEqual([...languages])
  })

  test.each(languages)(
    'in %s have the placeholders of the English ones, and the plurals of the language',
    (language) => {
      const own: Readonly<Record<string, string | object>> = texts[language] ?? {}
      expect(Object.keys(own)).toEqual(Object.keys(en))
      for (const [id, source] of Object.entries(en)) {
        const text = own[id]
        if (typeof source === 'string') {
          expect([id, placeholders(String(text))]).toEqual([id, placeholders(source)])
          expect(text).not.toBe('')
        } else {
          const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions()
          // Romance languages have a form for whole millions, which credits share with `other`.
          const rules = pluralCategories.filter((rule) => rule !== 'many' || ['ar', 'pl'].includes(language))
          expect([id, Object.keys(text ?? {}).toSorted()]).toEqual([id, rules.toSorted()])
        }
      }
    },
  )
})

describe('the language of a browser', () => {
  test.each([
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['sv-SE, sv', 'en'],
    ['de-CH,de;q=0.9,en;q=0.8', 'de-CH'],
    ['en;q=0.3, sv, fr;q=0.7', 'fr'],
    ['de;q=0, it', 'it'],
    ['iw', 'iw'],
    ['not_a tag, nl', 'nl'],
    [',;q=,=;,;;;', 'en'],
    [`${'x'.repeat(9)},`.repeat(500), 'en'],
  ])('that accepts %j is %s', (accepted, locale) => {
    expect(speechFor(accepted).locale).toBe(locale)
  })

  test('writes numbers, money and plurals as people expect them', () => {
    const [de, pl, he] = [speechFor('de'), speechFor('pl'), speechFor('he')]
    expect(de.credits(de.text.added, 5_000n * MICRO)).toBe('5.000 Credits gutgeschrieben')
    expect(de.credits(de.text.added, MICRO)).toBe('1 Credit gutgeschrieben')
    expect([3n, 5n].map((count) => pl.credits(pl.text.credits, count * MICRO))).toEqual(['3 kredyty', '5 kredytów'])
    expect(de.money({ amount: 20_000_000_000n, currency: 'EUR' })).toBe('20\u00A0€')
    expect([he.direction, he.fill('{n} x', { n: '$5' })]).toEqual(['rtl', '\u2068$5\u2069 x'])
  })
})
