import { expect, it } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { fillNotice } from '../../../src/catalog/notices.ts'
import { allowancesOf, costOf, illustrativeIn, packagesOf } from './told.ts'

const april = loadCatalog('catalogs/wevion-2026-04.yaml')
const cost = (rate: string, quantity?: string, count?: number) => costOf(april, rate, quantity, count)
const rates = [...april.rateCard.rates.values()]

it('V1: any paid plan and any member spends, on every rate', () => {
  expect(april.plans.map(({ id, topUp }) => [id, topUp])).toEqual([
    ['starter', true],
    ['pro', true],
    ['enterprise', true],
  ])
  for (const { requires, plans, role } of rates) {
    expect([requires, plans, role]).toEqual([['PLAN'], ['starter', 'pro', 'enterprise'], 'MEMBER'])
  }
})

it('V2: charges nothing before it succeeds', () => {
  expect(new Set(rates.map(({ charge }) => charge))).toEqual(new Set(['at-success']))
})

it('V3, V12: deposits nothing by itself; sells 5,000, 20,000 and 50,000 credits that never expire', () => {
  expect(allowancesOf(april)).toEqual([])
  expect(april.defaultPlan).toBeNull()
  expect(packagesOf(april)).toEqual([
    ['starter', '5000', '5', '1', 79],
    ['standard', '20000', '20', '1', 317],
    ['pro', '50000', '50', '1', 793],
  ])
  expect(april.expiry.PACKAGE).toBe('never')
})

it('V4, V9: chat costs credits', () => {
  expect(cost('chat.input', '850')).toBe('7.65')
  expect(cost('chat.output', '120')).toBe('5.4')
})

it.each([
  ['V5: 4 images with Flux 2 Pro', 'image.flux-2-pro', '1', 4, '$0.12'],
  ['V5: an image with GPT Image 1.5', 'image.gpt-image-1-5', '1', 1, '$0.04'],
  ['V5: an image with Seedream 4.5', 'image.seedream-4-5', '1', 1, '$0.03'],
  ['V5: a background removed', 'image.background-removal', '1', 1, '$0.02'],
  ['V6: 10 seconds with Kling 3.0', 'video.kling-3-0', '10', 1, '$1.7'],
  ['V6: 5 seconds with Luma Ray 3', 'video.luma-ray-3', '5', 1, '$0.5'],
  ['V6: 5 seconds with Veo 3.1', 'video.veo-3-1', '5', 1, '$0.5'],
  ['V6: 10 seconds with Kling 2.6', 'video.kling-2-6', '10', 1, '$0.7'],
  ['V6: 12 seconds with Runway Gen-4', 'video.runway-gen-4', '12', 1, '$0.6'],
  ['V7: 30 seconds of an avatar', 'avatar.talking-head', '30', 1, '$0.5'],
  ['V7: 31 seconds of an avatar', 'avatar.talking-head', '31', 1, '$1'],
  ['V7: 90 seconds of an avatar', 'avatar.talking-head', '90', 1, '$1.5'],
  ['V7: 500 characters with ElevenLabs', 'tts.elevenlabs', '500', 1, '$0.15'],
  ['V7: 500 characters with OpenAI TTS', 'tts.openai', '500', 1, '$0.0075'],
  ['V8: the dearest image engine', 'image.auto', '1', 1, '$0.04'],
])('%s, V9: is metered in dollars', (_what, rate, quantity, count, money) => {
  expect(cost(rate, quantity, count)).toBe(money)
})

it('V5: resizing is free', () => {
  expect(cost('image.resize')).toBe('0')
})

it('V10: is low below 100 credits, and says Insufficient Credits at zero', () => {
  expect(april.lowThreshold).toEqual({ credits: 100_000_000n })
  expect(fillNotice(april.notices, 'exhaustedNoGrant', {})).toContain('Insufficient Credits')
  expect(april.notices.insufficient).toBe('Insufficient Credits')
})

it('has no number of our own', () => {
  expect(illustrativeIn(april)).toEqual({ plans: [], packages: [], rates: [] })
})
