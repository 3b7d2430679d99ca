import { describe, expect, test } from 'vitest'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { runsOutAt } from '../../src/domain/decisions/forecast.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import type { World } from '../../src/domain/rules.ts'
import { accruedToday, maxStored, nextAccrual, readStored, type StoredAmount } from '../../src/domain/stored-amount.ts'
import { cardOf, gigabytes, plainCard, Storing, storageRate, worldOf } from '../property/model/storing.ts'
import { rate } from '../property/model/world.ts'

const at = (text: string) => Date.parse(text)
const hour = 3_600_000
const day = 24 * hour
const noon = at('2026-11-18T12:00:00Z')
const midnight = at('2026-11-19T00:00:00Z')

const storing = (world: World = worldOf(), begin = noon) => new Storing(world, begin)
const lines = ({ postings }: Storing) =>
  postings.map(
    ({ type, change, at: instant, reference }) => `${new Date(instant).toISOString()} ${type} ${change} ${reference}`,
  )

describe('a day of storage', () => {
  test('is charged in its last millisecond, for the part of it that each amount was kept', () => {
    const team = storing()
    team.grant(100n * MICRO, noon, null, 'pack')
    team.store(gigabytes(8), noon)
    team.store(gigabytes(2), noon + 6 * hour)
    expect(team.nextBoundary).toBe(midnight - 1)
    team.passTo(midnight - 2)
    expect(team.charged).toEqual([])
    team.passTo(midnight + day)
    expect(lines(team)).toEqual([
      '2026-11-18T12:00:00.000Z GRANT 100000000 pack',
      '2026-11-18T23:59:59.999Z CHARGE -2500000 storage:2026-11-18',
      '2026-11-19T23:59:59.999Z CHARGE -2000000 storage:2026-11-19',
    ])
    expect(team.charged.map(({ quantity }) => quantity)).toEqual([2_500_000n, 2_000_000n])
    expect(team.postings.at(-1)).toMatchObject({ memberId: null, rateCardVersion: 'plain', holdId: null })
  })

  test('of exactly one GB from midnight to midnight is one GB-day, in days of 23, 24 and 25 hours', () => {
    const timeZone = 'America/New_York'
    const spring = at('2026-03-07T05:00:00Z')
    const autumn = at('2026-10-31T04:00:00Z')
    for (const [begin, hours] of [
      [spring, [24, 23, 24]],
      [autumn, [24, 25, 24]],
    ] as const) {
      const team = storing(worldOf({ timeZone }), begin)
      team.store(gigabytes(1), begin)
      team.passTo(begin + 4 * day)
      expect(team.charged.slice(0, 3).map(({ quantity }) => quantity)).toEqual([MICRO, MICRO, MICRO])
      const ends = team.charged.map(({ at: instant }) => instant + 1)
      expect(ends.slice(0, 3).map((end, index) => (end - (ends[index - 1] ?? begin)) / hour)).toEqual(hours)
    }
  })

  test('is spent from the grants that run on it, and owed is paid by what lands at its end', () => {
    const team = storing(worldOf({ storageAtZero: 'owe' }), at('2026-11-22T00:00:00Z'))
    const monday = at('2026-11-23T00:00:00Z')
    const plan = { planId: 'weekly', teamName: null, seats: 1, interval: null, anchor: null }
    team.do({ kind: 'assign-plan', ...plan }, monday - day)
    expect(team.account.available).toBe(40n)
    team.store(50n, monday - day)
    team.passTo(monday)
    expect(lines(team).slice(1)).toEqual([
      '2026-11-22T23:59:59.999Z CHARGE -40 storage:2026-11-22',
      '2026-11-23T00:00:00.000Z GRANT 40 plan:weekly:2026-11-23',
      '2026-11-23T00:00:00.000Z CLAWBACK -10 owed',
    ])
    expect(team.account).toMatchObject({ available: 30n, owed: 0n })
  })

  test('comes after what ends and lands in its last millisecond', () => {
    const team = storing()
    team.grant(5n, noon, midnight - 1, 'ends')
    team.grant(3n, noon, midnight, 'runs')
    team.store(gigabytes(4), noon)
    team.passTo(midnight)
    expect(lines(team).slice(2)).toEqual([
      '2026-11-18T23:59:59.999Z EXPIRY -5 ends',
      '2026-11-18T23:59:59.999Z CHARGE -3 storage:2026-11-18',
    ])
  })

  test('announces that it exhausted the balance', () => {
    const team = storing()
    team.grant(2n * MICRO, midnight, null, 'pack')
    team.store(gigabytes(2), midnight)
    const { notices } = rollForward(team.account, noHolds, worldOf().rulesAt, midnight + day)
    expect(notices.map(({ type, at: instant }) => [type, instant])).toEqual([['BALANCE_EXHAUSTED', midnight + day - 1]])
  })
})

