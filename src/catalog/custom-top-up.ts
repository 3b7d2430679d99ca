import { z } from 'zod'
import { type CustomTopUp, isSold, topUpPrice } from '../domain/custom-top-up.ts'
import { credits, illustrative, prices } from './fields.ts'
import { priceIn } from './prices.ts'

const tier = z
  .strictObject({
    from: credits('the least amount that has this price'),
    perCredit: prices('what each credit of such an amount costs'),
  })
  .describe('a tier: from, perCredit')

/** Any amount of credits, beside the packages. */
export const customTopUp = z
  .strictObject({
    least: credits('the least that is sold at once'),
    most: credits('the most that is sold at once'),
    step: credits('the step between two amounts that are sold'),
    tiers: z
      .array(tier)
      .min(1)
      .max(50)
      .describe('what a credit costs, by the whole amount: a list of 1 to 50 tiers, from the least amount on'),
    illustrative,
  })
  .describe('any amount of credits, sold beside the packages: least, most, step, tiers, and optionally illustrative')

export type CustomTopUpContent = z.infer<typeof customTopUp>

/** The offer in one currency; null: its tiers have no prices in it. */
export function topUpIn(offer: CustomTopUpContent, currency: string, main: string) {
  const tiers = offer.tiers.flatMap(({ from, perCredit }) => {
    const amount = priceIn(perCredit, currency, main)
    return amount === null ? [] : [{ from, perCredit: amount }]
  })
  return tiers.length === offer.tiers.length ? { ...offer, tiers, currency } : null
}

type Fault = { readonly path: (string | number)[]; readonly expected: string }

/**
 * The contradictions in an offer of any amount. Each tier prices the whole amount, so a cheaper tier could make more
 * credits cost less; then nobody would buy the amounts just below it.
 */
export function* customTopUpFaults(terms: CustomTopUp, payable: (amount: bigint) => boolean): Generator<Fault> {
  const { least, most, tiers } = terms
  if (most < least || !isSold(terms, most)) {
    yield { path: ['most'], expected: 'the least amount and a number of steps' }
    return
  }
  for (const [index, { from }] of tiers.entries()) {
    const path = ['tiers', index, 'from']
    const before = tiers[index - 1]
    if (before === undefined && from !== least) yield { path, expected: 'the least amount, because this is the first' }
    else if (before !== undefined && from <= before.from) yield { path, expected: 'more than the tier before it' }
    else if (!isSold(terms, from)) yield { path, expected: 'an amount that is sold: the least and a number of steps' }
    else if (before !== undefined) yield* fallingPrice(terms, index)
  }
  if (tiers[0]?.from !== least) return
  if (!payable(topUpPrice(terms, least).amount))
    yield { path: ['least'], expected: 'an amount whose price can be paid' }
  if (!payable(topUpPrice(terms, most).amount)) yield { path: ['most'], expected: 'an amount whose price can be paid' }
}

function* fallingPrice(terms: CustomTopUp, index: number): Generator<Fault> {
  const { from } = terms.tiers[index] ?? { from: terms.least }
  const below = topUpPrice(terms, from - terms.step)
  if (topUpPrice(terms, from).amount >= below.amount) return
  const expected = 'a price at which the first amount of the tier costs no less than the last one before it'
  yield { path: ['tiers', index, 'perCredit'], expected }
}
