import type { Catalog } from '../../../src/catalog/catalog.ts'
import { formatCredits } from '../../../src/domain/amounts/credits.ts'
import { formatMoney } from '../../../src/domain/amounts/money.ts'
import { price } from '../../../src/domain/pricing.ts'
import { readUsage } from '../../../src/domain/usage.ts'

/** The price of a line: `13.05` in credits, `$0.12` where it is metered. */
export function costOf(catalog: Catalog, rate: string, quantity = '1', count = 1): string {
  const read = readUsage([{ rate, quantity, count }])
  const priced = read.ok ? price(catalog.rateCard, read.usage) : read
  if (!priced.ok) throw priced.failure
  const { total, metered } = priced.priced
  return metered ? `$${formatMoney(metered)}` : formatCredits(total)
}

/** A row a package: id, credits, price, price of 1,000, approximate messages. */
export const packagesOf = ({ packages }: Catalog) =>
  packages.map((pack) => [
    pack.id,
    formatCredits(pack.credits),
    formatMoney(pack.price),
    formatMoney(pack.pricePer1000),
    pack.approxMessages,
  ])

/** A row an allowance: plan, id, `150/seat MONTH`, anchor, interval, rollover. */
export const allowancesOf = ({ plans }: Catalog) =>
  plans.flatMap((plan) =>
    plan.allowances.map(({ id, credits, every, perSeat, anchor, interval, rollover }) => [
      plan.id,
      id,
      `${formatCredits(credits)}${perSeat ? '/seat' : ''} ${every}`,
      anchor,
      interval,
      rollover,
    ]),
  )

/** The ids of all rates of a category. */
export const ratesOf = ({ rateCard }: Catalog, category: string) =>
  rateCard.categories.find(({ id }) => id === category)?.rates.map(({ id }) => id)

/** The amounts that are marked as our own choice: allowances as `plan.allowance`, add-ons as `plan.addOn`, packages and rates by id. */
export const illustrativeIn = ({ plans, packages, rateCard }: Catalog) => ({
  plans: plans.flatMap(({ id, allowances, addOn }) => [
    ...allowances.filter((each) => each.illustrative).map((each) => `${id}.${each.id}`),
    ...(addOn?.illustrative ? [`${id}.addOn`] : []),
  ]),
  packages: packages.filter((each) => each.illustrative).map(({ id }) => id),
  rates: [...rateCard.rates.values()].filter((each) => each.illustrative).map(({ id }) => id),
})