describe('changes of what is stored', () => {
  test('add up exactly, several within a day; the same amount again changes nothing', () => {
    const team = storing(worldOf(), midnight)
    team.store(gigabytes(3), midnight)
    team.store(gigabytes(1), midnight + day / 3)
    const before = team.account.stored
    expect(team.store(gigabytes(1), midnight + day / 2).account.stored).toBe(before)
    team.store(gigabytes(7), midnight + (2 * day) / 3)
    team.passTo(midnight + day)
    expect(team.charged.map(({ quantity }) => quantity)).toEqual([3_666_667n])
  })

  test('to 0 end it when the running day has been charged', () => {
    const team = storing(worldOf(), midnight)
    team.store(gigabytes(4), midnight)
    team.store(0n, midnight + day + 6 * hour)
    team.passTo(midnight + 9 * day)
    expect(team.charged.map(({ day: date, quantity }) => [date, quantity])).toEqual([
      ['2026-11-19', 4_000_000n],
      ['2026-11-20', 1_000_000n],
    ])
    expect(team.nextBoundary).toBeNull()
    expect(team.store(gigabytes(1), midnight + 9 * day).account.stored).toHaveLength(1)
    team.passTo(midnight + 10 * day)
    expect(team.charged.at(-1)).toMatchObject({ day: '2026-11-28', quantity: 1_000_000n })
  })

  test("in a day's last millisecond count from the next day on", () => {
    const team = storing(worldOf(), midnight)
    const end = midnight + day
    team.store(gigabytes(4), midnight)
    team.store(gigabytes(9), end - 1)
    team.store(gigabytes(5), end - 1)
    team.store(gigabytes(6), end - 1, 'gb')
    expect(team.charged.map(({ quantity }) => quantity)).toEqual([4_000_000n])
    team.passTo(end + day)
    expect(team.charged.map(({ quantity }) => quantity)).toEqual([4_000_000n, 6_000_000n])

    const late = storing(worldOf(), end - 1)
    late.store(gigabytes(3), end - 1)
    expect(late.account.stored).toMatchObject([{ changedAt: end, dayEndsAt: end + day }])
    late.passTo(end + day)
    expect(late.charged.map(({ quantity }) => quantity)).toEqual([3_000_000n])
  })

  test('by a clock that is a little behind the one before count from that one on', () => {
    const team = storing(worldOf(), midnight)
    team.store(gigabytes(1), midnight + hour)
    team.store(gigabytes(2), midnight + hour - 500)
    team.passTo(midnight + day)
    expect(team.charged.map(({ quantity }) => quantity)).toEqual([1_916_667n])
  })

  test('move nothing, and so write no revision', () => {
    const team = storing()
    team.grant(100n, noon)
    const { postings, notices, account } = team.store(gigabytes(4), noon)
    expect([postings, notices, account.revision]).toEqual([[], [], 1])
  })

  test('tell what today has come to so far, rounded down', () => {
    const team = storing(worldOf(), midnight)
    team.store(gigabytes(1), midnight)
    team.store(gigabytes(3), midnight + 8 * hour)
    const [stored] = team.account.stored as [StoredAmount]
    expect(accruedToday(stored, 'UTC', midnight + 8 * hour)).toBe(333_333n)
    expect(accruedToday(stored, 'UTC', midnight + 16 * hour)).toBe(1_333_333n)
  })
})

