import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { type RolledForward, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { teamId } from '../../src/domain/identity.ts'
import { cadences, calendarAnchor, periodIndexAt, periodStart } from '../../src/domain/period.ts'
import type { Posting } from '../../src/domain/posting.ts'
import { contextAt } from '../../src/domain/rules.ts'
import { asks } from './model/arbitrary-asks.ts'
import { calendarStart, startOfPeriod, wallClock } from './model/periods.ts'
import { Days } from './model/wall-days.ts'
import { commandOf, world } from './model/world.ts'

const hour = 3_600_000
const day = 24 * hour
/** With daylight saving by an hour, by half an hour and at midnight, with odd offsets, and without any. */
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'America/St_Johns',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
]
const zone = fc.constantFrom(...zones)
const cadence = fc.constantFrom(...cadences)
const instant = fc.integer({ min: Date.parse('2012-01-01T00:00:00Z'), max: Date.parse('2030-12-31T00:00:00Z') })
/** Days that some months lack, and the hours at which clocks are moved. */
const awkward = fc
  .record({
    year: fc.integer({ min: 2012, max: 2030 }),
    date: fc.constantFrom('01-29', '01-30', '01-31', '02-28', '02-29', '03-31', '05-31', '08-31', '10-31', '12-31'),
    time: fc.constantFrom('00:00', '00:30', '01:30', '02:30', '03:00', '23:59'),
  })
  .map(({ year, date, time }) => Date.parse(`${year}-${date}T${time}:00Z`))
  .filter((at) => !Number.isNaN(at))
const anchors = fc.oneof(instant, awkward)

describe('a period', () => {
  test('starts on the day and at the time of its anchor, as found day by day on a calendar', () => {
    fc.assert(
      fc.property(anchors, cadence, zone, fc.nat({ max: 30 }), (anchor, every, timeZone, index) => {
        expect(periodStart(anchor, every, timeZone, index)).toBe(startOfPeriod(anchor, every, timeZone, index))
      }),
      { numRuns: 1_500 },
    )
  })

  test('starts when Temporal counts that it does, in any zone, also before its anchor', () => {
    const units = { WEEK: 'weeks', MONTH: 'months', YEAR: 'years' } as const
    const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
    const since1975 = fc.integer({ min: Date.parse('1975-01-01T00:00:00Z'), max: Date.parse('2060-12-31T00:00:00Z') })
    const index = fc.integer({ min: -60, max: 60 })
    fc.assert(
      fc.property(fc.oneof(since1975, awkward), cadence, anyZone, index, (anchor, every, timeZone, index) => {
        const zoned = Temporal.Instant.fromEpochMilliseconds(anchor).toZonedDateTimeISO(timeZone)
        const expected = zoned.add({ [units[every]]: index }).epochMilliseconds
        expect(periodStart(anchor, every, timeZone, index)).toBe(expected)
        expect(periodIndexAt(anchor, every, timeZone, expected)).toBe(index)
      }),
      { numRuns: 1_000 },
    )
  })

  test('contains the instants from its start to right before the start of the next', () => {
    fc.assert(
      fc.property(anchors, cadence, zone, fc.nat({ max: 2_000 * day }), (anchor, every, timeZone, later) => {
        const at = anchor + later
        const days = Days.since(anchor, every, timeZone)
        let index = -1
        for (; days.next <= at; index += 1) days.step()
        expect(periodIndexAt(anchor, every, timeZone, at)).toBe(index)
        const start = periodStart(anchor, every, timeZone, index)
        expect(periodIndexAt(anchor, every, timeZone, start)).toBe(index)
        expect(periodIndexAt(anchor, every, timeZone, start - 1)).toBe(index - 1)
      }),
      { numRuns: 150 },
    )
  })

  test('that began on the 31st, or on 29 February, comes back to it after shorter ones', () => {
    const starts = (anchor: string, every: 'MONTH' | 'YEAR', count: number) =>
      Array.from({ length: count }, (_, k) =>
        new Date(periodStart(Date.parse(anchor), every, 'UTC', k)).toISOString().slice(0, 10),
      )
    expect(starts('2027-12-31T09:00:00Z', 'MONTH', 5)).toEqual([
      '2027-12-31',
      '2028-01-31',
      '2028-02-29',
      '2028-03-31',
      '2028-04-30',
    ])
    expect(starts('2028-02-29T09:00:00Z', 'YEAR', 5)).toEqual([
      '2028-02-29',
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
    ])
  })

  test('of the calendar begins at the first instant of its Monday, month or year, also where midnight is skipped', () => {
    const skippedMidnight = [
      ['Africa/Cairo', '2026-04-24T09:00:00Z'],
      ['Asia/Beirut', '2026-03-29T09:00:00Z'],
      ['America/Havana', '2026-03-08T15:00:00Z'],
    ] as const
    for (const [timeZone, at] of skippedMidnight) {
      const anchor = calendarAnchor('WEEK', timeZone, Date.parse(at))
      expect(new Date(wallClock(anchor, timeZone)).toISOString()).toMatch(/T00:00:00.000Z$/)
    }
    fc.assert(
      fc.property(anchors, cadence, zone, (at, every, timeZone) => {
        const anchor = calendarAnchor(every, timeZone, at)
        expect(anchor <= at).toBe(true)
        expect(new Date(wallClock(anchor, timeZone)).toISOString()).toMatch(/T00:00:00.000Z$/)
        const running = periodIndexAt(anchor, every, timeZone, at)
        expect(periodStart(anchor, every, timeZone, running)).toBe(calendarStart(every, timeZone, at))
      }),
      { numRuns: 1_500 },
    )
  })
})

