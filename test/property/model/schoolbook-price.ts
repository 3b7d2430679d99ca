import { ceiling, floor, fraction, over, rounded, times } from './fractions.ts'
import type { OneRate } from './one-rate.ts'

/**
 * The price of one line of usage in micro-credits, by schoolbook fractions over the texts themselves; null: it has no
 * notation. The function shares nothing with the code under test: no micro-units, no precomputed terms, no truncating division.
 */
export function schoolbookPrice(texts: OneRate): bigint | null {
  const { creditsPerUnit, count, inMoney, mode } = texts
  const each = inMoney ? times(fraction(texts.price), fraction(creditsPerUnit)) : fraction(texts.price)
  const ratio = over(fraction(texts.quantity), fraction(texts.per))
  const blocks = texts.roundsUp ? { n: ceiling(ratio), d: 1n } : ratio
  const exact = times(times(blocks, each), { n: BigInt(count), d: 1n })
  const result = times({ n: rounded(over(exact, fraction(texts.to)), mode), d: 1n }, fraction(texts.to))
  return floor(result) >= 10n ** 12n ? null : (result.n * 1_000_000n) / result.d
}
