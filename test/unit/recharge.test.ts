import { describe, expect, test } from 'vitest'
import { MOST_CREDITS } from '../../src/domain/amounts/credits.ts'
import type { Command, Outcome } from '../../src/domain/decisions/command.ts'
import { runsOutAt } from '../../src/domain/decisions/forecast.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import { memberId } from '../../src/domain/identity.ts'
import { type Recharge, rechargeAt } from '../../src/domain/recharge.ts'
import { readRecharge, storeRecharge } from '../../src/entities/json/stored.ts'
import { configure, pack, Recharging, sellingWorld } from '../property/model/recharging.ts'
import { usageOf } from '../property/model/world.ts'

const begin = Date.parse('2026-11-18T12:00:00Z')
const hour = 3_600_000
const day = 24 * hour
const packages = [pack('small', 100n, 10n), pack('large', 1_000n, 80n)]
const world = sellingWorld(packages)
const cents = (amount: bigint) => amount * 10_000_000n
/** Any amount from 10 to 200 in steps of 10, a cent for every 10. */
const anyAmount = sellingWorld(packages, {
  customTopUp: {
    ...{ least: 10n, most: 200n, step: 10n, currency: 'USD' },
    tiers: [{ from: 10n, perCredit: cents(100_000n) }],
  },
})
const caller = { id: memberId('mia'), role: 'MEMBER' } as const
const declined = { kind: 'declined', reason: 'Your card was declined.' } as const
const stolen = { kind: 'never-retry', reason: 'Your card was reported stolen.' } as const
const confirm = { kind: 'action-required', url: 'https://pay.example/1' } as const

const codeOf = (outcome: Outcome) => (outcome.kind === 'refused' ? outcome.failure.code : outcome.kind)
const messageOf = (outcome: Outcome) => (outcome.kind === 'refused' ? outcome.failure.message : outcome.kind)

/** A team with so many credits and auto-recharge on. */
function team(amount = 100n, settings: Parameters<typeof configure>[0] = {}, own = world): Recharging {
  const made = new Recharging(own, begin)
  if (amount > 0n) made.grant(amount, 'pack')
  expect(codeOf(made.do(configure(settings)).outcome)).toBe('done')
  made.notices.length = 0
  return made
}
/** One whose first purchase is being paid. */
function charging(settings: Parameters<typeof configure>[0] = {}, own = world): Recharging {
  const made = team(100n, settings, own)
  made.charge(60n)
  expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 1 })
  made.notices.length = 0
  return made
}
function paused(settings: Parameters<typeof configure>[0] = {}): Recharging {
  const made = charging(settings)
  made.fail(1, stolen)
  expect(made.recharge.state).toBe('PAUSED')
  made.notices.length = 0
  return made
}
/** Its month's cap takes one package, which was bought; the balance is below the threshold. */
function capped(): Recharging {
  const made = charging({ monthlyCap: 15n })
  made.land(1)
  made.charge(100n)
  expect(made.recharge.state).toBe('CAPPED')
  return made
}

describe('credits that a new team cannot spend yet', () => {
  const slow = sellingWorld(packages, { newTeamCredits: { percentAtOnce: 10, restAfterHours: 24 } })

  test('are not bought again: the episode ends, and the next one begins by what is available and locked', () => {
    const made = charging({}, slow)
    made.land(1, true)
    expect([made.account.available, made.recharge.state, made.purchases]).toEqual([50n, 'ARMED', [expect.anything()]])
    made.charge(50n)
    expect(codeOf(made.charge(1n))).toBe('INSUFFICIENT_CREDITS')
    expect([made.account.available, made.recharge.state]).toEqual([0n, 'ARMED'])
    made.passTo(begin + day)
    expect([made.account.available, made.recharge.state]).toEqual([90n, 'ARMED'])
    made.charge(41n)
    expect([made.recharge.state, made.attempt]).toEqual(['CHARGING', 2])
  })

  test('count towards a target balance', () => {
    const credits = { newTeamCredits: { percentAtOnce: 10, restAfterHours: 24 } }
    const made = team(
      100n,
      { packageId: null, targetBalance: 100n },
      {
        ...anyAmount,
        ...sellingWorld(packages, { ...credits, customTopUp: anyAmount.rulesAt(begin).policy.customTopUp }),
      },
    )
    made.charge(60n)
    expect(made.purchase(1).credits).toBe(60n)
    made.land(1, true)
    made.charge(46n)
    made.charge(1n)
    expect(made.purchases).toHaveLength(1)
    made.passTo(begin + day)
    made.charge(5n)
    expect(made.purchase(2).credits).toBe(60n)
  })
})

