const decimals = 6

/** Exact millionths of a credit, or of a unit of money with at most six decimals; further ones are cut. */
export function microOf(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) throw new RangeError(`${JSON.stringify(text)} is no decimal number, such as 13.05`)
  const [, sign, whole, fraction = ''] = match
  const micro = BigInt(`${whole}${fraction.slice(0, decimals).padEnd(decimals, '0')}`)
  return sign === '-' ? -micro : micro
}

export function decimalOf(micro: bigint): string {
  const digits = `${micro < 0n ? -micro : micro}`.padStart(decimals + 1, '0')
  const fraction = digits.slice(-decimals).replace(/0+$/, '')
  const whole = digits.slice(0, -decimals)
  return `${micro < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** For bars and charts alone: exact up to some nine billion credits. */
export const numberOf = (text: string): number => Number(text)

/** The part's share of `whole`, from 0 to 1. */
export function shareOf(part: string, whole: string): number {
  const all = Number(whole)
  return all > 0 ? Math.min(1, Math.max(0, Number(part) / all)) : 0
}
