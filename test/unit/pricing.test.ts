import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadCatalog, parseCatalog } from '../../src/catalog/load.ts'
import { formatCredits } from '../../src/domain/amounts/credits.ts'
import { formatMoney } from '../../src/domain/amounts/money.ts'
import { price } from '../../src/domain/pricing.ts'
import type { Priced, RateCard } from '../../src/domain/rate-card.ts'
import { readUsage, type UsageLine } from '../../src/domain/usage.ts'

const { rateCard, version } = loadCatalog('catalogs/wevion.yaml')

function priced(lines: UsageLine[], card: RateCard = rateCard): Priced {
  const read = readUsage(lines)
  if (!read.ok) throw new Error(read.failure.message)
  const result = price(card, read.usage)
  if (!result.ok) throw new Error(result.failure.message)
  return result.priced
}

function refused(lines: UsageLine[], card: RateCard = rateCard) {
  const read = readUsage(lines)
  if (!read.ok) return read.failure
  const result = price(card, read.usage)
  if (result.ok) throw new Error('It was not refused.')
  return result.failure
}

const credits = (rate: string, quantity: string, count = 1) => formatCredits(priced([{ rate, quantity, count }]).total)

describe('what Wevion charges', () => {
  it('V4: 850 input and 120 output tokens cost 13.05 credits', () => {
    const { total, lines, rateCardVersion } = priced([
      { rate: 'chat.input', quantity: '850' },
      { rate: 'chat.output', quantity: '120' },
    ])
    expect(formatCredits(total)).toBe('13.05')
    expect(lines.map((line) => formatCredits(line.credits))).toEqual(['7.65', '5.4'])
    expect(rateCardVersion).toBe(version)
  })

  it.each([
    ['V4', 'chat.input', '1000', 1, '9'],
    ['V4', 'chat.output', '1000', 1, '45'],
    ['V5', 'image.flux-2-pro', '1', 1, '30'],
    ['V5', 'image.flux-2-pro', '1', 4, '120'],
    ['V5', 'image.flux-2-pro', '1', 10, '300'],
    ['V5', 'image.gpt-image-1-5', '1', 1, '40'],
    ['V5', 'image.seedream-4-5', '1', 1, '30'],
    ['V5', 'image.background-removal', '1', 1, '20'],
    ['V5', 'image.resize', '1', 1, '0'],
    ['V6', 'video.kling-3-0', '5', 1, '850'],
    ['V6', 'video.kling-3-0', '10', 1, '1700'],
    ['V6', 'video.luma-ray-3', '5', 1, '500'],
    ['V6', 'video.luma-ray-3', '10', 1, '1000'],
    ['V6', 'video.veo-3-1', '5', 1, '500'],
    ['V6', 'video.veo-3-1', '10', 1, '1000'],
    ['V6', 'video.kling-2-6', '5', 1, '350'],
    ['V6', 'video.kling-2-6', '10', 1, '700'],
    ['V6', 'video.runway-gen-4', '5', 1, '250'],
    ['V6', 'video.runway-gen-4', '10', 1, '500'],
    ['V6, auto-extension', 'video.kling-3-0', '14', 1, '2380'],
    ['V7', 'avatar.talking-head', '0.000001', 1, '500'],
    ['V7', 'avatar.talking-head', '30', 1, '500'],
    ['V7', 'avatar.talking-head', '30.000001', 1, '1000'],
    ['V7', 'avatar.talking-head', '31', 1, '1000'],
    ['V7', 'avatar.talking-head', '45', 1, '1000'],
    ['V7', 'avatar.talking-head', '60', 1, '1000'],
    ['V7', 'avatar.talking-head', '61', 1, '1500'],
    ['V7', 'avatar.talking-head', '90', 1, '1500'],
    ['V7, blocks for each asset', 'avatar.talking-head', '45', 2, '2000'],
    ['V7', 'tts.elevenlabs', '1000', 1, '300'],
    ['V7', 'tts.elevenlabs', '500', 1, '150'],
    ['V7', 'tts.openai', '1000', 1, '15'],
    ['V7', 'tts.openai', '500', 1, '7.5'],
    ['V7', 'tts.openai', '1', 1, '0.015'],
    ['W7', 'chat.light', '1', 1, '0'],
  ])('%s: %s, %s × %i costs %s credits', (_fact, rate, quantity, count, expected) => {
    expect(credits(rate, quantity, count)).toBe(expected)
  })

  it.each([
    ['image.auto', '1', '30', '40'],
    ['video.auto', '10', '500', '1700'],
    ['tts.auto', '500', '7.5', '150'],
  ])('V8: %s for %s may cost %s to %s credits, and reserves the most', (rate, quantity, low, high) => {
    const { lines, ...sums } = priced([{ rate, quantity }])
    for (const amounts of [sums, ...lines]) {
      expect([amounts.low, amounts.high].map(formatCredits)).toEqual([low, high])
    }
    expect(formatCredits(sums.total)).toBe(high)
    expect(lines.map((line) => formatCredits(line.credits))).toEqual([high])
  })

  it('V8: a chosen engine beside an automatic one leaves only the automatic one open', () => {
    const sums = priced([{ rate: 'image.flux-2-pro', count: 2 }, { rate: 'image.auto' }])
    expect([sums.low, sums.total, sums.high].map(formatCredits)).toEqual(['90', '100', '100'])
  })

  it('V9: what is priced in money is paid in credits, and nothing is metered', () => {
    const { metered, lines } = priced([{ rate: 'image.flux-2-pro' }])
    expect([metered, lines[0]?.money]).toEqual([null, null])
  })

  it('W7: only the heavy chat action asks for a plan, and it is listed once', () => {
    const lines = [...rateCard.rates.keys()].map((rate) => ({ rate }))
    expect(priced([...lines, { rate: 'chat.deep-analysis' }]).requirements).toEqual([
      {
        rate: 'chat.deep-analysis',
        name: 'Deep analysis',
        requires: ['PLAN'],
        role: 'MEMBER',
        plans: ['starter', 'pro', 'enterprise'],
      },
    ])
  })
})