describe('configuring', () => {
  test('arms it, enables top-ups and charges nothing, also below the threshold', () => {
    const made = team(10n, { monthlyCap: 25n })
    expect(made.account.topUpsEnabled).toBe(true)
    expect(made.recharge).toEqual({
      mandate: { acceptedBy: null, acceptedAt: made.at, text: expect.stringContaining('a month') },
      loss: null,
      state: 'ARMED',
      threshold: 50n,
      packageId: 'small',
      targetBalance: null,
      monthlyCap: 25n,
      maxPerDay: null,
      currency: 'USD',
      day: '2026-11-18',
      boughtToday: 0,
      cappedBy: null,
      month: '2026-11',
      spent: 0n,
      uncapped: 0n,
      attempt: null,
      attemptMonth: null,
      attemptDay: null,
      failures: 0,
      retryAt: null,
      lastFailure: null,
      actionUrl: null,
    })
    expect(made.purchases).toEqual([])
    made.passTo(begin + 40 * day)
    expect(made.purchases).toEqual([])
    made.charge(1n)
    expect(made.purchases).toHaveLength(1)
  })

  test.each<[string, Partial<Extract<Command, { kind: 'configure-recharge' }>>, string, string]>([
    ['a member', { caller }, 'PURCHASE_NOT_ALLOWED', 'Only admins'],
    ['no threshold', { threshold: null }, 'INVALID_AMOUNT', 'needs a threshold'],
    ['a negative threshold', { threshold: -1n }, 'INVALID_AMOUNT', 'needs a threshold'],
    ['a threshold beyond any balance', { threshold: MOST_CREDITS + 1n }, 'INVALID_AMOUNT', 'no balance reaches'],
    ['no package', { packageId: null }, 'INVALID_INPUT', 'needs a package'],
    ['an unknown package', { packageId: 'huge' }, 'UNKNOWN_PACKAGE', "'huge'"],
    ['a cap below one package', { monthlyCap: 9n }, 'INVALID_AMOUNT', 'below the price of one package'],
    ['a package and a target', { targetBalance: 100n }, 'INVALID_INPUT', 'one of them, not both'],
    [
      'a target where none can be bought',
      { packageId: null, targetBalance: 100n },
      'INVALID_INPUT',
      'in packages only',
    ],
    ['no recharge a day', { maxPerDay: 0 }, 'INVALID_AMOUNT', '1 to 1000 recharges a day'],
    ['too many recharges a day', { maxPerDay: 1_001 }, 'INVALID_AMOUNT', '1 to 1000 recharges a day'],
    ['a member who turns it off', { enabled: false, caller }, 'PURCHASE_NOT_ALLOWED', 'Only admins'],
  ])('refuses %s', (_, given, code, message) => {
    const made = team()
    const before = made.account
    const { outcome } = made.do(configure(given))
    expect(codeOf(outcome)).toBe(code)
    expect(messageOf(outcome)).toContain(message)
    expect(made.account).toBe(before)
  })

  test('takes a cap of exactly one package, and a threshold of 0, which never buys', () => {
    const made = team(100n, { threshold: 0n, monthlyCap: 10n })
    made.charge(100n)
    expect(codeOf(made.charge(1n))).toBe('INSUFFICIENT_CREDITS')
    expect(made.purchases).toEqual([])
  })

  test('is refused on a plan that sells nothing, where it can still be turned off', () => {
    const made = team()
    made.world = sellingWorld(packages, {
      plan: (id) => ({ id, allowances: [], addOn: null, creditLine: null, trial: null, topUp: false, contact: 'x' }),
    })
    expect(messageOf(made.do(configure()).outcome)).toBe('The plan sells no packages. Contact x.')
    expect(codeOf(made.do(configure({ enabled: false })).outcome)).toBe('done')
    expect(made.recharge.state).toBe('OFF')
  })

  test('off keeps the values and takes no others', () => {
    const made = charging({ monthlyCap: 30n })
    made.land(1)
    made.do(configure({ enabled: false, threshold: 7n, packageId: null, monthlyCap: null }))
    expect(made.account.topUpsEnabled).toBe(false)
    expect(made.recharge).toMatchObject({
      state: 'OFF',
      threshold: 50n,
      packageId: 'small',
      monthlyCap: 30n,
      spent: 10n,
    })
    made.charge(120n)
    expect(codeOf(made.charge(120n))).toBe('INSUFFICIENT_CREDITS')
    expect(made.purchases).toHaveLength(1)
    made.do(configure({ monthlyCap: 30n }))
    expect(made.recharge).toMatchObject({ state: 'ARMED', spent: 10n })
  })

  test('off of what was never on is nothing', () => {
    const made = new Recharging(world, begin)
    expect(codeOf(made.do(configure({ enabled: false })).outcome)).toBe('done')
    expect(made.account.recharge).toBeNull()
  })

  test.each<[string, () => Recharging]>([
    ['armed', () => team()],
    ['charging', () => charging()],
    [
      'to be confirmed',
      () => {
        const made = charging()
        made.fail(1, confirm)
        return made
      },
    ],
  ])('said again while %s changes nothing', (_, make) => {
    const made = make()
    const { recharge } = made
    made.do(configure())
    expect(made.recharge).toBe(recharge)
  })

  test('arms again what waits for its next attempt, with a fresh count of declines', () => {
    const made = charging()
    made.fail(1, declined)
    made.do(configure())
    expect(made.recharge).toMatchObject({ state: 'ARMED', failures: 0, retryAt: null, lastFailure: null })
    made.charge(1n)
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 2 })
  })

  test.each([
    ['a credit more than 10 packages hold', 1_001n, 'InvalidAmount'],
    ['10 packages hold', 1_000n, null],
  ])('refuses a threshold that is more than packages could lift the balance to: %s', (_, threshold, refusal) => {
    const { outcome } = new Recharging(world, begin).do(configure({ threshold, monthlyCap: null }))
    expect(outcome.kind === 'refused' ? outcome.failure.name : null).toBe(refusal)
  })

  test('arms again what had paused or reached its cap, and counts on', () => {
    const stopped = paused()
    stopped.do(configure())
    expect(stopped.recharge).toMatchObject({ state: 'ARMED', failures: 0, lastFailure: null })
    expect(stopped.purchases).toHaveLength(1)
    stopped.charge(1n)
    expect(stopped.purchases).toHaveLength(2)

    const full = capped()
    full.do(configure({ monthlyCap: 20n }))
    expect(full.recharge).toMatchObject({ state: 'ARMED', spent: 10n, monthlyCap: 20n })
    full.charge(1n)
    expect(full.recharge).toMatchObject({ state: 'CHARGING', spent: 20n })
  })

  test.each([
    ['charging', null],
    ['to be confirmed', confirm],
  ])('other values leave a purchase that is %s pending, and begin none beside it', (_, failure) => {
    const made = charging()
    if (failure !== null) made.fail(1, failure)
    const { state } = made.recharge
    made.do(configure({ threshold: 90n, packageId: 'large', monthlyCap: 80n }))
    expect(made.recharge).toMatchObject({ state, attempt: 1, threshold: 90n, packageId: 'large', spent: 10n })
    made.charge(1n)
    expect(made.purchases).toHaveLength(1)
    made.land(1)
    expect(made.recharge).toMatchObject({ state: 'ARMED', spent: 10n })
  })

  test('off and on again, the pending purchase is still the only one', () => {
    const made = charging()
    made.fail(1, confirm)
    made.do(configure({ enabled: false }))
    expect(made.recharge).toMatchObject({ state: 'OFF', attempt: 1 })
    made.charge(1n)
    made.do(configure())
    expect(made.recharge).toMatchObject({ state: 'ACTION_REQUIRED', attempt: 1, actionUrl: confirm.url })
    made.charge(1n)
    expect(made.purchases).toHaveLength(1)
  })

  test('off while a retry waits ends the episode', () => {
    const made = charging()
    made.fail(1, declined)
    made.do(configure({ enabled: false }))
    expect(made.recharge).toMatchObject({ state: 'OFF', retryAt: null, failures: 0, spent: 0n })
    made.passTo(begin + 2 * hour)
    expect(made.purchases).toHaveLength(1)
    made.do(configure())
    expect(made.recharge.state).toBe('ARMED')
  })

  test('a cap that is lowered below what was spent leaves that, and nothing more is bought', () => {
    const made = charging({ monthlyCap: 30n })
    made.land(1)
    made.charge(100n)
    expect(made.recharge.spent).toBe(20n)
    made.do(configure({ monthlyCap: 10n }))
    expect(made.recharge).toMatchObject({ spent: 20n, uncapped: 10n })
    made.land(2)
    made.charge(100n)
    expect(made.recharge).toMatchObject({ state: 'CAPPED', spent: 20n })
  })

  test('in another currency counts anew, and nothing is given back of what it had counted', () => {
    const made = charging({ monthlyCap: 30n })
    made.world = sellingWorld([pack('small', 100n, 12n, 'EUR')])
    made.do(configure({ monthlyCap: 30n }))
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 1, spent: 0n, currency: 'EUR' })
    made.fail(1, declined)
    expect(made.recharge).toMatchObject({ spent: 0n, attempt: null })
    made.passTo(begin + hour)
    expect(made.recharge).toMatchObject({ spent: 12n, attempt: 2 })
  })

  test('that was stored before targets and limits a day existed buys a package, without such a limit', () => {
    const made = capped()
    const { targetBalance, maxPerDay, day, boughtToday, cappedBy, attemptDay, ...before } = storeRecharge(made.recharge)
    expect(cappedBy).toBe('MONTH')
    const none = { targetBalance: null, maxPerDay: null, attemptDay: null, day: '', boughtToday: 0 }
    expect(readRecharge(before)).toEqual({ ...made.recharge, ...none })
    expect(rechargeAt(readRecharge(before), made.at, 'UTC')).toEqual({ ...made.recharge, boughtToday: 0 })
  })

  test('is the same when it was stored and read', () => {
    const made = charging({ monthlyCap: 30n })
    const toTarget = team(100n, { packageId: null, targetBalance: 90n, maxPerDay: 2 }, anyAmount)
    for (const recharge of [made.recharge, team().recharge, toTarget.recharge]) {
      expect(readRecharge(JSON.parse(JSON.stringify(storeRecharge(recharge))))).toEqual(recharge)
    }
  })
})

