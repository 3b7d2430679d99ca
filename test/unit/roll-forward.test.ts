import { describe, expect, test } from 'vitest'
import { type Account, nextBoundary, nextDeposit } from '../../src/domain/account.ts'
import type { Command } from '../../src/domain/decisions/command.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { grantId, teamId } from '../../src/domain/identity.ts'
import { contextAt } from '../../src/domain/rules.ts'
import type { Ask } from '../property/model/ask.ts'
import { commandOf, world } from '../property/model/world.ts'
import { decided } from '../setup/deciding.ts'

const begin = Date.parse('2026-11-18T12:00:00Z')
const monday = Date.parse('2026-11-23T00:00:00Z')
const hour = 3_600_000
const day = 24 * hour

function teamThat(...asked: Ask[]): { account: Account; holds: Hold[] } {
  let account = newAccount(teamId('team'), contextAt(world, begin))
  const holds: Hold[] = []
  for (const ask of asked) {
    const command: Command = commandOf(ask, { holds: [], charges: [] }, begin)
    const grantOfSource =
      'source' in command ? account.grants.find(({ source }) => source === command.source) : undefined
    const decision = decide(account, command, { grantOfSource }, contextAt(world, begin))
    if (decision.outcome.kind === 'refused') throw new Error(decision.outcome.failure.message)
    account = decision.account
    if (decision.hold !== null) holds.push(decision.hold)
  }
  return { account, holds }
}

const plan = (name: string, seats = 1): Ask => ({ do: 'plan', plan: name, seats, interval: null })
const promo = (amount: bigint, lasts: number | null, source = 'promo'): Ask => ({
  do: 'grant',
  source,
  amount,
  kind: 'PROMOTION',
  lasts,
})
const roll = ({ account, holds }: { account: Account; holds: Hold[] }, at: number) =>
  rollForward(account, { due: holds.filter(({ expiresAt }) => expiresAt <= at), nextDeadline: null }, world.rulesAt, at)
const lines = (rolled: ReturnType<typeof rollForward>) =>
  rolled.postings.map(({ type, change, at }) => `${new Date(at).toISOString().slice(0, 19)} ${type} ${change}`)

