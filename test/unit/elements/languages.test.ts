import { expect, test } from 'vitest'
import { knownLocale, languageOf, languages, quickLocale } from '../../../web/elements/locales/languages.ts'
import { loadTexts } from '../../../web/elements/locales/texts.ts'

const placeholders = (text: unknown) => (String(text).match(/\{\w+\}/g) ?? []).toSorted()

test.each(languages)('%s has each text, with the same placeholders, and every plural of its own', async (language) => {
  const file = (await import(`../../../web/elements/locales/pill/${language}.ts`))[language]
  const { en } = await import('../../../web/elements/locales/pill/en.ts')
  expect(Object.keys(file)).toEqual(Object.keys(en))
  for (const [name, text] of Object.entries(en)) {
    if (typeof text === 'string') expect([name, placeholders(file[name])]).toEqual([name, placeholders(text)])
  }
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions()
  // Romance languages have a form for whole millions, which the credits of a team share with `other`.
  const needed = pluralCategories.filter((rule) => rule !== 'many' || ['ar', 'pl'].includes(language))
  expect(Object.keys(file.credits)).toEqual(expect.arrayContaining(needed))
  expect((await loadTexts(language, {})).credits(1_000_000)).not.toBe('')
})

test('a tag is shown in its language, and any other in English', () => {
  expect(['de-CH', 'pt_BR', 'iw', 'zh-Hant-TW', 'sv', ''].map(languageOf)).toEqual(['de', 'pt', 'he', 'zh', 'en', 'en'])
  for (const localeOf of [knownLocale, quickLocale]) {
    expect(['de-CH', 'not a tag', 'xx', ''].map(localeOf)).toEqual(['de-CH', 'en', 'en', 'en'])
  }
})

test('plurals and placeholders follow the language', async () => {
  const [en, pl] = [await loadTexts('en', {}), await loadTexts('pl', {})]
  expect([0, 1, 2].map(en.credits)).toEqual(['Credits', 'Credit', 'Credits'])
  expect([1, 3, 5, 22].map(pl.credits)).toEqual(['kredyt', 'kredyty', 'kredytów', 'kredyty'])
  expect(en.runway({ time: '4 min' })).toBe('about 4 min left')
})

test('the texts of the host come first', async () => {
  const texts = await loadTexts('de', { low: 'Knapp', credits: { one: 'Punkt', other: 'Punkte' } })
  expect([texts.low, texts.credits(1), texts.credits(7), texts.exhausted]).toEqual([
    'Knapp',
    'Punkt',
    'Punkte',
    'Aufgebraucht',
  ])
})
