import { NANO } from './amounts/money.ts'
import type { Rate, RateCard, RateCardContent, Terms } from './rate-card.ts'

/**
 * The card, ready for pricing: each rate's fraction is computed once, so that the price of a line takes a
 * multiplication and a division. Throws if the card has no price for a rate: two rates with one id; an `auto` of
 * unknown, differently settled or automatic rates; money without a conversion. A catalog's checks report these with
 * their line first.
 */
export function compileRateCard(content: RateCardContent): RateCard {
  const rates = new Map<string, Rate>()
  for (const rate of content.categories.flatMap((category) => category.rates)) {
    if (rates.has(rate.id)) throw new Error(`Two rates are called '${rate.id}'. Rename one of them.`)
    rates.set(rate.id, rate)
  }
  const terms = new Map<string, Terms>()
  for (const rate of rates.values()) terms.set(rate.id, termsOf(rate, rates, content))
  const currencies = new Set([...terms.values()].flatMap(({ currency }) => currency ?? []))
  if (currencies.size > 1) {
    throw new Error(`Metered rates are in ${[...currencies].join(' and ')}. Price them all in one currency.`)
  }
  return { ...content, rates, terms }
}

function termsOf(rate: Rate, rates: ReadonlyMap<string, Rate>, card: RateCardContent): Terms {
  const { price } = rate
  if ('auto' in price) {
    const choices = price.auto.map((id) => choiceOf(rate, id, rates, card))
    if (choices.length === 0) throw new Error(`'${rate.id}' has nothing to choose from. Name its choices.`)
    const currency = choices.find((choice) => choice.currency !== null)?.currency ?? null
    return { rate, numerator: 0n, denominator: 1n, step: 1n, block: null, choices, currency }
  }
  const { amount, scale, currency } = costOfOne(rate, card)
  const step = currency === null ? card.rounding.to : 1n
  const denominator = scale * step * (rate.roundsUp ? 1n : rate.per)
  const divisor = greatestCommonDivisor(amount, denominator)
  return {
    rate,
    numerator: amount / divisor,
    denominator: denominator / divisor,
    step,
    block: rate.roundsUp ? rate.per : null,
    choices: null,
    currency,
  }
}

function choiceOf(rate: Rate, id: string, rates: ReadonlyMap<string, Rate>, card: RateCardContent): Terms {
  const choice = rates.get(id)
  if (!choice || 'auto' in choice.price || choice.settlement !== rate.settlement || choice.unit !== rate.unit) {
    throw new Error(`'${rate.id}' cannot choose '${id}'. Name a rate with a price, in the same unit and settlement.`)
  }
  return termsOf(choice, rates, card)
}

/** The price of one `per`: `amount / scale` micro-credits, or nano-units of `currency` if the rate is metered. */
function costOfOne({ id, price, settlement }: Rate, card: RateCardContent) {
  if ('credits' in price) {
    if (settlement === 'METERED') throw new Error(`'${id}' is metered. Price it in money.`)
    return { amount: price.credits, scale: 1n, currency: null }
  }
  if (!('money' in price)) return { amount: 0n, scale: 1n, currency: null }
  const { amount, currency } = price.money
  if (settlement === 'METERED') return { amount, scale: 1n, currency }
  const conversion = card.creditsPerMoney
  if (conversion?.currency !== currency) {
    throw new Error(`'${id}' is priced in ${currency}. Say how many credits that buys, or meter it.`)
  }
  return { amount: amount * conversion.credits, scale: NANO, currency: null }
}

function greatestCommonDivisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one : greatestCommonDivisor(other, one % other)
}
