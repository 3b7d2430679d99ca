import { afterAll, beforeAll } from 'vitest'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { describeOrderings } from './describe-orderings.ts'
import { type Orders, openOrders } from './orders.ts'
import { codeStories, stories, taxedStories } from './stories.ts'

const source = `${loadCatalog('catalogs/wevion.yaml').source}\npromotionCodes: true\n`
const untaxed = parseCatalog(source, 'untaxed.yaml')
const taxed = parseCatalog(`${source}tax: { behavior: exclusive, code: txcd_10103001 }\n`, 'taxed.yaml')

let orders: Orders
let taxedOrders: Orders
beforeAll(async () => {
  ;[orders, taxedOrders] = await Promise.all([openOrders(untaxed), openOrders(taxed)])
})
afterAll(() => Promise.all([orders.close(), taxedOrders.close()]))

describeOrderings(stories, () => orders)
// Their parts are told in more orders without a code.
describeOrderings(codeStories, () => orders, 5)
describeOrderings(taxedStories, () => taxedOrders)