describe('what has no price', () => {
  it('is an unknown rate, never free', () => {
    expect(refused([{ rate: 'chat.light' }, { rate: 'image.flux-9' }])).toMatchObject({
      code: 'UNKNOWN_RATE',
      rate: 'image.flux-9',
    })
  })

  it.each(['__proto__', 'constructor', 'Chat.light'])('%s is unknown as well', (rate) => {
    expect(refused([{ rate }]).code).toBe('UNKNOWN_RATE')
  })

  const flux = 'image.flux-2-pro'
  it.each<[string, UsageLine[], string[]]>([
    ['11 assets', [{ rate: 'chat.light' }, { rate: 'image.auto', count: 11 }], ['1', 'count']],
    ['11 in one quantity', [{ rate: 'image.auto', quantity: '11' }], ['0', 'quantity']],
    ['100 in one quantity', [{ rate: flux, quantity: '100' }], ['0', 'quantity']],
    ['as many as there can be', [{ rate: flux, quantity: '1000000000000', count: 1000 }], ['0', 'quantity']],
    ['2 for each of 6 assets', [{ rate: flux, quantity: '2', count: 6 }], ['0', 'count']],
    [
      '10 in each of two lines',
      [
        { rate: flux, count: 10 },
        { rate: flux, count: 10 },
      ],
      ['1', 'count'],
    ],
    [
      'an eleventh behind another rate',
      [{ rate: flux, quantity: '5', count: 2 }, { rate: 'chat.light' }, { rate: flux }],
      ['2', 'count'],
    ],
    ['one for each of 11 lines', Array.from({ length: 11 }, () => ({ rate: flux })), ['10', 'count']],
  ])('V5: more than 10 variants a request are refused where the eleventh stands: %s', (_what, lines, path) => {
    const failure = refused(lines)
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', path: ['usage', ...path] })
    expect(failure.message).toContain('give at most 10 (quantity × count), all lines of this rate together')
  })

  it.each<[string, UsageLine[], string]>([
    ['10 assets', [{ rate: flux, count: 10 }], '300'],
    ['10 in one quantity', [{ rate: flux, quantity: '10' }], '300'],
    ['5 for each of 2 assets', [{ rate: flux, quantity: '5.0', count: 2 }], '300'],
    ['one for each of 10 lines', Array.from({ length: 10 }, () => ({ rate: flux })), '300'],
    [
      '10 of each of two rates',
      [
        { rate: flux, count: 10 },
        { rate: 'image.auto', count: 10 },
      ],
      '700',
    ],
    ['what has no limit', [{ rate: 'image.background-removal', quantity: '100' }], '2000'],
  ])('V5: up to 10 variants of a rate are taken in any notation, each charged: %s', (_what, lines, expected) => {
    expect(formatCredits(priced(lines).total)).toBe(expected)
  })

  it.each([
    ['V5', flux, '0.5', 'images'],
    ['V5', 'image.auto', '1.000001', 'images'],
    ['V5', 'image.resize', '999999999999.999999', 'images'],
    ['W7', 'chat.deep-analysis', '0.3', 'uses'],
    ['W7', 'chat.light', '0.000001', 'uses'],
  ])('%s: a part of an image or of a use is refused where it stands: %s × %s', (_fact, rate, quantity, things) => {
    const failure = refused([{ rate: 'chat.input' }, { rate, quantity }])
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', path: ['usage', '1', 'quantity'] })
    expect(failure.message).toContain(`'${rate}' is counted in whole ${things}: give a quantity without a fraction`)
  })

  it('is more assets than a rate takes, in all its lines, however long each may be', () => {
    const { rateCard: card } = parseCatalog(
      readFileSync('catalogs/wevion.yaml', 'utf8').replace('roundsUp: true', '$&, maxCount: 2'),
      'two-avatars.yaml',
    )
    const clip = { rate: 'avatar.talking-head', quantity: '14.5' }
    expect(formatCredits(priced([clip, clip], card).total)).toBe('1000')
    const failure = refused([clip, { ...clip, count: 2 }], card)
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', path: ['usage', '1', 'count'] })
    expect(failure.message).toContain('give at most 2, all lines of this rate together')
  })

  it('is a total without a notation', () => {
    const most = { rate: 'video.kling-3-0', quantity: '1000000000000', count: 1000 }
    expect(refused([most])).toMatchObject({ code: 'INVALID_USAGE', path: ['usage'] })
  })
})

