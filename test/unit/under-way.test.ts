import { expect, test } from 'vitest'
import { LedgerDelay } from '../../src/server/limits/ledger-delay.ts'
import { restingOperations } from '../../src/server/limits/operation-limit.ts'
import { maxExtra, UnderWay } from '../../src/server/limits/under-way.ts'

const opened = () => new UnderWay(new LedgerDelay())

/** How many of these are accepted. */
function enter(underWay: UnderWay, owner: string, count: number): object[] {
  return Array.from({ length: count }, () => ({})).filter((operation) => underWay.enter(operation, owner))
}

test('one owner may use all of the limit, and no more', () => {
  const underWay = opened()
  expect(enter(underWay, 'storm', restingOperations + 7)).toHaveLength(restingOperations)
  expect(underWay.refused).toBe(7)
})

test('an owner that has less than its share is accepted while a storm of another fills the limit', () => {
  const underWay = opened()
  enter(underWay, 'storm', restingOperations)
  expect(enter(underWay, 'quiet', restingOperations)).toHaveLength(maxExtra)
  expect(enter(underWay, 'storm', 1)).toHaveLength(0)
})

test('shares make it a bounded number more', () => {
  const underWay = opened()
  enter(underWay, 'storm', restingOperations)
  for (let owner = 0; owner < 2 * restingOperations; owner += 1) enter(underWay, `owner ${owner}`, 10)
  expect(underWay.size).toBe(restingOperations + maxExtra)
})

test('what has left makes room, once', () => {
  const underWay = opened()
  const [first = {}] = enter(underWay, 'storm', restingOperations)
  underWay.leave(first)
  underWay.leave(first)
  expect(underWay.size).toBe(restingOperations - 1)
  expect(enter(underWay, 'storm', 2)).toHaveLength(1)
})

test('the next operation is refused whoever its owner is, where shares are used up, too', () => {
  const underWay = opened()
  const [first = {}] = enter(underWay, 'storm', restingOperations)
  expect(underWay.refusesNext()).toBe(false)
  for (let owner = 0; owner < maxExtra; owner += 1) enter(underWay, `owner ${owner}`, 1)
  const { refused } = underWay
  expect([underWay.refusesNext(), underWay.refusesNext()]).toEqual([true, true])
  expect(underWay.refused).toBe(refused + 2)
  underWay.leave(first)
  expect(underWay.refusesNext()).toBe(true)
})

test('the limit shrinks within one turn of the event loop, too', () => {
  const underWay = opened()
  enter(underWay, 'storm', restingOperations)
  const patienceEndsAt = performance.now() + 5_000
  while (underWay.limit === restingOperations && performance.now() < patienceEndsAt) underWay.refusesNext()
  expect(underWay.limit).toBeLessThanOrEqual(restingOperations / 2)
})
