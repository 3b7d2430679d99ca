import { expect, it } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { formatCredits } from '../../../src/domain/amounts/credits.ts'
import { formatMoney } from '../../../src/domain/amounts/money.ts'
import { allowancesOf, costOf, illustrativeIn } from './told.ts'

const studios = loadCatalog('catalogs/ai-studios.yaml')

it('D1: an image costs 1 credit, a second of video 1 credit', () => {
  expect(costOf(studios, 'image.generator')).toBe('1')
  expect(costOf(studios, 'video.generator', '5')).toBe('5')
  expect(costOf(studios, 'video.generator', '10')).toBe('10')
})

it('D2: premium media cost credits each time, basic is free', () => {
  expect(costOf(studios, 'helper.premium')).toBe('1')
  expect(costOf(studios, 'helper.premium', '1', 2)).toBe('2')
  expect(costOf(studios, 'helper.basic')).toBe('0')
})

it('D3, D4: deposits by the month or a year upfront, from the renewal date, and nothing rolls over', () => {
  expect(allowancesOf(studios)).toEqual([
    ['free', 'month', '16 MONTH', 'subscription', null, 'none'],
    ['personal', 'month', '60 MONTH', 'subscription', 'MONTH', 'none'],
    ['personal', 'year', '720 YEAR', 'subscription', 'YEAR', 'none'],
    ['team', 'month', '150/seat MONTH', 'subscription', 'MONTH', 'none'],
    ['team', 'year', '1800/seat YEAR', 'subscription', 'YEAR', 'none'],
  ])
})

it('D3: Enterprise deposits by contract, and says whom to ask', () => {
  expect(studios.plans.find(({ id }) => id === 'enterprise')).toMatchObject({
    allowances: [],
    topUp: false,
    contact: 'your sales representative',
    addOn: null,
  })
})

it('D4, D6: add-on credits end with the cycle; seats and plans count at once', () => {
  expect(studios.expiry.ADD_ON).toBe('cycle')
  expect(studios.planChanges).toBe('at-once')
})

it('D5: a unit is 60 credits for $10 on Personal, 200 for $30 on Team, and nothing else is sold', () => {
  expect(
    studios.plans.map(({ id, addOn }) => [
      id,
      addOn && formatCredits(addOn.credits),
      addOn && formatMoney(addOn.price),
    ]),
  ).toEqual([
    ['free', null, null],
    ['personal', '60', '10'],
    ['team', '200', '30'],
    ['enterprise', null, null],
  ])
  expect(studios.packages).toEqual([])
  expect(studios.plans.some(({ topUp }) => topUp)).toBe(false)
})

it('marks what no document gives, and only that', () => {
  expect(illustrativeIn(studios)).toEqual({ plans: [], packages: [], rates: ['helper.premium'] })
})
