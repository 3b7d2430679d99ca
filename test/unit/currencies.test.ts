import { describe, expect, it } from 'vitest'
import { maxMoneyPerDay } from '../../src/catalog/catalog.ts'
import { inCurrency } from '../../src/catalog/currencies.ts'
import { customerChanges } from '../../src/catalog/diff.ts'
import { CatalogError } from '../../src/catalog/faults.ts'
import { loadCatalog, parseCatalog } from '../../src/catalog/load.ts'
import { rateCardText } from '../../src/catalog/rate-card-text.ts'
import { rulesOf } from '../../src/catalog/rules.ts'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { formatMoney, type Money } from '../../src/domain/amounts/money.ts'
import { price } from '../../src/domain/pricing.ts'
import { small } from './catalogs/small.ts'

/** The small catalog in dollars and euros; one package and any amount are sold in both, another package in dollars alone. */
const two = small
  .replace('currency: USD', 'currency: USD\notherCurrencies: [EUR]')
  .replace('addOn: { credits: 10, price: 1 }', 'addOn: { credits: 10, price: { USD: 1, EUR: 0.9 } }')
  .replace(
    'packages: []',
    `creditLine: { perCredit: { USD: 0.03, EUR: 0.02 } }
packages:
  - { id: both, name: Both, credits: 100, price: { USD: 10, EUR: 9 } }
  - { id: dollars, name: Dollars, credits: 10, price: 2 }
customTopUp:
  least: 10
  most: 100
  step: 10
  tiers:
    - { from: 10, perCredit: { USD: 0.2, EUR: 0.18 } }
    - { from: 50, perCredit: { USD: 0.18, EUR: 0.16 } }`,
  )
  .replace('money: 1, unit: USE', 'money: { USD: 1, EUR: 0.8 }, unit: USE')

const catalog = parseCatalog(two, 'two.yaml')
const euros = inCurrency(catalog, 'EUR')
const told = ({ amount, currency }: Money) => `${formatMoney({ amount, currency })} ${currency}`

const changed = (from: string, to: string, text = two): string => {
  if (!text.includes(from)) throw new Error(`The catalog no longer says ${from}`)
  return text.replace(from, () => to)
}

function faultsOf(text: string): string[] {
  try {
    parseCatalog(text, 'two.yaml')
  } catch (error) {
    if (error instanceof CatalogError) return error.faults.map((one) => `${one.path} ${one.problem}; ${one.expected}`)
    throw error
  }
  return []
}

describe('a catalog in another currency', () => {
  it('has one version in all of them, and the version that it had where no other one is named', () => {
    expect(euros.version).toBe(catalog.version)
    expect(euros.rateCard.version).toBe(catalog.version)
    expect(parseCatalog(small, 'small.yaml').version).toBe('0b69d2d10c09')
  })

  it('has the prices of that currency, and does not sell what has none', () => {
    expect(catalog.packages.map(({ price }) => told(price))).toEqual(['10 USD', '2 USD'])
    expect(euros.packages.map(({ price }) => told(price))).toEqual(['9 EUR'])
    for (const one of [catalog, euros]) {
      expect(one.packages[0]?.prices.map(told)).toEqual(['10 USD', '9 EUR'])
      expect(one.currencies).toEqual(['USD', 'EUR'])
    }
    expect(euros.customTopUp).toMatchObject({ currency: 'EUR', tiers: [{ perCredit: 180_000_000n }, {}] })
    expect(told(euros.plans[0]?.addOn?.price ?? expect.unreachable('units are sold'))).toBe('0.9 EUR')
    expect(told(euros.creditLine?.perCredit ?? expect.unreachable('it lends'))).toBe('0.02 EUR')
    expect(told(maxMoneyPerDay(euros))).toBe('160 EUR')
  })

  it('takes as many credits for the same work, and other money for what is metered', () => {
    const cost = (one: typeof euros, rate: string) => {
      const result = price(one.rateCard, [{ rate, quantity: MICRO, count: 1 }])
      return result.ok ? [result.priced.total, result.priced.metered && told(result.priced.metered)] : null
    }
    for (const one of [catalog, euros]) expect(cost(one, 'picture')).toEqual([100n * MICRO, null])
    expect([cost(catalog, 'metered'), cost(euros, 'metered')]).toEqual([
      [0n, '1 USD'],
      [0n, '0.8 EUR'],
    ])
  })

  it('is frozen, and is the same object each time', () => {
    expect(Object.isFrozen(euros.packages[0]?.price)).toBe(true)
    expect(inCurrency(catalog, 'EUR')).toBe(euros)
    expect(inCurrency(catalog, null)).toBe(catalog)
    const unknown = inCurrency(catalog, 'GBP')
    expect(inCurrency(catalog, 'GBP')).toBe(unknown)
    expect(Object.isFrozen(unknown.packages)).toBe(true)
  })

  it('sells nothing for money where the catalog does not know the currency', () => {
    const { card, policy } = rulesOf(inCurrency(catalog, 'GBP'))
    expect([policy.currency, policy.creditLine, policy.customTopUp, policy.package('both')]).toEqual([
      'GBP',
      null,
      null,
      undefined,
    ])
    expect([card.rates.has('picture'), card.rates.has('metered')]).toEqual([true, false])
    expect(policy.plan('small')?.addOn?.credits).toBe(10n * MICRO)
  })
})

