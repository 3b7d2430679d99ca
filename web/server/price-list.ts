import type { PricesQuery, UsageInput } from './contract.ts'

type Card = PricesQuery['rateCard']
type Rate = Card['categories'][number]['rates'][number]

/** A decimal of 6 digits behind the point, in millionths. */
const unit = 1_000_000n

/** @throws {TypeError} where the text is no decimal with at most 6 digits behind the point. */
export function millionths(text: string): bigint {
  const match = /^(\d{1,13})(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null) throw new TypeError(`Give a decimal with at most 6 digits behind the point, not ${text}`)
  const [, whole = '', fraction = ''] = match
  return BigInt(whole + fraction.padEnd(6, '0'))
}

/** The notation of `Credits` in the API: no trailing zeros. */
export function decimalOf(value: bigint): string {
  const fraction = `${value % unit}`.padStart(6, '0').replace(/0+$/, '')
  return fraction === '' ? `${value / unit}` : `${value / unit}.${fraction}`
}

/**
 * The prices of one rate card, as the gateway computes them: `quantity / per × credits × count`, with started blocks counted whole where the
 * rate rounds up, rounded once a line.
 */
export class PriceList {
  readonly #rates: ReadonlyMap<string, Rate>
  readonly #step: bigint
  readonly #mode: Card['roundingMode']

  /** `codes`: the rates that it prices. Any other is refused. */
  constructor({ categories, roundedTo, roundingMode }: Card, codes: ReadonlySet<string>) {
    const rates = categories.flatMap((category) => category.rates).filter(({ code }) => codes.has(code))
    this.#rates = new Map(rates.map((rate) => [rate.code, rate]))
    this.#step = millionths(roundedTo)
    this.#mode = roundingMode
  }

  /**
   * The price of usage in millionths of a credit.
   *
   * @throws {TypeError} for a rate without a price in credits that is known beforehand: an automatic one, a METERED one, one that is charged
   * AT_START, or one that the list does not have.
   */
  priceOf(usage: readonly UsageInput[]): bigint {
    return usage.reduce((sum, line) => sum + this.#lineOf(line), 0n)
  }

  #lineOf({ rate: code, quantity, count }: UsageInput): bigint {
    const rate = this.#rates.get(code)
    if (rate === undefined)
      throw new TypeError(`The lease does not have the rate ${code}: name it in the usage of the lease`)
    if (rate.credits === null || rate.settlement !== 'CREDITS' || rate.charge !== 'AT_SUCCESS') {
      throw new TypeError(`${code} has no price that a lease knows beforehand: place a hold for it`)
    }
    const per = millionths(rate.per)
    const asked = millionths(quantity ?? '1')
    const units = (rate.roundsUp ? (asked + per - 1n) / per : asked) * BigInt(count ?? 1)
    const denominator = this.#step * (rate.roundsUp ? 1n : per)
    return divided(units * millionths(rate.credits), denominator, this.#mode) * this.#step
  }
}

function divided(numerator: bigint, denominator: bigint, mode: Card['roundingMode']): bigint {
  const quotient = numerator / denominator
  const rest = numerator % denominator
  if (rest === 0n || mode === 'DOWN') return quotient
  const doubled = rest * 2n
  const isMiddle = doubled === denominator
  const isUp = mode === 'UP' || doubled > denominator || (isMiddle && (mode === 'HALF_UP' || quotient % 2n === 1n))
  return isUp ? quotient + 1n : quotient
}
