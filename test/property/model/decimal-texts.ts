import fc from 'fast-check'

const decimalText = (most: number, fraction: number) =>
  fc
    .tuple(fc.nat({ max: most }), fc.nat({ max: 10 ** fraction - 1 }), fc.boolean())
    .map(([whole, part, short]) => (short ? `${whole}` : `${whole}.${String(part).padStart(fraction, '0')}`))

/** A decimal above 0, its whole part at most `most`, with `fraction` digits behind the point or none. */
export const above0 = (most: number, fraction: number) =>
  decimalText(most, fraction).filter((text) => /[1-9]/.test(text))

export const need = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('The generator made a text that is no number.')
  return value
}