describe('what the balance does not cover', () => {
  test('is neither charged nor owed where storage stops at zero; the line says what was stored and what was paid', () => {
    const team = storing(worldOf({ storageAtZero: 'stop' }), midnight)
    team.grant(1_500_000n, midnight)
    team.store(gigabytes(1), midnight)
    team.passTo(midnight + 4 * day)
    expect(team.postings.slice(1).map(({ change }) => change)).toEqual([-1_000_000n, -500_000n, 0n, 0n])
    expect(team.charged.map(({ quantity }) => quantity)).toEqual([MICRO, MICRO, MICRO, MICRO])
    expect(team.account).toMatchObject({ available: 0n, owed: 0n })
  })

  test('is owed where the catalog says so: a line without a grant', () => {
    const team = storing(worldOf({ storageAtZero: 'owe' }), midnight)
    team.grant(1_500_000n, midnight)
    team.store(gigabytes(1), midnight)
    team.passTo(midnight + 3 * day)
    expect(team.account).toMatchObject({ available: 0n, owed: 1_500_000n })
    const moves = team.postings
      .slice(2)
      .map(({ entries }) => entries.map(({ from, to, amount, use }) => [from, to, amount, use?.quantity ?? null]))
    expect(moves).toEqual([
      [
        ['available', 'spent', 500_000n, MICRO],
        ['none', 'owed', 500_000n, null],
      ],
      [['none', 'owed', 1_000_000n, MICRO]],
    ])
    team.grant(1_200_000n, midnight + 3 * day, null, 'next')
    expect(team.account).toMatchObject({ available: 0n, owed: 300_000n })
  })

  test('is never more than a ledger can hold', () => {
    const dear = cardOf('dear', [storageRate('gb', { credits: 1_000_000_000n * MICRO })])
    const team = storing(worldOf({ storageAtZero: 'owe' }, dear), midnight)
    team.store(gigabytes(999), midnight)
    team.passTo(midnight + 20 * day)
    expect(team.account.owed).toBe(9_000_000_000_000_000_000n)
    expect(team.charged).toHaveLength(20)
  })
})