describe('to a target balance', () => {
  const target = { packageId: null, targetBalance: 120n }

  test('buys the least amount that reaches it', () => {
    const made = team(100n, target, anyAmount)
    made.charge(60n)
    expect(made.purchases).toMatchObject([{ packageId: null, credits: 80n, price: { amount: cents(8n) } }])
    made.land(1)
    expect(made.account.available).toBe(120n)
    expect(made.recharge).toMatchObject({ state: 'ARMED', spent: cents(8n), boughtToday: 1 })
  })

  test('counts a debt, which the purchase repays first', () => {
    const made = team(100n, target, anyAmount)
    made.charge(90n)
    expect(made.purchases).toMatchObject([{ credits: 110n }])
    made.fail(1, stolen)
    made.clawBack('pack', 40n)
    expect(made.account).toMatchObject({ available: 0n, owed: 30n })
    made.do({ kind: 'rearm-recharge', atOnce: true })
    expect(made.purchases[1]).toMatchObject({ credits: 150n, price: { amount: cents(15n) } })
    made.land(2)
    expect(made.account).toMatchObject({ available: 120n, owed: 0n })
  })

  test('goes on until the threshold is reached, where one purchase can not', () => {
    const made = team(100n, { ...target, threshold: 350n, targetBalance: 500n }, anyAmount)
    made.charge(1n)
    made.land(1)
    made.land(2)
    expect(made.purchases.map(({ credits }) => credits)).toEqual([200n, 200n])
    expect(made.account.available).toBe(499n)
    expect(made.recharge.state).toBe('ARMED')
  })

  test.each<[string, Parameters<typeof configure>[0], string]>([
    ['below the threshold', { targetBalance: 49n }, 'the target is below the threshold'],
    ['beyond ten purchases', { targetBalance: 2_001n }, 'more than 10 purchases reach'],
    ['with a cap below its cheapest recharge', { monthlyCap: cents(8n) - 1n }, 'below the price of one recharge'],
  ])('is refused %s', (_, given, message) => {
    const made = team(100n, {}, anyAmount)
    expect(messageOf(made.do(configure({ ...target, ...given })).outcome)).toContain(message)
    expect(codeOf(made.do(configure({ ...target, monthlyCap: cents(8n) })).outcome)).toBe('done')
  })

  test('pauses where the catalog sells packages only, and says so', () => {
    const made = team(100n, target, anyAmount)
    made.world = world
    made.charge(60n)
    expect(made.recharge).toMatchObject({
      state: 'PAUSED',
      lastFailure: 'Credits are sold in packages only now. Choose one for auto-recharge.',
    })
  })
})

