import { describe, expect, it } from 'vitest'
import { decimalOf, microOf, shareOf } from '../../../web/elements/controllers/amounts.ts'

describe('an amount of the API', () => {
  it.each(['0', '13.05', '-0.000001', '9007199254740993.5'])('is %s again after exact arithmetic', (text) => {
    expect(decimalOf(microOf(text))).toBe(text)
  })

  it('is refused where it is no decimal number', () => {
    for (const text of ['', '1e3', '1,5', 'NaN']) expect(() => microOf(text)).toThrow(RangeError)
  })

  it('has a share of another between 0 and 1', () => {
    expect([shareOf('25', '100'), shareOf('3', '0'), shareOf('-1', '5'), shareOf('7', '5')]).toEqual([0.25, 0, 0, 1])
  })
})