describe('rates of storage', () => {
  const several = cardOf('several', [
    storageRate('a', { credits: MICRO }),
    storageRate('b', { credits: 2n * MICRO }, { per: gigabytes(10), roundsUp: true }),
    storageRate('free', { free: true }),
    storageRate('metered', { money: { amount: 20_000_000n, currency: 'USD' } }, { settlement: 'METERED' }),
    storageRate('auto', { auto: ['a', 'b'] }),
    storageRate('gated', { credits: MICRO }, { requires: ['PLAN', 'TOP_UPS_ENABLED'], plans: ['pro'] }),
    rate('token', { credits: MICRO }),
  ])
  const world = worldOf({ storageAtZero: 'owe' }, several)

  test('are the lines of one charge a day, in the order of their ids, each priced on its own', () => {
    const team = storing(world, midnight)
    team.grant(4n * MICRO, midnight)
    for (const id of ['metered', 'free', 'b', 'a']) team.store(gigabytes(3), midnight, id)
    team.passTo(midnight + day)
    const [charge] = team.postings.slice(1)
    expect(
      charge?.entries.map(({ line, rate: id, to, amount, use }) => [line, id, to, amount, use?.money?.amount]),
    ).toEqual([
      [0, 'a', 'spent', 3n * MICRO, undefined],
      [1, 'b', 'spent', MICRO, undefined],
      [1, 'b', 'owed', MICRO, undefined],
      [2, 'free', 'none', 0n, undefined],
      [3, 'metered', 'none', 0n, 60_000_000n],
    ])
  })

  test.each([
    ['nothing', 'UNKNOWN_RATE', /nothing/],
    ['token', 'INVALID_USAGE', /^rate: 'token' is counted by TOKEN: give a rate that is counted by GB_DAY/],
    ['auto', 'INVALID_USAGE', /^rate: 'auto' leaves the choice/],
    ['gated', 'REQUIREMENT_NOT_MET', /the plan pro:.*top-ups/],
  ])('%s is refused', (id, code, message) => {
    const { outcome } = storing(world).store(gigabytes(1), noon, id)
    if (outcome.kind !== 'refused') throw new Error(outcome.kind)
    expect([outcome.failure.code, outcome.failure.message]).toEqual([code, expect.stringMatching(message)])
  })

  test('ask for what they require only where more is stored', () => {
    const team = storing(world, midnight)
    team.account = { ...team.account, planId: 'pro', topUpsEnabled: true }
    expect(team.store(gigabytes(5), midnight, 'gated').outcome.kind).toBe('done')
    team.account = { ...team.account, topUpsEnabled: false }
    expect(team.store(gigabytes(6), midnight + hour, 'gated').outcome.kind).toBe('refused')
    expect(team.store(gigabytes(4), midnight + hour, 'gated').outcome.kind).toBe('done')
    expect(team.store(0n, midnight + 2 * hour, 'gated').outcome.kind).toBe('done')
    expect(team.store(gigabytes(1), midnight + 2 * hour, 'gated').outcome.kind).toBe('refused')
  })

  test('that need a role are raised by it alone, and lowered by any', () => {
    const card = cardOf('admins', [storageRate('gb', { credits: MICRO }, { role: 'ADMIN' })])
    const team = storing(worldOf({}, card), midnight)
    const raised = (role: 'MEMBER' | 'ADMIN') =>
      team.do({ kind: 'set-stored-amount', rate: 'gb', amount: MICRO, caller: { id: null, role } }, midnight).outcome
    expect(raised('MEMBER')).toMatchObject({ failure: { blockers: [{ code: 'ROLE_REQUIRED' }] } })
    expect(raised('ADMIN').kind).toBe('done')
    expect(team.store(1n, midnight).outcome.kind).toBe('done')
  })

  test('are at most 20 at a time', () => {
    const ids = Array.from({ length: 21 }, (_, index) => `rate-${index}`)
    const card = cardOf(
      'many',
      ids.map((id) => storageRate(id, { credits: MICRO })),
    )
    const team = storing(worldOf({}, card), midnight)
    const outcomes = ids.map((id) => team.store(gigabytes(1), midnight, id).outcome)
    expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(20)
    expect(outcomes.at(-1)).toMatchObject({ failure: { code: 'INVALID_USAGE', path: ['rate'] } })
    team.store(0n, midnight, 'rate-3')
    expect(team.store(gigabytes(1), midnight, 'rate-20').outcome.kind).toBe('done')
  })

  test('that would cost more in a day than can be written down are refused', () => {
    const dear = cardOf('dear', [storageRate('gb', { credits: 1_000_000_000n * MICRO })])
    const { outcome } = storing(worldOf({}, dear)).store(gigabytes(1_000), noon)
    expect(outcome).toMatchObject({ failure: { code: 'INVALID_USAGE', path: ['amount'] } })
  })

  test('charge less than half a micro-GB-day silently', () => {
    const team = storing(worldOf(), midnight)
    team.store(1n, midnight + 13 * hour)
    team.passTo(midnight + day)
    expect(team.postings).toEqual([])
    team.passTo(midnight + 2 * day)
    expect(team.charged).toMatchObject([{ quantity: 1n }])
  })
})