describe('a limit a day', () => {
  test('stops at so many recharges, until the next day of the time zone', () => {
    const made = team(100n, { maxPerDay: 2 }, sellingWorld(packages, { timeZone: 'Europe/Berlin' }))
    made.charge(60n)
    made.land(1)
    made.charge(100n)
    made.land(2)
    made.charge(100n)
    expect(made.recharge).toMatchObject({ state: 'CAPPED', cappedBy: 'DAY', boughtToday: 2 })
    expect(made.notices.at(-1)).toBe('RECHARGE_CAPPED')
    made.passTo(Date.parse('2026-11-18T22:59:59.999Z'))
    made.charge(1n)
    expect(made.purchases).toHaveLength(2)
    made.passTo(Date.parse('2026-11-18T23:00:00Z'))
    expect(rechargeAt(made.recharge, made.at, 'Europe/Berlin')).toMatchObject({ state: 'ARMED', boughtToday: 0 })
    made.charge(1n)
    expect(made.recharge).toMatchObject({ state: 'CHARGING', cappedBy: null, boughtToday: 1 })
  })

  test('does not count a payment that failed', () => {
    const made = charging({ maxPerDay: 1 })
    made.fail(1, declined)
    expect(made.recharge.boughtToday).toBe(0)
    made.passTo(begin + hour)
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 2, boughtToday: 1 })
  })

  test('counts a payment of another currency that succeeded after it was given up', () => {
    const made = charging({ maxPerDay: 1 })
    made.fail(1, stolen)
    made.world = sellingWorld([pack('small', 100n, 12n, 'EUR')])
    made.do(configure({ maxPerDay: 1 }))
    made.land(1)
    expect(made.recharge).toMatchObject({ boughtToday: 1, spent: 0n, currency: 'EUR' })
  })

  test('gives way to the month, where both are reached', () => {
    const made = charging({ maxPerDay: 1, monthlyCap: 10n })
    made.land(1)
    made.charge(100n)
    expect(made.recharge).toMatchObject({ state: 'CAPPED', cappedBy: 'MONTH' })
    expect(rechargeAt(made.recharge, begin + day, 'UTC').state).toBe('CAPPED')
  })
})

