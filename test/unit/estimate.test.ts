import { describe, expect, test } from 'vitest'
import { estimate, wouldRecharge } from '../../src/domain/decisions/estimate.ts'
import { price } from '../../src/domain/pricing.ts'
import type { PricedRequirement } from '../../src/domain/rate-card.ts'
import { contextAt } from '../../src/domain/rules.ts'
import { windowAt } from '../../src/domain/spending-limit.ts'
import { configure, pack, Recharging, sellingWorld } from '../property/model/recharging.ts'
import { card } from '../property/model/world.ts'
import { ana, day, granted, noon, using } from '../setup/deciding.ts'

function priced(quantity: bigint, high = quantity) {
  const result = price(card, using(quantity))
  if (!result.ok) throw new Error(result.failure.message)
  return { ...result.priced, high }
}
/** 20 that end tomorrow, then 30 that last. */
const team = granted(30n, null, granted(20n, noon + day))
const estimated = (quantity: bigint, high = quantity, account = team) =>
  estimate(account, { priced: priced(quantity, high), card }, ana, { timeZone: 'UTC', at: noon })

describe('an estimate', () => {
  test.each([
    { quantity: 1n, high: 1n, balanceAfter: 49n, sufficient: true, burn: [1n] },
    { quantity: 20n, high: 20n, balanceAfter: 30n, sufficient: true, burn: [20n] },
    { quantity: 45n, high: 50n, balanceAfter: 5n, sufficient: true, burn: [20n, 25n] },
    { quantity: 45n, high: 51n, balanceAfter: 5n, sufficient: false, burn: [20n, 25n] },
    { quantity: 60n, high: 60n, balanceAfter: -10n, sufficient: false, burn: [20n, 30n] },
  ])('of $quantity, at most $high, of 50', ({ quantity, high, balanceAfter, sufficient, burn }) => {
    const told = estimated(quantity, high)
    expect(told).toMatchObject({ available: 50n, balanceAfter, sufficient, requirements: [], limited: null })
    expect(told.burn.map(({ amount }) => amount)).toEqual(burn)
    const shortage = sufficient ? null : { required: high, available: 50n }
    expect(told.shortage).toEqual(shortage && expect.objectContaining(shortage))
  })

  test('tells from which grants it would be drawn, and skips what is used up', () => {
    const [first, last] = team.grants
    const grants = [{ ...first, available: 0n }, last] as typeof team.grants
    const { burn } = estimated(10n, 10n, { ...team, available: 30n, grants })
    expect(burn).toEqual([{ grantId: last?.id, kind: 'PACKAGE', amount: 10n, expiresAt: null }])
  })

  test.each(['MEMBER', 'CALLER'] as const)('tells the limit of its caller as a %s', (subject) => {
    const limit = { subject, id: 'ana', per: 'DAY', credits: 9n, used: 0n, setAt: 0, ...windowAt('DAY', 'UTC', noon) }
    const account = { ...team, limits: [limit as never] }
    expect(estimated(9n, 9n, account).limited).toBeNull()
    expect(estimated(9n, 10n, account).limited).toMatchObject({ code: 'SPENDING_LIMIT_REACHED', limit: 9n })
  })
})

describe('what the team lacks', () => {
  const lacks = (
    requirement: Partial<PricedRequirement>,
    given: Partial<typeof team> = {},
    role: 'MEMBER' | 'ADMIN' = 'MEMBER',
  ) => {
    const whole = { name: 'R', requires: [], plans: [], role: 'MEMBER', ...requirement } as never
    const account = { ...team, topUpsEnabled: false, ...given }
    const { requirements } = estimate(
      account,
      { priced: { ...priced(1n), requirements: [whole] }, card },
      { ...ana, role },
      { timeZone: 'UTC', at: noon },
    )
    return requirements.map(({ code }) => code)
  }

  test('is a plan of the rate', () => {
    const needs = { requires: ['PLAN'], plans: ['pro', 'max'] } as const
    expect(lacks(needs)).toEqual(['PLAN_REQUIRED'])
    expect(lacks(needs, { planId: 'small' })).toEqual(['PLAN_REQUIRED'])
    expect(lacks(needs, { planId: 'max' })).toEqual([])
    expect(lacks({ requires: [], plans: ['pro'] })).toEqual([])
  })

  test('is automatic top-ups', () => {
    expect(lacks({ requires: ['TOP_UPS_ENABLED'] })).toEqual(['TOP_UPS_REQUIRED'])
    expect(lacks({ requires: ['TOP_UPS_ENABLED'] }, { topUpsEnabled: true })).toEqual([])
  })

  test('is a role of the caller', () => {
    expect(lacks({ role: 'ADMIN' })).toEqual(['ROLE_REQUIRED'])
    expect(lacks({ role: 'ADMIN' }, {}, 'ADMIN')).toEqual([])
    expect(lacks({})).toEqual([])
  })
})

describe('auto-recharge would buy', () => {
  const selling = sellingWorld([pack('small', 100n, 10n)])
  const recharging = new Recharging(selling, noon)
  recharging.grant(100n, 'pack')
  recharging.do(configure())
  const { account } = recharging
  const moment = contextAt(selling, noon)
  const buys = (high: bigint, given: Partial<ReturnType<typeof estimate>> = {}) =>
    wouldRecharge(
      account,
      { high },
      { ...estimate(account, { priced: priced(high), card }, ana, { timeZone: 'UTC', at: noon }), ...given },
      moment,
    )

  test('where the balance falls below the threshold, or does not suffice', () => {
    expect([buys(50n), buys(51n)]).toEqual([false, true])
    const low = { ...account, available: 40n }
    const beyond = { ...estimate(low, { priced: priced(41n), card }, ana, { timeZone: 'UTC', at: noon }) }
    expect(wouldRecharge(low, { high: 41n }, beyond, moment)).toBe(true)
  })

  test('and not for what is refused for another reason, or moves nothing', () => {
    expect(buys(51n, { requirements: [{ code: 'PLAN_REQUIRED', message: '' }] })).toBe(false)
    expect(buys(51n, { limited: {} as never })).toBe(false)
    expect(
      wouldRecharge(
        { ...account, available: 1n },
        { high: 0n },
        estimate(account, { priced: priced(1n), card }, ana, { timeZone: 'UTC', at: noon }),
        moment,
      ),
    ).toBe(false)
  })
})
