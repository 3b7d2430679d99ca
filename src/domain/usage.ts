import { type Decimal, ONE, parseDecimal } from './amounts/decimal.ts'
import { InvalidUsage } from './errors.ts'
import { inOrder, type Tag, tagFault } from './tags.ts'

/**
 * The past or future use of one rate: `quantity` micro-units (above 0, at most 10^12 units) for each of `count` assets.
 */
export type Usage = {
  readonly rate: string
  readonly quantity: Decimal
  readonly count: number
  /** 1 to 3 tags in the order of their keys; absent: it has none. */
  readonly tags?: readonly Tag[]
}

/** A line of the contract's `UsageInput`. Absent or null: a quantity of 1, a count of 1. */
export type UsageLine = {
  readonly rate: string
  readonly quantity?: string | null
  readonly count?: number | null
  readonly tags?: readonly Tag[] | null
}

export type ReadUsage = { ok: true; usage: Usage[] } | { ok: false; failure: InvalidUsage }

const MOST_LINES = 50
const LONGEST_RATE = 100
const MOST_QUANTITY: Decimal = 10n ** 12n * ONE
const MOST_COUNT = 1000

/**
 * Usage within its bounds, or the first fault with its path below `path`: 1 to 50 lines; a rate id of 1 to 100
 * characters; a quantity above 0 and at most 10^12 with at most 6 fraction digits; a whole count from 1 to 1,000. This
 * does not check whether the rates exist; `price` does. A line without tags has no `tags`.
 */
export function readUsage(input: readonly UsageLine[], path: readonly string[] = ['usage']): ReadUsage {
  if (input.length < 1 || input.length > MOST_LINES)
    return refuse(path, `it has ${input.length} lines: give 1 to ${MOST_LINES}`)
  const usage: Usage[] = []
  for (const [index, line] of input.entries()) {
    const { rate } = line
    if (rate.length < 1 || rate.length > LONGEST_RATE) {
      return refuse(
        [...path, `${index}`, 'rate'],
        `it has ${rate.length} characters: give a rate id of 1 to ${LONGEST_RATE}`,
      )
    }
    const quantity = line.quantity == null ? ONE : readQuantity(line.quantity)
    if (quantity === undefined) return refuse([...path, `${index}`, 'quantity'], quantityRule)
    const count = line.count ?? 1
    if (!Number.isInteger(count) || count < 1 || count > MOST_COUNT) {
      return refuse([...path, `${index}`, 'count'], `not a usable count: give a whole number from 1 to ${MOST_COUNT}`)
    }
    if (line.tags == null || line.tags.length === 0) {
      usage.push({ rate, quantity, count })
      continue
    }
    const fault = tagFault(line.tags)
    if (fault !== null) return refuse([...path, `${index}`, 'tags', ...fault.path], fault.reason)
    usage.push({ rate, quantity, count, tags: inOrder(line.tags) })
  }
  return { ok: true, usage }
}

/** A quantity above 0 and at most 10^12 with at most 6 fraction digits; undefined for any other text. */
export function readQuantity(text: string): Decimal | undefined {
  const quantity = parseDecimal(text)
  return quantity === undefined || quantity <= 0n || quantity > MOST_QUANTITY ? undefined : quantity
}

export const quantityRule =
  'not a usable quantity: give a plain decimal above 0 and at most 1000000000000 with at most 6 fraction digits'

function refuse(path: readonly string[], reason: string): ReadUsage {
  return { ok: false, failure: new InvalidUsage({ path, reason }) }
}
