import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sharesOf } from '../../src/domain/amounts/shares.ts'

test('shares add up to the whole, each less than 1 off its exact part, and equal weights differ by 1 at most', () => {
  const weight = fc.bigInt({ min: 0n, max: 10n ** 12n })
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 9n }),
      fc.array(weight, { minLength: 1, maxLength: 60 }),
      (whole, weights) => {
        const sum = weights.reduce((total, one) => total + one, 0n)
        fc.pre(sum > 0n)
        const shares = sharesOf(whole, weights)
        expect(shares.reduce((total, one) => total + one, 0n)).toBe(whole)
        for (const [index, share] of shares.entries()) {
          const off = share * sum - whole * (weights[index] ?? 0n)
          expect(off < sum && off > -sum).toBe(true)
          for (const [other, weight] of weights.entries()) {
            if (weight === weights[index]) expect([-1n, 0n, 1n]).toContain(share - (shares[other] ?? 0n))
          }
        }
      },
    ),
  )
})

test('a weight of nothing has no share, and no weights at all are a defect', () => {
  expect(sharesOf(10n, [0n, 3n, 0n])).toEqual([0n, 10n, 0n])
  expect(sharesOf(5n, [1n, 1n, 1n])).toEqual([2n, 2n, 1n])
  expect(() => sharesOf(1n, [])).toThrow('no shares')
  expect(() => sharesOf(1n, [0n])).toThrow('no shares')
})
