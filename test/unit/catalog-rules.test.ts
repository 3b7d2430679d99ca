import { describe, expect, test } from 'vitest'
import { maxMoneyPerDay } from '../../src/catalog/catalog.ts'
import { InvalidCatalog } from '../../src/catalog/faults.ts'
import { deepFreeze } from '../../src/catalog/freeze.ts'
import { parseCatalog } from '../../src/catalog/load.ts'
import { rulesOf } from '../../src/catalog/rules.ts'
import { readSource } from '../../src/catalog/source.ts'
import { small, smallWith } from './catalogs/small.ts'

const catalogWith = (from: string, to: string) => parseCatalog(smallWith(from, to), 'small.yaml')
const packs =
  'packages: [{ id: a, name: A, credits: 1, price: 2 }, { id: b, name: B, credits: 9, price: 7 }, { id: c, name: C, credits: 1, price: 3 }]'

describe('what a team buys in a day', () => {
  test('is ten times the dearest package where the catalog names no amount', () => {
    expect(maxMoneyPerDay(catalogWith('packages: []', packs))).toEqual({ amount: 70_000_000_000n, currency: 'USD' })
    expect(maxMoneyPerDay(catalogWith('packages: []', 'packages: []'))).toEqual({ amount: 0n, currency: 'USD' })
  })

  test('is what the catalog names', () => {
    const catalog = catalogWith('packages: []', `${packs}\npurchaseLimits: { perDay: 3, moneyPerDay: 5 }`)
    expect(maxMoneyPerDay(catalog)).toEqual({ amount: 5_000_000_000n, currency: 'USD' })
    expect(catalog.purchaseLimits.perDay).toBe(3)
  })
})

test('a package pays for whole typical messages; there are none where a message costs nothing', () => {
  const messages = (rounding: string) => {
    const text = smallWith('packages: []', packs).replace('quantity: 500', 'quantity: 250')
    return parseCatalog(text.replace('mode: half-up', rounding), '').packages.map((pack) => pack.approxMessages)
  }
  expect(messages('mode: half-up')).toEqual([0, 3, 0])
  const free = smallWith('packages: []', packs).replace('to: 0.000001', 'to: 1').replace('quantity: 500', 'quantity: 1')
  expect(parseCatalog(free, '').packages.map((pack) => pack.approxMessages)).toEqual([null, null, null])
})

describe('the source of a catalog that is published', () => {
  const padded = (length: number) => `${small}#${'x'.repeat(length - small.length - 1)}`

  test('has at most 64,000 characters', () => {
    expect(readSource(padded(64_000))).toMatchObject({ name: 'Product' })
    expect(readSource(padded(64_001))).toMatchObject({
      code: 'INVALID_CATALOG',
      faults: [{ line: 1, column: 1, path: '' }],
    })
  })

  test('is refused with its first hundred faults', () => {
    const rates = Array.from({ length: 101 }, (_, n) => `      - { id: r${n}, name: R, free: true, unit: NONE }\n`)
    const refusal = readSource(`${small}${rates.join('')}`)
    expect(refusal).toBeInstanceOf(InvalidCatalog)
    expect(refusal).toMatchObject({ faults: { length: 100, 0: { path: 'categories[0].rates[5].unit' } } })
  })
})

test('the rules of a catalog know its plans, its packages and its policies', () => {
  const catalog = catalogWith('packages: []', packs)
  const { card, policy } = rulesOf(catalog)
  const { burnPriority, lowThreshold, timeZone, expiry, planChanges, storageAtZero, defaultPlan } = catalog
  expect(card).toBe(catalog.rateCard)
  expect(policy).toMatchObject({
    burnPriority,
    lowThreshold,
    timeZone,
    expiry,
    planChanges,
    storageAtZero,
    defaultPlan,
  })
  expect([policy.plan('large')?.id, policy.plan('a'), policy.package('b')?.id, policy.package('large')]).toEqual([
    ...['large', undefined, 'b', undefined],
  ])
})

test('what is frozen is frozen to its last leaf, the entries and values of a map too', () => {
  const leaf = () => ({ list: [{ text: 'x' }], none: null })
  const frozen = deepFreeze({ map: new Map([['key', leaf()]]), ...leaf() })
  for (const part of [frozen, frozen.list, frozen.list[0], frozen.map, frozen.map.get('key')?.list[0]]) {
    expect(Object.isFrozen(part)).toBe(true)
  }
  for (const write of [() => frozen.map.set('key', leaf()), () => frozen.map.delete('key'), () => frozen.map.clear()]) {
    expect(write).toThrow('frozen')
  }
  expect(frozen.map.size).toBe(1)
})

test('what a new team buys can be spent at once, unless the catalog says how much of it and when the rest', () => {
  const rules = (more: string) => rulesOf(parseCatalog(`${small}${more}`, 'small.yaml')).policy.newTeamCredits
  expect(rules('')).toBeNull()
  expect(rules('fraud: { newTeamDays: 2 }\n')).toBeNull()
  const slow = 'fraud: { newTeamCredits: { percentAtOnce: 1, restAfterHours: 720 } }\n'
  expect(rules(slow)).toEqual({ percentAtOnce: 1, restAfterHours: 720 })
})
