import { describe, expect, it } from 'vitest'
import { lastMonthOf } from '../../../web/elements/controllers/auto-recharge.ts'
import { rechargeCost } from '../../../web/elements/controllers/recharge-cost.ts'

const rules = {
  startingBalance: '1000',
  threshold: '100',
  packageCredits: '500',
  packagePrice: '4.99',
  monthlyCap: null,
}
const used = (at: string, amount: string) => ({ at, amount: `-${amount}` })
const cost = (changes: { at: string; amount: string }[], more: Partial<typeof rules | { monthlyCap: string }> = {}) =>
  rechargeCost({ ...rules, changes, ...more })

describe('what auto-recharge would have cost', () => {
  it('is nothing while use leaves the threshold on the balance', () => {
    expect(cost([used('2026-11-01', '900')])).toEqual({ purchases: 0, money: '0', capped: false })
  })

  it('is a package for each crossing, exactly', () => {
    const changes = [used('2026-11-01', '901'), used('2026-11-02', '100'), used('2026-11-03', '500')]
    expect(cost(changes)).toEqual({ purchases: 2, money: '9.98', capped: false })
  })

  it('counts grants, and never buys because of one', () => {
    const changes = [{ at: '2026-11-01', amount: '2000' }, used('2026-11-02', '2900')]
    expect(cost(changes)).toMatchObject({ purchases: 0 })
    expect(cost([{ at: '2026-11-01', amount: '50' }], { startingBalance: '0' })).toMatchObject({ purchases: 0 })
  })

  it('buys again where one package is not enough', () => {
    expect(cost([used('2026-11-01', '2000')])).toMatchObject({ purchases: 3 })
  })

  it('stays within the cap of each calendar month', () => {
    const changes = [used('2026-11-29', '2000'), used('2026-12-02', '10')]
    expect(cost(changes, { monthlyCap: '9.98' })).toEqual({ purchases: 3, money: '14.97', capped: true })
  })
})

describe('the last month', () => {
  it('has use at the end of its day among the other changes, without what auto-recharge bought', () => {
    const month = lastMonthOf({
      id: 'acme',
      balance: { available: '10' },
      usage: { rows: [{ day: '2026-11-02T00:00:00.000Z', credits: '30' }] },
      activity: {
        nodes: [
          { at: '2026-11-03T00:00:00.000Z', amount: '5', grantKind: 'PROMOTION' },
          { at: '2026-11-02T12:00:00.000Z', amount: '500', grantKind: 'AUTO_RECHARGE' },
          { at: '2026-11-01T12:00:00.000Z', amount: '-7', grantKind: null },
        ],
        pageInfo: { hasNextPage: false },
      },
    })
    expect(month.startingBalance).toBe('10')
    expect(month.changes.map(({ amount }) => amount)).toEqual(['-7', '-30', '5'])
  })
})
