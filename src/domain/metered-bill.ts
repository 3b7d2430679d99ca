import { divideRounded } from './amounts/fixed-point.ts'
import { minorUnit } from './amounts/money.ts'
import { payableIn } from './amounts/payable.ts'

/**
 * The line of each amount (nano-units of one currency) on a bill, in the currency's smallest units. The lines add up to
 * the exact sum rounded once to what can be paid, half to even. Each line is less than one step of the currency off, and an amount that is payable exactly
 * stays the same. Steps left over by rounding go to the amounts that lost most by it, then to the larger ones, then to
 * the first.
 */
export function billLines(amounts: readonly bigint[], currency: string): bigint[] {
  const { step } = payableIn(currency)
  const sum = amounts.reduce((added, amount) => added + amount, 0n)
  const lines = amounts.map((amount) => floor(amount, step))
  const lost = (index: number) => (amounts[index] ?? 0n) - (lines[index] ?? 0n) * step
  const left = divideRounded(sum, step, 'half-even') - lines.reduce((added, line) => added + line, 0n)
  const first = lines
    .map((_, index) => index)
    .sort((a, b) => descending(lost(a), lost(b)) || descending(lines[a] ?? 0n, lines[b] ?? 0n) || a - b)
  const raised = new Set(first.slice(0, Number(left)))
  const units = step / minorUnit(currency)
  return lines.map((line, index) => (raised.has(index) ? line + 1n : line) * units)
}

/** The sum of a bill's lines, in nano-units. */
export const billAmount = (lines: readonly bigint[], currency: string): bigint =>
  lines.reduce((added, line) => added + line, 0n) * minorUnit(currency)

/** The fate of a bill over this sum of nano-units: a sum below the least that can be charged is carried to the next bill. */
export function fateOf(sum: bigint, currency: string): 'NOTHING' | 'CARRIED' | 'DUE' {
  if (sum === 0n) return 'NOTHING'
  return sum > 0n && sum < payableIn(currency).least ? 'CARRIED' : 'DUE'
}

function floor(amount: bigint, unit: bigint): bigint {
  const quotient = amount / unit
  return quotient * unit > amount ? quotient - 1n : quotient
}

const descending = (one: bigint, other: bigint): number => (one === other ? 0 : one > other ? -1 : 1)
