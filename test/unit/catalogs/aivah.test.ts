import { expect, it } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { illustrativeIn, packagesOf } from './told.ts'

const aivah = loadCatalog('catalogs/aivah.yaml')
const rates = [...aivah.rateCard.rates.values()]

it('A1: every conversation, media generation and call costs credits; conversations by parts of a minute', () => {
  expect(aivah.rateCard.categories.map(({ name }) => name)).toEqual([
    'Realtime conversations',
    'Media generation',
    'Calls',
  ])
  for (const { price } of rates) expect(price).toHaveProperty('credits')
  const conversations = rates.filter(({ category }) => category === 'conversation')
  for (const { unit, roundsUp } of conversations) expect([unit, roundsUp]).toEqual(['MINUTE', false])
})

it('A3: sells six packages whose credits get cheaper with their size, on top of the plan', () => {
  expect(packagesOf(aivah)).toEqual([
    ['credits-2000', '2000', '10', '5', null],
    ['credits-5000', '5000', '20', '4', null],
    ['credits-10000', '10000', '30', '3', null],
    ['credits-20000', '20000', '40', '2', null],
    ['credits-30000', '30000', '50', '1.666666667', null],
    ['credits-40000', '40000', '60', '1.5', null],
  ])
  expect(aivah.plans.every(({ topUp, allowances }) => topUp && allowances.length > 0)).toBe(true)
})

it('A5: says how the conversation goes on', () => {
  const { exhausted, exhaustedNoGrant, insufficient, creditsAdded } = aivah.notices
  for (const notice of [exhausted, exhaustedNoGrant]) expect(notice).toContain('Out of credits — choose Add credit')
  for (const notice of [insufficient, creditsAdded]) expect(notice).toContain('next message')
})

it('A6: is low below 25% of a month’s usage', () => {
  expect(aivah.lowThreshold).toEqual({ percent: 25_000_000n })
})

it('marks all but the packages: the document gives nothing else', () => {
  expect(illustrativeIn(aivah)).toEqual({
    plans: aivah.plans.map(({ id }) => `${id}.month`),
    packages: [],
    rates: rates.map(({ id }) => id),
  })
})