describe('rolling forward', () => {
  test('before the first boundary is nothing at all', () => {
    const team = teamThat(plan('weekly'))
    expect(nextBoundary(team.account)).toBe(monday)
    expect(nextDeposit(team.account, begin)).toBe(monday)
    expect(roll(team, monday - 1)).toEqual({
      account: team.account,
      postings: [],
      clawbacks: [],
      notices: [],
      purchases: [],
      holds: [],
    })
  })

  test('posts each boundary at its own instant: what timed out, what ended, what is due', () => {
    const team = teamThat(plan('weekly'), promo(7n, 3 * day), { do: 'hold', amount: 45n, lasts: 4 * day, start: false })
    expect(lines(roll(team, monday + day))).toEqual([
      '2026-11-21T12:00:00 EXPIRY -2',
      '2026-11-22T12:00:00 RELEASE 0',
      '2026-11-22T12:00:00 EXPIRY -5',
      '2026-11-23T00:00:00 EXPIRY -40',
      '2026-11-23T00:00:00 GRANT 40',
    ])
  })

  test('frees a hold at the very instant its grant ends into expiry, before the next deposit', () => {
    const team = teamThat(plan('weekly'), { do: 'hold', amount: 30n, lasts: monday - begin, start: false })
    expect(lines(roll(team, monday))).toEqual([
      '2026-11-23T00:00:00 RELEASE 0',
      '2026-11-23T00:00:00 EXPIRY -40',
      '2026-11-23T00:00:00 GRANT 40',
    ])
  })

  test('gives back what a hold was charged at its start, to its grants, for a reason', () => {
    const team = teamThat(plan('weekly'), promo(50n, null), { do: 'hold', amount: 60n, lasts: 20 * day, start: true })
    expect(team.account).toMatchObject({ available: 30n, held: 0n })
    const rolled = roll(team, monday + 20 * day)
    expect(lines(rolled).slice(-4)).toEqual([
      '2026-12-07T00:00:00 EXPIRY -40',
      '2026-12-07T00:00:00 GRANT 40',
      '2026-12-08T12:00:00 REFUND 60',
      '2026-12-08T12:00:00 EXPIRY -40',
    ])
    expect(rolled.postings.at(-2)).toMatchObject({ reason: 'not confirmed in time' })
    expect(rolled.holds).toMatchObject([{ state: 'EXPIRED', captured: 0n }])
  })

  test('keeps what an open hold has of an ended grant', () => {
    const team = teamThat(plan('weekly'), { do: 'hold', amount: 30n, lasts: 20 * day, start: false })
    expect(roll(team, monday).account).toMatchObject({ available: 40n, held: 30n })
  })

  test('makes up for each period that passed, and pays what is owed from the first', () => {
    const team = teamThat(
      plan('weekly'),
      promo(50n, null),
      { do: 'charge', amounts: [60n] },
      {
        do: 'claw-back',
        source: 'promo',
        total: 50n,
        frozen: false,
      },
    )
    expect(team.account).toMatchObject({ available: 0n, owed: 20n })
    expect(lines(roll(team, monday + 8 * day))).toEqual([
      '2026-11-23T00:00:00 GRANT 40',
      '2026-11-23T00:00:00 CLAWBACK -20',
      '2026-11-30T00:00:00 EXPIRY -20',
      '2026-11-30T00:00:00 GRANT 40',
    ])
  })

  test('announces each crossing that time brings', () => {
    const team = teamThat(plan('none'), promo(50n, hour), promo(5n, 2 * hour, 'little'))
    expect(roll(team, begin + 3 * hour).notices.map(({ type, at }) => [type, at - begin])).toEqual([
      ['BALANCE_LOW', hour],
      ['BALANCE_EXHAUSTED', 2 * hour],
    ])
  })

  test('announces a crossing by the threshold that was in force at its instant', () => {
    const { account } = teamThat(plan('none'), promo(50n, hour), promo(5n, null, 'little'))
    const rulesAt: typeof world.rulesAt = (instant) => {
      const rules = world.rulesAt(instant)
      return instant <= begin + hour ? rules : { ...rules, policy: { ...rules.policy, lowThreshold: { credits: 1n } } }
    }
    const rolled = rollForward(account, noHolds, rulesAt, begin + 2 * hour)
    expect(rolled.notices.map(({ type, at }) => [type, at - begin])).toEqual([['BALANCE_LOW', hour]])
    expect(rolled.account.lowThreshold).toBe(1n)
  })

  test('deposits the weekly and the monthly allowance that land together in one order, however they were read', () => {
    const { account } = teamThat(plan('both', 2))
    expect(account.allowances.map(({ id }) => id)).toEqual(['month', 'week'])
    const at = Date.parse('2027-02-01T00:00:00Z')
    const sources = roll({ account, holds: [] }, at).account.grants.filter(({ startsAt }) => startsAt === at)
    expect(sources.toSorted((a, b) => a.id - b.id).map(({ source }) => source)).toEqual([
      'plan:both:month:2027-02-01',
      'plan:both:2027-02-01',
    ])
  })
})

describe('grants that each end at an instant of their own', () => {
  const some = decided(newAccount(teamId('team'), contextAt(world, begin)), {
    kind: 'grant-credits',
    ...{ amount: 10n, grantKind: 'PACKAGE', expiresAt: begin + hour, source: 'some' },
  }).account

  /** Such a team, and how often its grants were looked at. */
  function teamWith(number: number): { account: Account; looks: () => number } {
    const [first] = some.grants
    if (first === undefined) throw new Error('The team has no grant')
    let looks = 0
    const grants = Array.from({ length: number }, (_, index) => {
      const grant = { ...first, id: grantId(index + 1), expiresAt: begin + hour + index, source: `some ${index}` }
      const get = () => {
        looks += 1
        return 10n
      }
      return Object.defineProperty(grant, 'available', { enumerable: true, get })
    })
    const available = 10n * BigInt(number)
    return { account: { ...some, revision: number, available, grants } as Account, looks: () => looks }
  }

  test('are looked at a few times each, however many there are', () => {
    const looksOf = (number: number) => {
      const { account, looks } = teamWith(number)
      const rolled = rollForward(account, noHolds, world.rulesAt, begin + day)
      expect(rolled.postings).toHaveLength(number)
      expect(rolled.account).toMatchObject({ available: 0n, grants: { length: number } })
      return looks() / number
    }
    expect(looksOf(4_000)).toBeLessThan(20)
    expect(looksOf(4_000)).toBeLessThan(looksOf(400) + 2)
  })

  test('may be more than a call has arguments', () => {
    const { account } = teamWith(130_000)
    expect(rollForward(account, noHolds, world.rulesAt, begin + hour).postings).toHaveLength(1)
  })
})
