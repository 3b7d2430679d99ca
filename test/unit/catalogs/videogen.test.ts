import { expect, it } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { formatCredits } from '../../../src/domain/amounts/credits.ts'
import { allowancesOf, costOf, illustrativeIn, packagesOf, ratesOf } from './told.ts'

const videogen = loadCatalog('catalogs/videogen.yaml')
const rate = (id: string) => videogen.rateCard.rates.get(id)

it('G1: every plan includes credits by the billing cycle, which go first; additional ones do not expire', () => {
  expect(new Set(allowancesOf(videogen).map(([plan]) => plan))).toEqual(new Set(videogen.plans.map(({ id }) => id)))
  for (const [, id, , anchor, , rollover] of allowancesOf(videogen)) {
    expect([id, anchor, rollover]).toEqual(['month', 'subscription', 'none'])
  }
  const { INCLUDED, ...others } = videogen.burnPriority
  expect(Math.min(...Object.values(others))).toBeGreaterThan(INCLUDED)
  expect(videogen.expiry).toMatchObject({ PACKAGE: 'never', AUTO_RECHARGE: 'never' })
})

it('G3: has the categories of the rate card, and their units', () => {
  expect(videogen.rateCard.categories.map(({ name }) => name)).toEqual([
    'Video export',
    'AI video generation',
    'AI image generation',
    'AI audio',
    'AI effects',
    'Storage',
  ])
  expect(rate('export.hd')?.unit).toBe('SECOND')
  expect(ratesOf(videogen, 'image')?.map((id) => rate(id)?.unit)).toEqual(['IMAGE', 'IMAGE', 'IMAGE'])
  expect(rate('audio.voiceover')?.unit).toBe('CHARACTER')
  expect(rate('audio.sound-effect')?.unit).toBe('USE')
})

it('G4: sells Mini, Standard, Large and Bulk on every plan', () => {
  expect(videogen.packages.map(({ name, credits }) => [name, formatCredits(credits)])).toEqual([
    ['Mini', '2000'],
    ['Standard', '5000'],
    ['Large', '10000'],
    ['Bulk', '25000'],
  ])
  expect(videogen.plans.every(({ topUp }) => topUp)).toBe(true)
})

it('G6: needs top-ups for video generation, High images, background removal, website scan, storage, nothing else', () => {
  const needing = [...videogen.rateCard.rates.values()].filter(({ requires }) => requires.includes('TOP_UPS_ENABLED'))
  expect(needing.map(({ id }) => id)).toEqual([
    ...(ratesOf(videogen, 'video') ?? []),
    'image.high',
    'effects.background-removal',
    'effects.website-scan',
    'storage.flexible',
  ])
})

it('G7: Low costs less than Standard, Standard less than High, which needs Pro and top-ups', () => {
  const [low, standard, high] = ['low', 'standard', 'high'].map((tier) => Number(costOf(videogen, `image.${tier}`)))
  expect(low).toBeLessThan(standard ?? 0)
  expect(standard).toBeLessThan(high ?? 0)
  expect(rate('image.low')?.requires).toEqual([])
  expect(rate('image.standard')?.requires).toEqual([])
  expect(rate('image.high')).toMatchObject({ requires: ['PLAN', 'TOP_UPS_ENABLED'], plans: ['pro'] })
})

it('G8: storage is by the GB and day, and owed where the balance does not cover it', () => {
  expect(ratesOf(videogen, 'storage')?.map((id) => rate(id)?.unit)).toEqual(['GB_DAY'])
  expect(videogen.storageAtZero).toBe('owe')
})

it('marks all its prices, rates and allowances: the document gives none', () => {
  expect(illustrativeIn(videogen)).toEqual({
    plans: videogen.plans.map(({ id }) => `${id}.month`),
    packages: packagesOf(videogen).map(([id]) => id),
    rates: [...videogen.rateCard.rates.keys()],
  })
})