describe('a demand', () => {
  test('below the threshold buys one package at the terms in force', () => {
    const made = team()
    made.at += hour
    made.charge(50n)
    expect(made.purchases).toEqual([])
    made.charge(1n)
    expect(made.purchases).toEqual([
      {
        id: 1,
        cause: 'RECHARGE',
        packageId: 'small',
        catalogVersion: 'plain',
        credits: 100n,
        price: { amount: 10n, currency: 'USD' },
        pay: 'SAVED_METHOD',
        successUrl: null,
        cancelUrl: null,
        memberId: null,
        createdAt: begin + hour,
      },
    ])
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 1, spent: 10n, month: '2026-11' })
    expect(made.account.purchases).toBe(1)
  })

  test('buys once, however much is spent and asked for', () => {
    const made = team(1_000n)
    for (let spent = 0; spent < 1_100; spent += 1) made.charge(1n)
    expect(made.purchases).toHaveLength(1)
    expect(made.account.available).toBe(0n)
  })

  test.each<[string, (made: Recharging) => void]>([
    ['a hold', (made) => made.do(hold(60n))],
    [
      'a hold that is extended',
      (made) => {
        made.do(hold(20n))
        made.do({
          kind: 'extend-hold',
          holdId: made.holds[0]?.id ?? raise(),
          usage: usageOf([40n]),
          expiresInSeconds: null,
          caller,
        })
      },
    ],
    [
      'a capture beyond its hold',
      (made) => {
        made.do(hold(20n))
        made.do({ kind: 'capture-hold', holdId: made.holds[0]?.id ?? raise(), usage: usageOf([70n]), caller })
      },
    ],
    [
      'a settlement beyond its hold',
      (made) => {
        made.do(hold(20n))
        made.do({ kind: 'settle-hold', holdId: made.holds[0]?.id ?? raise(), usage: usageOf([70n]), caller })
      },
    ],
    [
      'what was refused for lack of credits',
      (made) => {
        made.clawBack('pack', 60n)
        expect(made.purchases).toEqual([])
        expect(codeOf(made.charge(60n))).toBe('INSUFFICIENT_CREDITS')
      },
    ],
  ])('is %s', (_, ask) => {
    const made = team()
    ask(made)
    expect(made.purchases).toHaveLength(1)
    expect(made.recharge.state).toBe('CHARGING')
  })

  test('is no refusal while the balance is at the threshold, and no refusal for anything else', () => {
    const made = team()
    expect(codeOf(made.charge(101n))).toBe('INSUFFICIENT_CREDITS')
    made.clawBack('pack', 60n)
    const { account } = made
    made.do({
      kind: 'charge-usage',
      usage: [{ rate: 'nothing', quantity: 1n, count: 1 }],
      reference: null,
      memberId: null,
      caller,
    })
    expect(made.account).toBe(account)
    expect(made.purchases).toEqual([])
  })

  test('is nothing that gives, takes back or costs nothing', () => {
    const made = team()
    made.clawBack('pack', 60n)
    made.grant(5n, 'little')
    made.charge(0n)
    made.do({ kind: 'set-low-threshold', threshold: { credits: 90n } })
    made.passTo(begin + 40 * day)
    expect(made.purchases).toEqual([])
    expect(made.recharge.state).toBe('ARMED')
  })

  test('is what time takes away: credits that end, and not where an allowance replaces them', () => {
    const ending = team(60n)
    ending.grant(40n, 'promo', begin + day)
    ending.charge(1n)
    ending.grant(20n, 'more', begin + day)
    ending.do(configure({ threshold: 70n }))
    ending.passTo(begin + day - 1)
    expect(ending.purchases).toEqual([])
    ending.passTo(begin + 3 * day)
    expect(ending.purchases).toMatchObject([{ createdAt: begin + day }])

    const weekly = new Recharging(world, begin, 'weekly')
    weekly.do(configure({ threshold: 60n }))
    weekly.passTo(begin + 30 * day)
    expect(weekly.purchases).toEqual([])
  })
})

