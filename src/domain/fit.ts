import type { Credits } from './amounts/credits.ts'
import { type Decimal, ONE } from './amounts/decimal.ts'
import { addMoney } from './amounts/money.ts'
import { InvalidUsage } from './errors.ts'
import { faultOf, isWritable, price, priceLine } from './pricing.ts'
import type { PricedLine, RateCard, Unit } from './rate-card.ts'
import { quantityRule, readQuantity, type Usage } from './usage.ts'

/** The least and the most of the last usage line that suits the caller, in micro-units: above 0, in this order. */
export type Fit = { readonly atLeast: Decimal; readonly atMost: Decimal }

/** The contract's `FitInput`. */
export type FitLine = { readonly atLeast: string; readonly atMost: string }

/**
 * The fit within its bounds, which are those of a quantity, or the first fault with its path. The fit decides the quantity of
 * the last line, so that line has none of its own: 1, the default.
 */
export function readFit({ atLeast: least, atMost: most }: FitLine, usage: readonly Usage[]): Fit | InvalidUsage {
  const atLeast = readQuantity(least)
  if (atLeast === undefined) return refuse(['fit', 'atLeast'], quantityRule)
  const atMost = readQuantity(most)
  if (atMost === undefined) return refuse(['fit', 'atMost'], quantityRule)
  if (atLeast > atMost) return refuse(['fit', 'atLeast'], 'it is above atMost: give at most that')
  if (usage.at(-1)?.quantity !== ONE) {
    return refuse(
      ['usage', `${usage.length - 1}`, 'quantity'],
      'fit decides how much of the last line is held: leave its quantity out',
    )
  }
  return { atLeast, atMost }
}

/** The units of which a part is of no use. `price` takes fractions of tokens and characters: an average has them. */
const indivisible: ReadonlySet<Unit> = new Set(['TOKEN', 'CHARACTER', 'USE', 'IMAGE'])

/**
 * The usage with the largest quantity of its last line, in whole steps of its unit, with which the most that all lines
 * can cost is at most what is `spendable` on them for what the last one costs, and which `price` takes. Where no quantity between the two is one, the least of them,
 * so that its price says why.
 *
 * A price never falls when a quantity grows, so halving the range finds the largest exactly, whatever the rate rounds.
 */
export function fitLast(
  card: RateCard,
  { usage, fit }: { readonly usage: readonly Usage[]; readonly fit: Fit },
  spendable: (lines: readonly PricedLine[]) => (cost: Credits) => Credits,
): readonly Usage[] | InvalidUsage {
  const last = usage.at(-1)
  const terms = last && card.terms.get(last.rate)
  const before = price(card, usage.slice(0, -1))
  // The price of the whole usage says what is wrong.
  if (last === undefined || terms === undefined || !before.ok) return usage
  const { lines, high, metered } = before.priced
  const step = indivisible.has(terms.rate.unit) ? ONE : 1n
  const lineOf = (steps: bigint): Usage => ({ ...last, quantity: steps * step })
  const least = (fit.atLeast + step - 1n) / step
  const most = fit.atMost / step
  if (least > most) {
    const reason = `'${last.rate}' is held in whole units, and there is none between atLeast and atMost: widen them`
    return refuse(['fit'], reason)
  }
  const fault = faultOf(terms.rate, lineOf(least), lines)
  if (fault?.field === 'quantity') return refuse(['fit', 'atLeast'], fault.reason)

  const spendableFor = spendable([...lines, priceLine(terms, lineOf(least), card.rounding.mode)])
  const fits = (steps: bigint): boolean => {
    const line = lineOf(steps)
    const priced = priceLine(terms, line, card.rounding.mode)
    const money = metered && priced.money ? addMoney(metered, priced.money) : (priced.money ?? metered)
    const total = high + priced.high
    return (
      total <= spendableFor(priced.credits) &&
      isWritable(total, money) &&
      faultOf(terms.rate, line, lines) === undefined
    )
  }
  let low = fits(most) ? most : least
  let top = most
  while (low < top) {
    const middle = (low + top + 1n) / 2n
    if (fits(middle)) low = middle
    else top = middle - 1n
  }
  return [...usage.slice(0, -1), lineOf(low)]
}

function refuse(path: readonly string[], reason: string): InvalidUsage {
  return new InvalidUsage({ path, reason })
}
