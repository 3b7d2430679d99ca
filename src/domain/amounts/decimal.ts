import { fixedPoint, formatFixed, parseFixed } from './fixed-point.ts'

/** A quantity in micro-units: 1 second, token or image is 1_000_000n. */
export type Decimal = bigint

// 13 integer digits, so that the largest quantity of a usage line (10^12) has a notation.
const DECIMAL = fixedPoint(13, 6)

/** One unit of a quantity, in micro-units. */
export const ONE: Decimal = DECIMAL.unit

/** Reads a plain decimal with at most 13 integer and 6 fraction digits; undefined for any other text. */
export function parseDecimal(text: string): Decimal | undefined {
  return parseFixed(text, DECIMAL)
}

/** The shortest exact notation: `850`, `0.5`. */
export function formatDecimal(decimal: Decimal): string {
  return formatFixed(decimal, DECIMAL)
}
