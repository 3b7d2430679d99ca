import { RateCardDocument, type RateCardQuery } from '../billing/contract.ts'
import { LiveReading, type Reading } from './reading.ts'
import type { TeamScope } from './scope.ts'
import type { Store } from './store.ts'

export type RateCard = RateCardQuery['rateCard']
export type RateCategory = RateCard['categories'][number]
export type Rate = RateCategory['rates'][number]
export type RateCardController = Store<Reading<RateCard>> & { readonly retry: () => Promise<void> }

/** The prices that are in force now. */
export function createRateCard(scope: TeamScope): RateCardController {
  return new LiveReading<RateCard>({
    scope,
    read: async (signal) => (await scope.client.request(RateCardDocument, {}, { signal })).rateCard,
  })
}

/** Categories with the rates whose name or code has each word of the text, or whose category has. */
export function searchRates(categories: readonly RateCategory[], text: string): readonly RateCategory[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  const matches = (searched: string) => words.every((word) => searched.toLocaleLowerCase().includes(word))
  return categories
    .map((category) => ({
      ...category,
      rates: category.rates.filter(({ code, name }) => matches(`${category.name} ${name} ${code}`)),
    }))
    .filter(({ rates }) => rates.length > 0)
}
