import { expect, test } from 'vitest'
import { loadCatalog, parseCatalog } from '../../src/catalog/load.ts'
import { type SoldProduct, soldProducts } from '../../src/payments/sold-products.ts'
import { smallWith } from './catalogs/small.ts'

const soldBy = (name: string) => soldProducts(loadCatalog(`catalogs/${name}.yaml`))

/** `credits-gateway:package:small:eur 2000 eur exclusive once` */
const pricesOf = (products: readonly SoldProduct[]) =>
  products.flatMap(({ prices }) =>
    prices.map(({ lookupKey, amount, currency, taxBehavior, interval }) =>
      [lookupKey, amount, currency, taxBehavior, interval ?? 'once'].join(' '),
    ),
  )

test('packages are sold in each currency, with the tax of the catalog, and any amount as a product without a price', () => {
  const sold = soldBy('example-eu')
  expect(sold.map(({ id, name, taxCode, addOn }) => [id, name, taxCode, addOn])).toEqual([
    ['credits-gateway-package-small', 'Small, 2,000 credits', 'txcd_10103001', null],
    ['credits-gateway-package-medium', 'Medium, 5,000 credits', 'txcd_10103001', null],
    ['credits-gateway-package-large', 'Large, 25,000 credits', 'txcd_10103001', null],
    ['credits-gateway-custom', 'Credits', 'txcd_10103001', null],
  ])
  expect(pricesOf(sold)).toEqual([
    'credits-gateway:package:small:eur 2000 eur exclusive once',
    'credits-gateway:package:small:usd 2200 usd exclusive once',
    'credits-gateway:package:medium:eur 4500 eur exclusive once',
    'credits-gateway:package:medium:usd 4950 usd exclusive once',
    'credits-gateway:package:large:eur 21000 eur exclusive once',
    'credits-gateway:package:large:usd 23100 usd exclusive once',
  ])
})

test('a package that has no price in a currency is not sold in it', () => {
  const { source } = loadCatalog('catalogs/example-eu.yaml')
  const euros = parseCatalog(source.replace('{ EUR: 20, USD: 22 }', '{ EUR: 20 }'), 'euros.yaml')
  expect(pricesOf(soldProducts(euros)).filter((price) => price.includes('small'))).toEqual([
    'credits-gateway:package:small:eur 2000 eur exclusive once',
  ])
})

test('units have a price for each interval at which their plan is billed, and one that is paid once', () => {
  const units = soldBy('ai-studios').filter(({ addOn }) => addOn !== null)
  expect(units.map(({ id, name, addOn }) => [id, name, addOn])).toEqual([
    ['credits-gateway-units-personal', 'Personal, additional credits', 'personal'],
    ['credits-gateway-units-team', 'Team, additional credits', 'team'],
  ])
  expect(pricesOf(units)).toEqual([
    'credits-gateway:units:personal:once:usd 1000 usd unspecified once',
    'credits-gateway:units:personal:month:usd 1000 usd unspecified month',
    'credits-gateway:units:personal:year:usd 1000 usd unspecified year',
    'credits-gateway:units:team:once:usd 3000 usd unspecified once',
    'credits-gateway:units:team:month:usd 3000 usd unspecified month',
    'credits-gateway:units:team:year:usd 3000 usd unspecified year',
  ])
})

test('units of a plan whose cycle is no interval that is billed are not sold', () => {
  const weekly = smallWith(
    `      - { id: month, credits: 20, every: MONTH, anchor: 15, interval: MONTH, rollover: { upTo: 10 } }
      - { id: year, credits: 240, every: YEAR, anchor: subscription, interval: YEAR }
`,
    '',
  )
  expect(soldProducts(parseCatalog(weekly, 'weekly.yaml'))).toEqual([])
})

test('every catalog names each product and each price once', () => {
  for (const name of ['wevion', 'wevion-2026-04', 'videogen', 'ai-studios', 'aivah', 'example-eu']) {
    const sold = soldBy(name)
    const names = [...sold.map(({ id }) => id), ...sold.flatMap(({ prices }) => prices.map((one) => one.lookupKey))]
    expect(new Set(names).size).toBe(names.length)
  }
})