describe('usage', () => {
  const line = { rate: 'chat.light' }
  it.each<[string, UsageLine[], string[]]>([
    ['no line', [], ['usage']],
    ['51 lines', Array.from({ length: 51 }, () => line), ['usage']],
    ['an empty rate', [{ rate: '' }], ['usage', '0', 'rate']],
    ['a rate of 101 characters', [line, { rate: 'r'.repeat(101) }], ['usage', '1', 'rate']],
    ['a quantity of 0', [{ ...line, quantity: '0' }], ['usage', '0', 'quantity']],
    ['a negative quantity', [{ ...line, quantity: '-1' }], ['usage', '0', 'quantity']],
    ['seven fraction digits', [{ ...line, quantity: '0.0000001' }], ['usage', '0', 'quantity']],
    ['more than 10^12', [{ ...line, quantity: '1000000000000.000001' }], ['usage', '0', 'quantity']],
    ['no number', [{ ...line, quantity: 'many' }], ['usage', '0', 'quantity']],
    ['a count of 0', [{ ...line, count: 0 }], ['usage', '0', 'count']],
    ['a count of 1001', [{ ...line, count: 1001 }], ['usage', '0', 'count']],
    ['half an asset', [{ ...line, count: 1.5 }], ['usage', '0', 'count']],
    ['a count that is none', [{ ...line, count: Number.NaN }], ['usage', '0', 'count']],
  ])('with %s is refused where it stands', (_what, lines, path) => {
    const failure = refused(lines)
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', path })
    expect(failure.message).toContain('give')
  })

  it('is taken up to its bounds, and is one of one asset unless it says otherwise', () => {
    expect(
      readUsage([
        { rate: 'a', quantity: '1000000000000', count: 1000 },
        { rate: 'r'.repeat(100), quantity: '0.000001', count: null },
        { rate: 'b', quantity: null },
      ]),
    ).toEqual({
      ok: true,
      usage: [
        { rate: 'a', quantity: 10n ** 18n, count: 1000 },
        { rate: 'r'.repeat(100), quantity: 1n, count: 1 },
        { rate: 'b', quantity: 1_000_000n, count: 1 },
      ],
    })
    expect(readUsage(Array.from({ length: 50 }, () => line)).ok).toBe(true)
  })

  it('names its place in a larger request', () => {
    const read = readUsage([{ rate: '' }], ['events', '3', 'usage'])
    expect(read.ok ? [] : read.failure.path).toEqual(['events', '3', 'usage', '0', 'rate'])
  })
})

describe('a card that meters', () => {
  const { rateCard: metered } = parseCatalog(
    `
name: Metered
currency: USD
timeZone: UTC
lowThreshold: 100
rounding: { to: 0.01, mode: up }
notices: { exhausted: a, exhaustedNoGrant: b, low: c, insufficient: d, creditsAdded: e }
plans: []
packages: []
categories:
  - id: all
    name: All
    rates:
      - { id: chat, name: Chat, credits: 9, per: 1000, unit: TOKEN }
      - { id: flux, name: Flux, money: 0.03, unit: IMAGE, settlement: METERED }
      - { id: gpt, name: GPT, money: 0.04, unit: IMAGE, settlement: METERED }
      - { id: image, name: Image, auto: [flux, gpt], unit: IMAGE, settlement: METERED }
      - { id: resize, name: Resize, free: true, unit: IMAGE, settlement: METERED }
      - { id: third, name: Third, money: 1, per: 3, unit: SECOND, settlement: METERED }
`,
    'metered.yaml',
  )

  it('V9: metered lines cost no credits and add up in money', () => {
    const { total, metered: sum, lines } = priced([{ rate: 'flux', count: 4 }, { rate: 'gpt' }], metered)
    expect(total).toBe(0n)
    expect(lines.map(({ credits, money }) => [credits, money && formatMoney(money)])).toEqual([
      [0n, '0.12'],
      [0n, '0.04'],
    ])
    expect(sum).toEqual({ amount: 160_000_000n, currency: 'USD' })
  })

  it('V9: chat stays in credits beside them, rounded as the card says', () => {
    const { total, metered: sum } = priced([{ rate: 'chat', quantity: '1' }, { rate: 'resize' }], metered)
    expect([formatCredits(total), sum]).toEqual(['0.01', null])
  })

  it('an automatic metered rate is recorded at its dearest choice', () => {
    expect(priced([{ rate: 'image' }], metered).metered).toEqual({ amount: 40_000_000n, currency: 'USD' })
  })

  it('money is rounded to the nano-unit in the same mode', () => {
    expect(priced([{ rate: 'third' }], metered).metered).toEqual({ amount: 333_333_334n, currency: 'USD' })
  })
})
