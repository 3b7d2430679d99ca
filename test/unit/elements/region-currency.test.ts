import { expect, test } from 'vitest'
import { currencyOfRegion, regionOf } from '../../../web/elements/controllers/region-currency.ts'

test.each([
  ['DE', 'EUR'],
  ['HR', 'EUR'],
  ['PR', 'USD'],
  ['JE', 'GBP'],
  ['LI', 'CHF'],
  ['JP', 'JPY'],
  ['SE', 'SEK'],
  ['AQ', null],
  ['EU', null],
  ['', null],
  [null, null],
])('people in %s pay in %s', (region, currency) => {
  expect(currencyOfRegion(['USD', 'EUR', 'GBP', 'CHF', 'JPY', 'SEK'], region)).toBe(currency)
})

test('a currency that the catalog lacks is not proposed', () => {
  expect(currencyOfRegion(['USD', 'EUR'], 'JP')).toBeNull()
})

test.each([
  ['de-CH', 'CH'],
  ['de', 'DE'],
  ['en', 'US'],
  ['pt', 'BR'],
  ['zh-Hant', 'TW'],
  ['not a tag', null],
  ['', null],
])('the region of %s is %s', (locale, region) => {
  expect(regionOf(locale)).toBe(region)
})