describe('another catalog', () => {
  const changing = (from: number, before: ReturnType<typeof worldOf>, after: ReturnType<typeof worldOf>): World => ({
    rulesAt: (instant) => (instant < from ? before : after).rulesAt(instant),
    cardOf: () => plainCard,
  })

  test("prices the days whose last millisecond is its own, and ends what it has no GB-day's price for", () => {
    const dearer = cardOf('dearer', [storageRate('gb', { credits: 3n * MICRO })])
    const raised = storing(changing(midnight + 2 * day - 1, worldOf(), worldOf({}, dearer)), midnight)
    raised.grant(100n * MICRO, midnight)
    raised.store(gigabytes(1), midnight)
    raised.passTo(midnight + 2 * day)
    expect(raised.postings.slice(1).map(({ change, rateCardVersion }) => [change, rateCardVersion])).toEqual([
      [-MICRO, 'plain'],
      [-3n * MICRO, 'dearer'],
    ])

    for (const gone of [[], [rate('gb', { credits: MICRO })]]) {
      const card = cardOf('gone', [rate('credit', { credits: MICRO }), ...gone])
      const team = storing(changing(midnight + day, worldOf(), worldOf({}, card)), midnight)
      team.store(gigabytes(1), midnight)
      team.store(gigabytes(0.5), midnight + day + hour)
      team.passTo(midnight + 5 * day)
      expect(team.charged.map(({ day: date }) => date)).toEqual(['2026-11-19'])
      expect([team.nextBoundary, ...team.account.stored.map(nextAccrual)]).toEqual([null, null])
    }
  })

  test('in another time zone begins with the next midnight of its own, and counts no hour twice', () => {
    for (const [one, other] of [
      ['UTC', 'Asia/Tokyo'],
      ['Asia/Tokyo', 'UTC'],
    ] as const) {
      const change = midnight + day + 5 * hour
      const world = changing(change, worldOf({ timeZone: one }), worldOf({ timeZone: other }))
      const begin = midnight - (one === 'UTC' ? 0 : 9 * hour)
      const team = storing(world, begin)
      team.store(gigabytes(24), begin)
      const end = midnight + 4 * day - (other === 'UTC' ? 0 : 9 * hour)
      team.passTo(end)
      const total = team.charged.reduce((sum, { quantity }) => sum + quantity, 0n)
      expect(total).toBe(gigabytes((end - begin) / hour))
    }
  })
})

describe('beside', () => {
  test('a forecast burns storage once: what it is told per day has it already', () => {
    const team = storing(worldOf(), midnight)
    team.grant(10n * MICRO, midnight)
    team.store(gigabytes(1), midnight)
    expect(runsOutAt(team.account, MICRO, worldOf().rulesAt, midnight)).toBe(midnight + 10 * day)
  })

  test('an amount is read exactly, from 0 to 10^9 GB', () => {
    expect(['0', '0.000001', '1000000000'].map(readStored)).toEqual([0n, 1n, maxStored])
    expect(['-1', '1000000000.000001', '1e3', '0.0000001', ''].map(readStored)).toEqual(Array(5).fill(undefined))
  })

  test('two years without a look are 731 charges, the same as with a look every day', () => {
    const timeZone = 'Europe/Berlin'
    const [late, daily] = [1, 2].map(() => {
      const team = storing(worldOf({ timeZone, storageAtZero: 'owe' }), midnight)
      team.grant(200n * MICRO, midnight, null, 'pack')
      team.do(
        { kind: 'assign-plan', planId: 'weekly', teamName: null, seats: 1, interval: null, anchor: null },
        midnight,
      )
      team.store(gigabytes(1.234567), midnight)
      return team
    }) as [Storing, Storing]
    const end = midnight + 731 * day
    late.passTo(end)
    for (let instant = midnight; instant <= end; instant += day / 2) daily.passTo(instant)
    expect(late.charged).toHaveLength(731)
    expect(daily.postings).toEqual(late.postings)
    expect(daily.account).toEqual(late.account)
  })
})
