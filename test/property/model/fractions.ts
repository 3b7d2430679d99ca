import type { RoundingMode } from '../../../src/domain/amounts/fixed-point.ts'

/** A fraction as in school, not negative and never reduced. It shares nothing with the code under test. */
export type Fraction = { n: bigint; d: bigint }

export const fraction = (text: string): Fraction => {
  const [whole = '', part = ''] = text.split('.')
  return { n: BigInt(whole + part), d: BigInt(`1${'0'.repeat(part.length)}`) }
}
export const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d })
export const over = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d, d: a.d * b.n })
export const floor = ({ n, d }: Fraction): bigint => (n - (n % d)) / d
export const ceiling = (a: Fraction): bigint => (a.n % a.d === 0n ? floor(a) : floor(a) + 1n)

export function rounded(a: Fraction, mode: RoundingMode): bigint {
  if (mode === 'down') return floor(a)
  if (mode === 'up') return ceiling(a)
  const plusHalf = { n: a.n * 2n + a.d, d: a.d * 2n }
  const tie = plusHalf.n % plusHalf.d === 0n
  return tie && mode === 'half-even' && floor(plusHalf) % 2n === 1n ? floor(plusHalf) - 1n : floor(plusHalf)
}