describe('rolling forward', () => {
  const begin = Date.parse('2026-11-18T12:00:00Z')
  const lived = fc.record({
    plan: fc.constantFrom('weekly', 'seats', 'both'),
    seats: fc.integer({ min: 1, max: 3 }),
    asked: fc.array(asks, { maxLength: 12, size: 'max' }),
    until: fc.integer({ min: 1, max: 400 * day }),
    looks: fc.array(fc.integer({ min: 0, max: 400 * day }), { maxLength: 30, size: 'max' }),
  })

  test('once, however late, posts what rolling forward again and again posted', () => {
    let postings = 0
    fc.assert(
      fc.property(lived, ({ plan, seats, asked, until, looks }) => {
        const { account, holds } = teamThat([{ do: 'plan', plan, seats, interval: null }, ...asked])
        const end = begin + until
        const daily = Array.from({ length: 400 }, (_, n) => begin + n * day)
        const times = [...daily, ...looks.map((ms) => begin + ms)].filter((at) => at < end).sort((a, b) => a - b)
        const [late, inSteps] = [[end], [...times, end]].map((at) => rollThrough(account, holds, at))
        expect(inSteps).toEqual(late)
        postings += late?.postings.length ?? 0
        for (const { at } of late?.postings ?? []) expect(at <= end).toBe(true)
      }),
      { numRuns: 150 },
    )
    expect(postings).toBeGreaterThan(1_000)
  })

  function teamThat(asked: readonly Parameters<typeof commandOf>[0][]): { account: Account; holds: Hold[] } {
    let account = newAccount(teamId('team'), contextAt(world, begin))
    const holds = new Map<Hold['id'], Hold>()
    for (const ask of asked) {
      const ids = { holds: [...holds.keys()].toReversed(), charges: [] }
      const command = commandOf(ask, ids, begin)
      const hold = 'holdId' in command ? holds.get(command.holdId) : undefined
      const grantOfSource =
        'source' in command ? account.grants.find(({ source }) => source === command.source) : undefined
      const decision = decide(account, command, { hold, grantOfSource }, contextAt(world, begin))
      account = decision.account
      if (decision.hold !== null) holds.set(decision.hold.id, decision.hold)
    }
    return { account, holds: [...holds.values()].filter(({ state }) => state === 'OPEN') }
  }

  function rollThrough(start: Account, holds: readonly Hold[], times: readonly number[]) {
    let account = start
    let open = holds
    const postings: Posting[] = []
    const notices: RolledForward['notices'][number][] = []
    const expired: Hold[] = []
    for (const at of times) {
      const due = open.filter(({ expiresAt }) => expiresAt <= at)
      const later = Math.min(...open.map(({ expiresAt }) => expiresAt).filter((expiresAt) => expiresAt > at))
      const rolled = rollForward(account, { due, nextDeadline: later === Infinity ? null : later }, world.rulesAt, at)
      account = rolled.account
      postings.push(...rolled.postings)
      notices.push(...rolled.notices)
      expired.push(...rolled.holds)
      open = open.filter((hold) => !due.includes(hold))
    }
    expect(open.every(({ expiresAt }) => expiresAt > (times.at(-1) ?? 0))).toBe(true)
    return { account: { ...account, nextHoldDeadline: null }, postings, notices, expired }
  }
})
