import { expect, test } from 'vitest'
import { countriesIn } from '../../../web/elements/billing/countries.ts'

test('countries have their names in the language, in its order, and no code that was replaced', () => {
  const german = countriesIn('de')
  const codes = german.map(([code]) => code)
  expect(german).toContainEqual(['DE', 'Deutschland'])
  expect(codes.indexOf('EG')).toBe(1)
  expect(codes).not.toEqual(expect.arrayContaining(['DD']))
  expect(codes).not.toEqual(expect.arrayContaining(['EU']))
  expect(codes).not.toEqual(expect.arrayContaining(['UK']))
  expect(codes.length).toBeGreaterThan(240)
  expect(codes.length).toBeLessThan(260)
})
