import { afterAll, beforeAll } from 'vitest'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { seed } from '../../setup/random.ts'
import { combinedStories, drawStory } from './combined-stories.ts'
import { describeOrderings } from './describe-orderings.ts'
import { type Orders, openOrders } from './orders.ts'
import { integersOf } from './variants.ts'

/** Packages and any amount in dollars and euros, with tax on top. */
const { source } = loadCatalog('catalogs/wevion.yaml')
const catalog = parseCatalog(
  `${source
    .replace('currency: USD', 'currency: USD\notherCurrencies: [EUR]')
    .replace('price: 5 }', 'price: { USD: 5, EUR: 4.62 } }')}
tax: { behavior: exclusive, code: txcd_10103001 }
customTopUp: { least: 1000, most: 20000, step: 1000, tiers: [{ from: 1000, perCredit: { USD: 0.001, EUR: 0.00093 } }] }
`,
  'combined.yaml',
)

let orders: Orders
beforeAll(async () => {
  orders = await openOrders(catalog)
})
afterAll(() => orders.close())

/** The parts of these stories are told in more orders by themselves. */
const drawn = 5

describeOrderings(combinedStories, () => orders, drawn)

const random = integersOf(seed)
describeOrderings(
  Array.from({ length: Number(process.env.STORIES ?? 6) }, (_, number) => drawStory(random, number)),
  () => orders,
  drawn,
)
