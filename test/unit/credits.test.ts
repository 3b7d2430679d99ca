import { describe, expect, it } from 'vitest'
import { creditsLabel, formatCredits, MICRO, MOST_CREDITS, parseCredits } from '../../src/domain/amounts/credits.ts'
import { formatDecimal, parseDecimal } from '../../src/domain/amounts/decimal.ts'
import { divideRounded, type RoundingMode } from '../../src/domain/amounts/fixed-point.ts'

describe('credits as text', () => {
  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['1', MICRO],
    ['13.05', 13_050_000n],
    ['-2', -2_000_000n],
    ['-0.5', -500_000n],
    ['0.000001', 1n],
    ['007.50', 7_500_000n],
    ['999999999999.999999', MOST_CREDITS],
  ])('reads %s exactly', (text, credits) => {
    expect(parseCredits(text)).toBe(credits)
  })

  it.each([
    '',
    '-',
    '.',
    '.5',
    '5.',
    '+5',
    ' 5',
    '5 ',
    '5\n',
    '1e3',
    '1E3',
    'NaN',
    'Infinity',
    '0x10',
    '1_000',
    '1,000',
    '1.2.3',
    '--1',
    '−1',
    '٣',
    '0.0000001',
    '1000000000000',
    '9'.repeat(1_000_000),
  ])('refuses %j', (text) => {
    expect(parseCredits(text)).toBeUndefined()
  })

  it.each([
    [13_050_000n, '13.05'],
    [-2_000_000n, '-2'],
    [0n, '0'],
    [-1n, '-0.000001'],
    [2_341_000_000n, '2341'],
    [100_000n, '0.1'],
    [MOST_CREDITS, '999999999999.999999'],
  ])('writes %s without trailing zeros', (credits, text) => {
    expect(formatCredits(credits)).toBe(text)
  })

  it('holds amounts that a JS number would round', () => {
    expect(formatCredits(parseCredits('900719925474.099301') ?? 0n)).toBe('900719925474.099301')
  })
})

describe('the label of a balance', () => {
  it.each([
    ['2341', 'en', '2,341 Credits'],
    ['2341.999999', 'en', '2,341 Credits'],
    ['0.999999', 'en', '0 Credits'],
    ['1', 'en', '1 Credits'],
    ['-0.5', 'en', '-1 Credits'],
    ['-3', 'en', '-3 Credits'],
    ['2341', 'de', '2.341 Credits'],
    ['999999999999.999999', 'en', '999,999,999,999 Credits'],
  ])('A1: %s in %s is %s: rounded down, never up', (text, locale, label) => {
    expect(creditsLabel(parseCredits(text) ?? 0n, locale)).toBe(label)
  })

  it.each(['', 'not a locale', 'xx', '💳', 'e'.repeat(10_000)])('answers the locale %j in English', (locale) => {
    expect(creditsLabel(2_341_000_000n, locale)).toBe('2,341 Credits')
  })
})

describe('quantities', () => {
  it('reach 10^12 with six fraction digits', () => {
    expect(parseDecimal('1000000000000')).toBe(10n ** 18n)
    expect(parseDecimal('0.0000001')).toBeUndefined()
    expect(formatDecimal(850_500_000n)).toBe('850.5')
  })
})

describe('rounding', () => {
  const cases: [RoundingMode, bigint[]][] = [
    ['up', [-3n, -2n, -1n, 1n, 2n, 3n]],
    ['down', [-2n, -1n, 0n, 0n, 1n, 2n]],
    ['half-up', [-3n, -2n, -1n, 1n, 2n, 3n]],
    ['half-even', [-2n, -2n, 0n, 0n, 2n, 2n]],
  ]
  it.each(cases)('%s decides ties the same on both sides of zero', (mode, rounded) => {
    expect([-5n, -3n, -1n, 1n, 3n, 5n].map((half) => divideRounded(half, 2n, mode))).toEqual(rounded)
  })

  it('leaves whole results alone in every mode', () => {
    expect(cases.map(([mode]) => divideRounded(-6n, 3n, mode))).toEqual([-2n, -2n, -2n, -2n])
  })

  it('goes to the nearer side when there is no tie', () => {
    expect([1n, 2n].map((third) => divideRounded(third, 3n, 'half-even'))).toEqual([0n, 1n])
    expect([1n, 2n].map((third) => divideRounded(third, 3n, 'half-up'))).toEqual([0n, 1n])
  })
})
