/** How a result between two steps is rounded. `up` and the ties of `half-up` go away from zero, `down` goes toward it. */
export type RoundingMode = 'up' | 'down' | 'half-even' | 'half-up'

/** A decimal notation: how many digits may stand before and behind the point. One unit is 10^-fractionDigits. */
export type FixedPoint = { readonly integerDigits: number; readonly fractionDigits: number; readonly unit: bigint }

export function fixedPoint(integerDigits: number, fractionDigits: number): FixedPoint {
  return Object.freeze({ integerDigits, fractionDigits, unit: 10n ** BigInt(fractionDigits) })
}

const PLAIN_DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

/**
 * Reads a decimal exactly, or answers undefined: an optional `-`, digits, and a point with at least one digit behind it.
 * Exponents, `+`, spaces, separators, a missing digit on either side of the point and too many digits are refused.
 */
export function parseFixed(text: string, { integerDigits, fractionDigits, unit }: FixedPoint): bigint | undefined {
  // The longest legal text, so that a megabyte of digits costs nothing.
  if (text.length > integerDigits + fractionDigits + 2) return undefined
  const match = PLAIN_DECIMAL.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction] = match
  if (whole.length > integerDigits || (fraction?.length ?? 0) > fractionDigits) return undefined
  const magnitude = fraction === undefined ? BigInt(whole) * unit : BigInt(whole + fraction.padEnd(fractionDigits, '0'))
  return sign ? -magnitude : magnitude
}

/** The shortest exact notation: no trailing zeros, no point without a fraction, never `-0`. */
export function formatFixed(value: bigint, { fractionDigits, unit }: FixedPoint): string {
  const magnitude = value < 0n ? -value : value
  const sign = value < 0n ? '-' : ''
  const fraction = magnitude % unit
  if (fraction === 0n) return `${sign}${magnitude / unit}`
  return `${sign}${magnitude / unit}.${fraction.toString().padStart(fractionDigits, '0').replace(/0+$/, '')}`
}

/** `numerator / denominator` as a whole number, rounded by `mode`; exact where it divides. `denominator` must be above 0. */
export function divideRounded(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  const quotient = numerator / denominator
  const rest = numerator - quotient * denominator
  if (rest === 0n || mode === 'down') return quotient
  const away = numerator < 0n ? quotient - 1n : quotient + 1n
  if (mode === 'up') return away
  const doubled = (rest < 0n ? -rest : rest) * 2n
  if (doubled !== denominator) return doubled > denominator ? away : quotient
  return mode === 'half-even' && quotient % 2n === 0n ? quotient : away
}