describe('the cap', () => {
  test('stops before the purchase that would pass it, and says so once a month', () => {
    const made = charging({ monthlyCap: 20n })
    made.land(1)
    made.charge(100n)
    made.land(2)
    expect(made.recharge).toMatchObject({ state: 'ARMED', spent: 20n })
    made.notices.length = 0
    for (let spent = 0; spent < 120; spent += 1) made.charge(1n)
    made.grant(100n, 'own')
    made.charge(90n)
    expect(made.recharge).toMatchObject({ state: 'CAPPED', spent: 20n, attempt: null })
    expect(made.notices.filter((type) => type === 'RECHARGE_CAPPED')).toHaveLength(1)
    expect(made.purchases).toHaveLength(2)
  })

  test("begins anew with the month of the catalog's time zone, by the next demand", () => {
    const made = capped()
    made.world = sellingWorld(packages, { timeZone: 'America/New_York' })
    const month = Date.parse('2026-12-01T05:00:00Z')
    made.at = month - 1
    made.charge(1n)
    expect(rechargeAt(made.recharge, made.at, 'America/New_York')).toMatchObject({ state: 'CAPPED', spent: 10n })
    expect(made.purchases).toHaveLength(1)
    made.passTo(month)
    expect(made.recharge.state).toBe('CAPPED')
    expect(rechargeAt(made.recharge, made.at, 'America/New_York')).toMatchObject({
      state: 'ARMED',
      spent: 0n,
      month: '2026-12',
    })
    made.charge(1n)
    expect(made.recharge).toMatchObject({ state: 'CHARGING', spent: 10n, month: '2026-12' })
    expect(made.purchases).toHaveLength(2)
  })

  test('below a price that has risen says so once in each month', () => {
    const made = team(100n, { monthlyCap: 10n })
    made.world = sellingWorld([pack('small', 100n, 11n)])
    made.charge(60n)
    made.charge(1n)
    made.at = Date.parse('2026-12-02T00:00:00Z')
    made.charge(1n)
    made.charge(1n)
    expect(made.notices.filter((type) => type === 'RECHARGE_CAPPED')).toHaveLength(2)
    expect(made.recharge).toMatchObject({ state: 'CAPPED', month: '2026-12', spent: 0n })
    expect(made.purchases).toEqual([])
  })

  test('a month never runs backwards', () => {
    const { recharge } = charging()
    const later: Recharge = { ...recharge, month: '2026-12' }
    expect(rechargeAt(later, begin, 'UTC')).toBe(later)
  })
})

describe('a payment that went through', () => {
  test('adds the credits and arms it again', () => {
    const made = charging()
    expect(codeOf(made.land(1))).toBe('grant')
    expect(made.account.available).toBe(140n)
    expect(made.recharge).toMatchObject({ state: 'ARMED', attempt: null, spent: 10n, failures: 0, lastFailure: null })
    expect(made.account.grants.find(({ source }) => source === 'stripe:pi_1')?.kind).toBe('AUTO_RECHARGE')
    expect(made.notices).toContain('RECHARGE_SUCCEEDED')
  })

  test('said again moves and buys nothing', () => {
    const made = charging({ threshold: 500n })
    made.land(1)
    expect(made.purchases).toHaveLength(2)
    const { account } = made
    made.land(1)
    expect(made.account).toEqual(account)
    expect(made.purchases).toHaveLength(2)
  })

  test('buys on, one at a time and within the cap, until the balance is back', () => {
    const made = charging({ threshold: 330n, monthlyCap: 20n })
    made.land(1)
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 2, spent: 20n })
    made.land(2)
    expect(made.recharge).toMatchObject({ state: 'CAPPED', attempt: null, spent: 20n })

    const free = charging({ threshold: 230n })
    free.land(1)
    free.land(2)
    expect(free.recharge.state).toBe('ARMED')
    expect(free.account.available).toBe(240n)
  })

  test('repays first what is owed', () => {
    const made = charging()
    made.charge(40n)
    made.clawBack('pack', 80n)
    made.land(1)
    expect(made.account).toMatchObject({ owed: 0n, available: 20n })
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 2 })
  })

  test('after it was turned off arrives, and leaves it off', () => {
    const made = charging({ threshold: 500n })
    made.do(configure({ enabled: false }))
    made.land(1)
    expect(made.recharge).toMatchObject({ state: 'OFF', attempt: null, spent: 10n })
    expect(made.account.available).toBe(140n)
    expect(made.notices).toContain('RECHARGE_SUCCEEDED')
  })

  test('after it had been given up counts again, beyond the cap too, and changes nothing else', () => {
    const made = charging({ monthlyCap: 10n })
    made.fail(1, declined)
    made.passTo(begin + hour)
    expect(made.recharge).toMatchObject({ attempt: 2, spent: 10n })
    made.land(1)
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 2, spent: 20n, uncapped: 10n })
    expect(made.account.available).toBe(140n)
    made.land(1)
    expect(made.recharge.spent).toBe(20n)
    made.fail(2, stolen)
    expect(made.recharge).toMatchObject({ state: 'PAUSED', spent: 10n, uncapped: 10n })
    made.land(2)
    expect(made.recharge).toMatchObject({ state: 'PAUSED', spent: 20n })
  })

  test('of another month counts in the one in which it was paid, and the pending one in its own', () => {
    const made = charging({ monthlyCap: 10n })
    made.at = Date.parse('2026-11-30T22:30:00Z')
    made.fail(1, declined)
    made.passTo(made.at + hour)
    expect(made.recharge).toMatchObject({ attempt: 2, month: '2026-11', spent: 10n })
    made.at += hour
    made.land(1)
    expect(made.recharge).toMatchObject({ attempt: 2, month: '2026-12', spent: 10n })
    made.fail(2, declined)
    expect(made.recharge).toMatchObject({ attempt: null, month: '2026-12', spent: 10n })
  })

  test('of a package that somebody bought is no news for the recharge', () => {
    const made = charging()
    const { recharge } = made
    const price = { amount: 10n, currency: 'USD' }
    made.do({
      kind: 'land-purchase',
      purchase: made.purchase(1).id,
      cause: 'PURCHASE',
      source: 'stripe:pi_own',
      credits: 5n,
      price,
      costBasis: price,
      memberId: null,
      ofNewTeam: false,
      loss: null,
    })
    expect(made.recharge).toBe(recharge)
  })
})

