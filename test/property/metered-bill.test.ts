import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { divideRounded } from '../../src/domain/amounts/fixed-point.ts'
import { billAmount, billLines } from '../../src/domain/metered-bill.ts'

/** The nano-units of the smallest unit in which Stripe writes a currency, and of the steps in which it is paid. */
const currency = fc.constantFrom(
  { code: 'USD', unit: 10_000_000n, step: 10_000_000n },
  { code: 'JPY', unit: 1_000_000_000n, step: 1_000_000_000n },
  { code: 'KWD', unit: 1_000_000n, step: 10_000_000n },
  { code: 'ISK', unit: 10_000_000n, step: 1_000_000_000n },
  { code: 'UGX', unit: 10_000_000n, step: 1_000_000_000n },
)
const amount = fc.oneof(
  fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }),
  fc.bigInt({ min: -20n, max: 20n }).map((halves) => halves * 5_000_000n),
  fc.bigInt({ min: 0n, max: 30_000_000n }),
)

describe("a bill's lines", () => {
  test('add up to the exact sum rounded once, each less than one step off', () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 30 }), currency, (amounts, { code, unit, step }) => {
        const lines = billLines(amounts, code)
        const sum = amounts.reduce((added, one) => added + one, 0n)
        expect(billAmount(lines, code)).toBe(divideRounded(sum, step, 'half-even') * step)
        for (const [index, one] of amounts.entries()) {
          const off = (lines[index] ?? 0n) * unit - one
          expect(off < step && -off < step).toBe(true)
          expect((lines[index] ?? 0n) % (step / unit)).toBe(0n)
          if (one % step === 0n) expect(off).toBe(0n)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('give what is left over to those that lost most', () => {
    const cents = (...amounts: number[]) =>
      billLines(
        amounts.map((one) => BigInt(Math.round(one * 1e9))),
        'USD',
      ).map(Number)
    expect(cents(0.004, 0.004, 0.004)).toEqual([1, 0, 0])
    expect(cents(0.996, 0.009, 0.995)).toEqual([100, 1, 99])
    expect(cents(0.005)).toEqual([0])
    expect(cents(0.015)).toEqual([2])
    expect(cents(1, -0.004)).toEqual([100, 0])
    expect(cents()).toEqual([])
  })
})
