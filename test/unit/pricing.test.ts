import { describe, expect, it } from 'vitest'
import { loadCatalog, parseCatalog } from '../../src/catalog/load.ts'
import { formatCredits } from '../../src/domain/credits.ts'
import { formatMoney } from '../../src/domain/money.ts'
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

  it('V5: an eleventh variant is refused where it stands', () => {
    expect(refused([{ rate: 'chat.light' }, { rate: 'image.auto', count: 11 }])).toMatchObject({
      code: 'INVALID_USAGE',
      path: ['usage', '1', 'count'],
    })
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