describe('a fault in currencies', () => {
  it.each([
    ['otherCurrencies: [EUR]', 'otherCurrencies: [EUR, USD]', /^otherCurrencies\[1\].*not named yet/],
    ['otherCurrencies: [EUR]', 'otherCurrencies: [EUR, EUR]', /^otherCurrencies\[1\].*not named yet/],
    ['otherCurrencies: [EUR]', 'otherCurrencies: [EURO]', /^otherCurrencies\[0\].*ISO 4217/],
    ['price: { USD: 10, EUR: 9 }', 'price: { EUR: 9 }', /^packages\[0\]\.price has no price in USD; a price in USD$/],
    ['{ USD: 10, EUR: 9 }', '{ USD: 10, GBP: 9 }', /^packages\[0\]\.price\.GBP.*a currency of this catalog: USD, EUR$/],
    ['{ USD: 10, EUR: 9 }', '{ USD: 10, EUR: 0.1 }', /^packages\[0\]\.price\.EUR.*can be paid in EUR/],
    ['{ USD: 10, EUR: 9 }', '{ USD: 10, EUR: x }', /^packages\[0\]\.price\.EUR.*money above 0/],
    ['price: { USD: 1, EUR: 0.9 }', 'price: 1', /^plans\[0\]\.addOn\.price has no price in EUR; a price in each/],
    [
      '{ USD: 0.03, EUR: 0.02 }',
      '0.03',
      /^creditLine\.perCredit has no price in EUR; a price in each currency: USD, EUR$/,
    ],
    ['{ USD: 1, EUR: 0.8 }', '1', /^categories\[0\]\.rates\[4\]\.money has no price in EUR; a price in each currency/],
    [
      'money: 1, unit: IMAGE',
      'money: { USD: 1, EUR: 1 }, unit: IMAGE',
      /^categories\[0\]\.rates\[1\]\.money.*a price in USD alone, because it is paid in credits/,
    ],
    ['{ USD: 0.2, EUR: 0.18 }', '0.2', /^customTopUp\.tiers\[0\]\.perCredit has no price in EUR; .*the other tiers/],
    ['EUR: 0.16 }', 'EUR: 0.1 }', /^customTopUp\.tiers\[1\]\.perCredit\.EUR.*costs no less.*\(in EUR\)/],
  ])('%s → %s', (from, to, expected) => {
    const faults = faultsOf(changed(from, to))
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(expected)
  })
})

describe('what changes for customers', () => {
  const changesOf = (old: string, next: string) =>
    customerChanges(parseCatalog(old, 'old.yaml'), parseCatalog(next, 'new.yaml'))

  it('is told once where it is the same in each currency, and by currency where it is a price', () => {
    expect(changesOf(two, changed('EUR: 9 }', 'EUR: 8 }'))).toEqual([
      'In EUR: Package Both: 100 credits for €9 → 100 credits for €8 (11% cheaper a credit)',
    ])
    expect(changesOf(two, changed('name: Both', 'name: All'))).toEqual(['Package Both → All'])
    expect(changesOf(two, changed('{ USD: 1, EUR: 0.8 }', '{ USD: 2, EUR: 1 }'))).toEqual([
      'Metered: $1 → $2 a use (100% dearer)',
      'In EUR: Metered: €0.80 → €1 a use (25% dearer)',
    ])
  })

  it('tells what a new currency brings', () => {
    const before = loadCatalog('catalogs/example-eu.yaml').source
    const after = before.replace('[USD]', '[USD, GBP]').replace('USD: 0.013 }', 'USD: 0.013, GBP: 0.011 }')
    expect(changesOf(before, after.replace('USD: 22 }', 'USD: 22, GBP: 18 }'))).toEqual([
      'Prices are in EUR, USD → EUR, USD, GBP',
      'In GBP: New package Small: 2,000 credits for £18',
      'In GBP: A credit that a credit line lends costs nothing, for none is lent → £0.011',
    ])
  })

  it('the rate card has a section for each other currency', () => {
    const text = rateCardText(catalog)
    expect(text).toContain('Money is in USD, EUR,')
    expect(text).toMatch(/Packages, in EUR\n {2}both {2}Both {2}100 credits {2}€9/)
    expect(text).toMatch(/Metered, in EUR\n {2}metered {2}Metered {2}€0\.80 a use/)
  })
})