describe('a payment that failed', () => {
  test('is tried again after an hour, then after six, and then no more', () => {
    const made = charging()
    made.fail(1, declined)
    expect(made.recharge).toMatchObject({
      state: 'CHARGING',
      attempt: null,
      spent: 0n,
      failures: 1,
      retryAt: begin + hour,
      lastFailure: 'Your card was declined.',
    })
    expect(made.notices).toEqual(['RECHARGE_FAILED'])
    expect(made.nextBoundary).toBe(begin + hour)
    made.charge(1n)
    made.passTo(begin + hour - 1)
    expect(made.purchases).toHaveLength(1)
    made.passTo(begin + hour)
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 2, spent: 10n, retryAt: null, failures: 1 })
    expect(made.nextBoundary).toBeNull()
    made.fail(2, declined)
    expect(made.recharge).toMatchObject({ retryAt: begin + 7 * hour, failures: 2, spent: 0n })
    expect(made.notices).toEqual(['RECHARGE_FAILED'])
    made.passTo(begin + 30 * hour)
    expect(made.purchase(3).createdAt).toBe(begin + 7 * hour)
    made.fail(3, declined)
    expect(made.recharge).toMatchObject({ state: 'PAUSED', attempt: null, retryAt: null, spent: 0n })
    expect(made.notices).toEqual(['RECHARGE_FAILED', 'RECHARGE_FAILED'])
    made.charge(1n)
    made.passTo(begin + 90 * day)
    expect(made.purchases).toHaveLength(3)
  })

  test('is not tried again where the balance is back by then', () => {
    const made = charging()
    made.fail(1, declined)
    made.grant(100n, 'own')
    expect(made.recharge.state).toBe('CHARGING')
    made.passTo(begin + hour)
    expect(made.recharge).toMatchObject({ state: 'ARMED', failures: 0, retryAt: null })
    expect(made.purchases).toHaveLength(1)
  })

  test('is tried again within the cap of the month in which that is', () => {
    const made = charging({ monthlyCap: 10n })
    made.at = Date.parse('2026-11-30T23:30:00Z')
    made.fail(1, declined)
    made.passTo(made.at + hour)
    expect(made.recharge).toMatchObject({ state: 'CHARGING', month: '2026-12', spent: 10n })

    const full = charging({ monthlyCap: 10n })
    full.fail(1, declined)
    full.land(1)
    full.charge(100n)
    full.passTo(begin + hour)
    expect(full.recharge).toMatchObject({ state: 'CAPPED', retryAt: null, failures: 0 })
    expect(full.nextBoundary).toBeNull()
  })

  test('with a code that forbids it is never tried again', () => {
    const made = charging()
    made.fail(1, stolen)
    expect(made.recharge).toMatchObject({ state: 'PAUSED', spent: 0n, lastFailure: 'Your card was reported stolen.' })
    expect(made.notices).toEqual(['RECHARGE_FAILED'])
    expect(made.nextBoundary).toBeNull()
  })

  test('said again, or of another purchase, changes nothing', () => {
    const made = charging()
    made.fail(1, declined)
    const { recharge } = made
    for (const failure of [declined, stolen, confirm]) made.fail(1, failure)
    expect(made.recharge).toBe(recharge)
    expect(made.notices).toEqual(['RECHARGE_FAILED'])
  })

  test('after it was turned off is given back, quietly', () => {
    const made = charging()
    made.do(configure({ enabled: false }))
    made.fail(1, confirm)
    expect(made.recharge).toMatchObject({ state: 'OFF', attempt: 1 })
    made.fail(1, declined)
    expect(made.recharge).toMatchObject({ state: 'OFF', attempt: null, spent: 0n, retryAt: null })
    expect(made.notices).toEqual([])
  })

  test('of a month that is over is not given back to the next one', () => {
    const made = charging()
    made.at = Date.parse('2026-12-01T00:00:00Z')
    made.fail(1, stolen)
    expect(rechargeAt(made.recharge, made.at, 'UTC').spent).toBe(0n)
  })

  test('where the customer must confirm keeps its price and waits, and says so once', () => {
    const made = charging()
    made.fail(1, confirm)
    made.fail(1, confirm)
    made.fail(1, { kind: 'action-required', url: 'https://pay.example/2' })
    expect(made.recharge).toMatchObject({
      state: 'ACTION_REQUIRED',
      attempt: 1,
      spent: 10n,
      actionUrl: 'https://pay.example/2',
    })
    expect(made.notices).toEqual(['RECHARGE_ACTION_REQUIRED'])
    made.charge(1n)
    expect(made.purchases).toHaveLength(1)
    made.land(1)
    expect(made.recharge).toMatchObject({ state: 'ARMED', attempt: null, actionUrl: null, spent: 10n })
  })

  test.each([
    [declined, 'CHARGING'],
    [stolen, 'PAUSED'],
  ] as const)('where the customer should have confirmed: %j', (failure, state) => {
    const made = charging()
    made.fail(1, confirm)
    made.fail(1, failure)
    expect(made.recharge).toMatchObject({ state, attempt: null, actionUrl: null, spent: 0n })
  })
})

