import fc from 'fast-check'
import { parseCredits } from '../../../src/domain/amounts/credits.ts'
import { parseDecimal } from '../../../src/domain/amounts/decimal.ts'
import { parseMoney } from '../../../src/domain/amounts/money.ts'
import { compileRateCard } from '../../../src/domain/compile-rate-card.ts'
import type { Price, Rate } from '../../../src/domain/rate-card.ts'
import type { Usage } from '../../../src/domain/usage.ts'
import { above0, need } from './decimal-texts.ts'
import { modes, plainRate } from './one-rate.ts'

const ways = ['credits', 'money', 'free', 'metered', 'free metered'] as const

const rateTexts = (maxCount: fc.Arbitrary<number | undefined>) =>
  fc.record({
    way: fc.constantFrom(...ways),
    price: above0(50, 6),
    per: fc.constantFrom('1', '30', '1000', '0.5', '6.999999'),
    roundsUp: fc.boolean(),
    unit: fc.constantFrom('SECOND' as const, 'USE' as const),
    maxCount,
    plan: fc.boolean(),
  })
type RateTexts = ReturnType<typeof rateTexts> extends fc.Arbitrary<infer T> ? T : never

/** A card of up to six rates of every kind, and automatic ones over all that can stand for one another. */
export const mixedCard = (maxCount: fc.Arbitrary<number | undefined>) =>
  fc
    .record({
      texts: fc.array(rateTexts(maxCount), { minLength: 1, maxLength: 6 }),
      to: fc.constantFrom('0.000001', '0.01', '0.25', '1', '7'),
      mode: fc.constantFrom(...modes),
    })
    .map(({ texts, to, mode }) => {
      const rates = texts.map(rateOf)
      const kinds = Map.groupBy(rates, ({ unit, settlement }) => `${unit} ${settlement}`)
      const automatic = [...kinds].map(([kind, choices]): Rate => {
        const price = { auto: choices.map(({ id }) => id) }
        return { ...need(choices[0]), id: `auto ${kind}`, price }
      })
      const card = compileRateCard({
        version: 'v',
        categories: [{ id: 'all', name: 'All', rates: [...rates, ...automatic] }],
        rounding: { to: need(parseCredits(to)), mode },
        creditsPerMoney: { currency: 'USD', credits: need(parseCredits('333.333333')) },
      })
      return { card, texts: new Map(rates.map(({ id }, index) => [id, need(texts[index])])), mode }
    })

function rateOf({ way, price, per, roundsUp, unit, maxCount, plan }: RateTexts, index: number): Rate {
  const prices: Record<(typeof ways)[number], Price> = {
    credits: { credits: need(parseCredits(price)) },
    money: { money: need(parseMoney(price, 'USD')) },
    metered: { money: need(parseMoney(price, 'USD')) },
    free: { free: true },
    'free metered': { free: true },
  }
  return {
    ...plainRate,
    id: `rate ${index}`,
    per: need(parseDecimal(per)),
    price: prices[way],
    roundsUp,
    unit,
    maxCount,
    settlement: way.endsWith('metered') ? 'METERED' : 'CREDITS',
    ...(plan ? { requires: ['PLAN' as const], plans: ['pro'] } : {}),
  }
}

/** Usage of a card in texts: which rate, by any number; which quantity, whole where it has to be; how many. */
export const someUsage = fc.array(
  fc.record({
    rate: fc.nat(),
    quantity: fc.oneof(fc.constant('1'), above0(10, 0), above0(10_000, 6)),
    count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 20 })),
  }),
  { minLength: 1, maxLength: 8 },
)
type LineTexts = typeof someUsage extends fc.Arbitrary<(infer T)[]> ? T : never

export function usageOf(rates: ReadonlyMap<string, Rate>, lines: readonly LineTexts[]): Usage[] {
  const all = [...rates.values()]
  return lines.map(({ rate: number, quantity, count }) => {
    const { id, unit } = need(all[number % all.length])
    const text = unit === 'USE' ? `${Math.ceil(Number(quantity))}` : quantity
    return { rate: id, quantity: need(parseDecimal(text)), count }
  })
}
