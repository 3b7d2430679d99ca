import { afterAll, beforeAll } from 'vitest'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { describeOrderings } from './describe-orderings.ts'
import { type Orders, openOrders } from './orders.ts'
import { stories, taxedStories } from './stories.ts'

const taxed = parseCatalog(
  `${loadCatalog('catalogs/wevion.yaml').source}\ntax: { behavior: exclusive, code: txcd_10103001 }\n`,
  'taxed.yaml',
)

let orders: Orders
let taxedOrders: Orders
beforeAll(async () => {
  ;[orders, taxedOrders] = await Promise.all([openOrders(), openOrders(taxed)])
})
afterAll(() => Promise.all([orders.close(), taxedOrders.close()]))

describeOrderings(stories, () => orders)
describeOrderings(taxedStories, () => taxedOrders)