describe('what is to come', () => {
  const looked: [string, () => Recharging][] = [
    ['armed', () => team(60n)],
    ['charging', () => charging()],
    [
      'waiting',
      () => {
        const made = charging()
        made.fail(1, declined)
        return made
      },
    ],
  ]

  test.each(looked)('is forecast as if nothing were bought while it is %s', (_, make) => {
    const { account, at } = make()
    const perDay = account.available / 10n
    expect(runsOutAt(account, perDay, world.rulesAt, at)).toBe(begin + 10 * day)
    expect(runsOutAt({ ...account, recharge: null }, perDay, world.rulesAt, at)).toBe(begin + 10 * day)
  })

  test.each(looked)('in years has one more attempt at most while it is %s, and no credits of it', (_, make) => {
    const { account } = make()
    const then = rollForward(account, noHolds, world.rulesAt, begin + 3_650 * day)
    expect(then.purchases.length).toBeLessThanOrEqual(1)
    expect(then.account.available).toBe(account.available)
    expect(rollForward(then.account, noHolds, world.rulesAt, begin + 4_000 * day).account).toBe(then.account)
  })
})

describe('another card', () => {
  test('goes on with what was paused, at once where the balance is below the threshold', () => {
    const made = paused()
    made.do({ kind: 'rearm-recharge', atOnce: true })
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 2, failures: 0, lastFailure: null })
  })

  test('arms what was paused where it is not to buy at once', () => {
    const made = paused()
    made.do({ kind: 'rearm-recharge', atOnce: false })
    expect(made.recharge).toMatchObject({ state: 'ARMED', attempt: null, failures: 0, lastFailure: null })
    expect(made.purchases).toHaveLength(1)
  })

  test('arms what waits for its next attempt: the next demand buys, and need not wait for that', () => {
    const made = charging()
    made.fail(1, declined)
    made.do({ kind: 'rearm-recharge', atOnce: true })
    expect(made.recharge).toMatchObject({ state: 'ARMED', failures: 0, retryAt: null, lastFailure: null })
    made.charge(1n)
    expect(made.recharge).toMatchObject({ state: 'CHARGING', attempt: 2 })
  })

  test('arms what was paused where it is not', () => {
    const made = paused()
    made.grant(100n, 'own')
    made.do({ kind: 'rearm-recharge', atOnce: true })
    expect(made.recharge).toMatchObject({ state: 'ARMED', failures: 0, lastFailure: null })
    expect(made.purchases).toHaveLength(1)
  })

  test.each<[string, () => Recharging]>([
    ['armed', () => team()],
    ['charging', () => charging()],
    ['capped', capped],
    [
      'off',
      () => {
        const made = paused()
        made.do(configure({ enabled: false }))
        return made
      },
    ],
  ])('is nothing to one that is %s', (_, make) => {
    const made = make()
    const { recharge } = made
    made.do({ kind: 'rearm-recharge', atOnce: true })
    expect(made.recharge).toBe(recharge)
  })

  test('is nothing to a team that has none', () => {
    const made = new Recharging(world, begin)
    made.do({ kind: 'rearm-recharge', atOnce: true })
    expect(made.account.recharge).toBeNull()
  })
})

describe('what is sold no longer', () => {
  test.each([
    ['the package', sellingWorld([]), "The package 'small' is no longer sold. Choose another one for auto-recharge."],
    [
      'on the plan',
      sellingWorld(packages, {
        plan: (id) => ({ id, allowances: [], addOn: null, creditLine: null, trial: null, topUp: false, contact: null }),
      }),
      'The plan sells no packages. Change the plan, then set auto-recharge again.',
    ],
    [
      'in the currency',
      sellingWorld([pack('small', 100n, 10n, 'EUR')]),
      'Packages are sold in EUR now. Set auto-recharge and its cap again.',
    ],
  ])('pauses: %s', (_, own, lastFailure) => {
    const made = team()
    made.world = own
    made.charge(60n)
    made.charge(1n)
    expect(made.recharge).toMatchObject({ state: 'PAUSED', lastFailure, spent: 0n })
    expect(made.notices.filter((type) => type.startsWith('RECHARGE'))).toEqual(['RECHARGE_FAILED'])
    expect(made.purchases).toEqual([])
  })
})

const hold = (amount: bigint): Command => ({
  kind: 'place-hold',
  usage: usageOf([amount]),
  expiresInSeconds: 600,
  reference: null,
  memberId: null,
  caller,
})
function raise(): never {
  throw new Error('The hold was not placed')
}
