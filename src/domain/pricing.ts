import { type Credits, MOST_CREDITS } from './amounts/credits.ts'
import { ONE } from './amounts/decimal.ts'
import { divideRounded, type RoundingMode } from './amounts/fixed-point.ts'
import { addMoney, type Money } from './amounts/money.ts'
import { InvalidUsage, UnknownRate } from './errors.ts'
import {
  isWhole,
  type Priced,
  type PricedLine,
  type PricedRequirement,
  type Rate,
  type RateCard,
  type Terms,
} from './rate-card.ts'
import type { Usage } from './usage.ts'

export type PriceResult =
  | { readonly ok: true; readonly priced: Priced }
  | { readonly ok: false; readonly failure: UnknownRate | InvalidUsage }

/**
 * The price of usage (as `readUsage` returns it), exactly: `quantity / per × price × count`, with started blocks counted
 * whole where the rate rounds up, rounded once a line as the card says (metered money: to the nano-unit, in the same
 * mode). An automatic rate costs its dearest choice: it reserves the most, and the settlement names the engine that did
 * the work. Each rate's requirements are listed once.
 *
 * Refuses a rate that the card does not have (never free), a part of an image or of a use, more of a rate in all its
 * lines than it takes in one request, and a sum that has no notation. `path` is where the usage stands in the request.
 *
 * Source: facts V4–V9.
 */
export function price(card: RateCard, usage: readonly Usage[], path: readonly string[] = ['usage']): PriceResult {
  const { mode } = card.rounding
  const lines: PricedLine[] = []
  const requirements: PricedRequirement[] = []
  let low = 0n
  let high = 0n
  let metered: Money | null = null
  for (const line of usage) {
    const terms = card.terms.get(line.rate)
    if (!terms) return { ok: false, failure: new UnknownRate({ rate: line.rate }) }
    const { rate } = terms
    const fault = faultOf(rate, line, lines)
    if (fault) return refuse([...path, `${lines.length}`, fault.field], fault.reason)
    const demands = rate.requires.length > 0 || rate.role !== 'MEMBER'
    if (demands && !requirements.some((known) => known.rate === rate.id)) {
      const { id, name, requires, plans, role } = rate
      requirements.push({ rate: id, name, requires, plans, role })
    }
    const priced = priceLine(terms, line, mode)
    low += priced.low
    high += priced.high
    if (priced.money) metered = metered ? addMoney(metered, priced.money) : priced.money
    lines.push(line.tags === undefined ? priced : { ...priced, tags: line.tags })
  }
  if (!isWritable(high, metered)) {
    return refuse(path, 'it costs more than can be written down: give less, or split it up')
  }
  return { ok: true, priced: { rateCardVersion: card.version, lines, total: high, low, high, metered, requirements } }
}

/** The largest amount of the ledger's columns, in nano-units: some 9.2 billion of the currency in one request. */
const MOST_METERED = 2n ** 63n - 1n

/** Whether the most that usage can cost has a notation. */
export const isWritable = (high: Credits, metered: Money | null): boolean =>
  high <= MOST_CREDITS && (metered === null || metered.amount <= MOST_METERED)

type Asked = Pick<Usage, 'quantity' | 'count'>

/**
 * Why a line can't stand behind the lines before it; undefined: it can. An automatic rate is asked by its own unit and
 * `maxCount`, and its lines don't count among those of its choices.
 */
export function faultOf({ id, unit, maxCount }: Rate, line: Usage, before: readonly PricedLine[]) {
  const whole = isWhole(unit)
  if (whole && line.quantity !== ONE && line.quantity % ONE !== 0n) {
    const things = unit === 'IMAGE' ? 'images' : 'uses'
    return { field: 'quantity', reason: `'${id}' is counted in whole ${things}: give a quantity without a fraction` }
  }
  if (maxCount === undefined) return undefined
  let asked = piecesOf(line, whole)
  for (const other of before) {
    if (other.rate === id) asked += piecesOf(other, whole)
  }
  if (asked <= maxCount) return undefined
  const most = `give at most ${maxCount}${whole ? ' (quantity × count)' : ''}, all lines of this rate together`
  return {
    field: whole && line.quantity > BigInt(maxCount) * ONE ? 'quantity' : 'count',
    reason: `it makes ${asked} of '${id}' in one request: ${most}`,
  }
}

/** How much of `maxCount` a line takes. A quantity that can be divided says how long or large each asset is, not how many. */
function piecesOf({ quantity, count }: Asked, whole: boolean): number {
  return whole && quantity !== ONE ? Number(quantity / ONE) * count : count
}

/** The price of one line, whatever stands beside it. */
export function priceLine(terms: Terms, { quantity, count }: Usage, mode: RoundingMode): PricedLine {
  const { rate, choices, currency } = terms
  const assets = BigInt(count)
  let low = costOf(choices?.[0] ?? terms, quantity, assets, mode)
  let high = low
  for (const choice of choices ?? []) {
    const cost = costOf(choice, quantity, assets, mode)
    if (cost < low) low = cost
    if (cost > high) high = cost
  }
  const { id, name, category } = rate
  if (currency === null) return { rate: id, name, category, quantity, count, credits: high, low, high, money: null }
  const money = { amount: high, currency }
  return { rate: id, name, category, quantity, count, credits: 0n, low: 0n, high: 0n, money }
}

function costOf(terms: Terms, quantity: bigint, count: bigint, mode: RoundingMode): bigint {
  const { numerator, denominator, step, block } = terms
  const units = block === null ? quantity : (quantity + block - 1n) / block
  return divideRounded(units * count * numerator, denominator, mode) * step
}

function refuse(path: readonly string[], reason: string): PriceResult {
  return { ok: false, failure: new InvalidUsage({ path, reason }) }
}
