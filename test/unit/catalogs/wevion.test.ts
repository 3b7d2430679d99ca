import { expect, it } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { fillNotice } from '../../../src/catalog/notices.ts'
import { allowancesOf, costOf, illustrativeIn, packagesOf } from './told.ts'

const wevion = loadCatalog('catalogs/wevion.yaml')
const cost = (rate: string, quantity?: string, count?: number) => costOf(wevion, rate, quantity, count)

it('W1: deposits a weekly grant on every plan, Free included, on Mondays, in UTC; nothing of it rolls over', () => {
  expect(allowancesOf(wevion)).toEqual([
    ['free', 'week', '500 WEEK', 'calendar', null, 'none'],
    ['starter', 'week', '2500 WEEK', 'calendar', null, 'none'],
    ['pro', 'week', '10000 WEEK', 'calendar', null, 'none'],
    ['enterprise', 'week', '50000 WEEK', 'calendar', null, 'none'],
  ])
  expect(wevion.timeZone).toBe('UTC')
  expect(wevion.defaultPlan).toBe('free')
})

it('W1, G1: burns what a plan included before anything else', () => {
  const { INCLUDED, ...others } = wevion.burnPriority
  expect(Math.min(...Object.values(others))).toBeGreaterThan(INCLUDED)
})

it('W2, V12: bought credits never expire, and a changed plan deposits from the next grant on', () => {
  expect(wevion.expiry).toMatchObject({ PACKAGE: 'never', AUTO_RECHARGE: 'never' })
  expect(wevion.planChanges).toBe('next-deposit')
})

it('W4, V3: sells 5,000, 20,000 and 50,000 credits at $1 per 1,000, for about 79, 317 and 793 messages', () => {
  expect(packagesOf(wevion)).toEqual([
    ['starter', '5000', '5', '1', 79],
    ['standard', '20000', '20', '1', 317],
    ['pro', '50000', '50', '1', 793],
  ])
  expect(wevion.typicalMessage).toBe(63_000_000n)
})

it('W7: light chat is free, and who is exhausted is told until when to wait', () => {
  expect(cost('chat.light')).toBe('0')
  expect(wevion.rateCard.rates.get('chat.light')?.requires).toEqual([])
  expect(fillNotice(wevion.notices, 'exhausted', { date: 'Monday, November 23' })).toBe(
    'AI Credits exhausted — top up or wait until Monday, November 23',
  )
})

it('W8, V2: avatars are charged at the start, everything else when it succeeds', () => {
  const atStart = [...wevion.rateCard.rates.values()].filter(({ charge }) => charge === 'at-start')
  expect(atStart.map(({ id }) => id)).toEqual(['avatar.talking-head'])
})

it('W9: Enterprise buys through sales, everybody else in the app', () => {
  expect(wevion.plans.map(({ id, topUp, contact }) => [id, topUp, contact])).toEqual([
    ['free', true, null],
    ['starter', true, null],
    ['pro', true, null],
    ['enterprise', false, 'sales@wevion.ai'],
  ])
})

it('V1: members spend', () => {
  expect(new Set([...wevion.rateCard.rates.values()].map(({ role }) => role))).toEqual(new Set(['MEMBER']))
})

it.each([
  ['V4: 1,000 tokens in', 'chat.input', '1000', 1, '9'],
  ['V4: 1,000 tokens out', 'chat.output', '1000', 1, '45'],
  ['V5: 4 images with Flux 2 Pro', 'image.flux-2-pro', '1', 4, '120'],
  ['V5: an image with GPT Image 1.5', 'image.gpt-image-1-5', '1', 1, '40'],
  ['V5: an image with Seedream 4.5', 'image.seedream-4-5', '1', 1, '30'],
  ['V5: a background removed', 'image.background-removal', '1', 1, '20'],
  ['V5: an image resized', 'image.resize', '1', 1, '0'],
  ['V6: 5 seconds with Kling 3.0', 'video.kling-3-0', '5', 1, '850'],
  ['V6: 10 seconds with Luma Ray 3', 'video.luma-ray-3', '10', 1, '1000'],
  ['V6: 10 seconds with Veo 3.1', 'video.veo-3-1', '10', 1, '1000'],
  ['V6: 15 seconds with Kling 2.6', 'video.kling-2-6', '15', 1, '1050'],
  ['V6: 5 seconds with Runway Gen-4', 'video.runway-gen-4', '5', 1, '250'],
  ['V7: 45 seconds of an avatar', 'avatar.talking-head', '45', 1, '1000'],
  ['V7: 500 characters with ElevenLabs', 'tts.elevenlabs', '500', 1, '150'],
  ['V7: 500 characters with OpenAI TTS', 'tts.openai', '500', 1, '7.5'],
  ['V8: the dearest image engine is reserved', 'image.auto', '1', 1, '40'],
  ['V8: the dearest video engine is reserved', 'video.auto', '5', 1, '850'],
])('%s, V9: costs credits at $1 = 1,000', (_what, rate, quantity, count, credits) => {
  expect(cost(rate, quantity, count)).toBe(credits)
})

it('V5: takes up to 10 variants a request', () => {
  expect(cost('image.flux-2-pro', '1', 10)).toBe('300')
  expect(() => cost('image.flux-2-pro', '1', 11)).toThrow('at most 10')
})

it('V10: is low below 100 credits', () => {
  expect(wevion.lowThreshold).toEqual({ credits: 100_000_000n })
})

it('marks what no document gives, and only that', () => {
  expect(illustrativeIn(wevion)).toEqual({
    plans: ['free.week', 'starter.week', 'pro.week', 'enterprise.week'],
    packages: [],
    rates: ['chat.deep-analysis'],
  })
})
