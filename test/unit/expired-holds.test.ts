import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { rollForward } from '../../src/domain/decisions/roll-forward.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { memberId } from '../../src/domain/identity.ts'
import { ana, decided, frozen, granted, newTeam, noon } from '../setup/deciding.ts'
import { acted, capture, next, use, world } from '../setup/holding.ts'
import { limitOf } from '../setup/outcome-scene.ts'

const second = 1_000
/** A team with holds that last so many seconds, each for 10 of 100 micro-credits. */
function holding(account: Account, ...lasts: number[]): { account: Account; holds: Hold[] } {
  const holds: Hold[] = []
  let team = account
  for (const expiresInSeconds of lasts) {
    const place = {
      kind: 'place-hold',
      reference: `for ${expiresInSeconds}`,
      memberId: memberId('mia'),
      usage: use(['second', 10]),
    }
    const placed = next(acted({ account: team }, { ...place, expiresInSeconds }))
    team = placed.account
    holds.push(placed.hold)
  }
  return { account: team, holds }
}
const roll = (account: Account, holds: readonly Hold[], at: number, nextDeadline: number | null = null) =>
  rollForward(frozen(account), { due: holds, nextDeadline }, world.rulesAt, at)

describe('holds whose time has passed', () => {
  test('expire in the order of their deadlines, then of their numbers', () => {
    const { account, holds } = holding(granted(100n), 90, 60, 60)
    const [late, first, after] = holds as [Hold, Hold, Hold]
    const rolled = roll(account, [late, after, first], noon + 90 * second)
    expect(rolled.postings).toMatchObject([
      { type: 'RELEASE', holdId: first.id, at: noon + 60 * second, reference: 'for 60', memberId: 'mia', reason: null },
      { type: 'RELEASE', holdId: after.id, at: noon + 60 * second, reference: 'for 60', memberId: 'mia', reason: null },
      { type: 'RELEASE', holdId: late.id, at: noon + 90 * second, reference: 'for 90', memberId: 'mia', reason: null },
    ])
    expect(rolled.holds).toEqual(
      [first, after, late].map((hold) => ({ ...hold, state: 'EXPIRED', slices: [], pace: null })),
    )
    expect(rolled.account).toMatchObject({ available: 100n, held: 0n, nextHoldDeadline: null })
  })

  test('expire at their deadline and not before; the others stay', () => {
    const { account, holds } = holding(granted(100n), 60, 90)
    expect(roll(account, [], noon + 60 * second - 1).postings).toEqual([])
    const rolled = roll(account, holds, noon + 60 * second, noon + 90 * second)
    expect(rolled.holds).toMatchObject([{ id: holds[0]?.id, state: 'EXPIRED' }])
    expect(rolled.account).toMatchObject({ available: 90n, held: 10n, nextHoldDeadline: noon + 90 * second })
  })

  test('are live sessions no more', () => {
    const { account, holds } = holding(granted(100n), 60, 90)
    const [one, other] = holds as [Hold, Hold]
    const first = next(capture({ account, hold: one }, ['second', 5]))
    const both = next(capture({ account: first.account, hold: other }, ['second', 5]))
    const rolled = roll(both.account, [first.hold, both.hold], noon + 60 * second)
    expect(rolled.account.sessions.map(({ holdId }) => holdId)).toEqual([other.id])
    expect(roll(both.account, [first.hold, both.hold], noon + 90 * second).account.sessions).toEqual([])
  })

  test('give back what they took from the spending limits of their placer', () => {
    const limit = { ...limitOf(ana), credits: 50n }
    const { account, holds } = holding({ ...granted(100n), limits: [limit] }, 60, 90)
    expect(account.limits).toMatchObject([{ used: 20n }])
    expect(roll(account, holds, noon + 60 * second).account.limits).toMatchObject([{ used: 10n }])
    expect(roll(account, holds, noon + 90 * second).account.limits).toMatchObject([{ used: 0n }])
  })

  test('expire with the grant that ends at the same time', () => {
    const { account, holds } = holding(granted(100n, noon + 60 * second), 60)
    const rolled = roll(account, holds, noon + 60 * second)
    expect(rolled.postings.map(({ type, change }) => [type, change])).toEqual([
      ['RELEASE', 0n],
      ['EXPIRY', -100n],
    ])
  })

  test('whose grant has ended before give nothing back to the balance', () => {
    const { account, holds } = holding(granted(100n, noon + 30 * second), 60)
    const rolled = roll(account, holds, noon + 60 * second)
    expect(rolled.postings.map(({ type, change }) => [type, change])).toEqual([
      ['EXPIRY', -90n],
      ['RELEASE', 0n],
      ['EXPIRY', -10n],
    ])
  })
})

describe('the alerts of a team', () => {
  const grant = (amount: bigint, source: string, account: Account) =>
    decided(account, { kind: 'grant-credits', amount, grantKind: 'PACKAGE', expiresAt: null, source })
  const charge = (quantity: bigint, account: Account) =>
    decided(account, {
      kind: 'charge-usage',
      usage: [{ rate: 'credit', quantity, count: 1 }],
      reference: null,
      memberId: null,
      caller: ana,
    })
  const told = ({ notices, account }: ReturnType<typeof grant>) => [notices.map(({ type }) => type), account.alert]

  test('are told once, downwards through both, and once it has recovered', () => {
    const full = grant(100n, 'a', newTeam())
    expect(told(full)).toEqual([[], 'OK'])
    const low = charge(95n, full.account)
    expect(told(low)).toEqual([['BALANCE_LOW'], 'LOW'])
    const lower = charge(1n, low.account)
    expect(told(lower)).toEqual([[], 'LOW'])
    const out = charge(4n, lower.account)
    expect(told(out)).toEqual([['BALANCE_EXHAUSTED'], 'EXHAUSTED'])
    const little = grant(5n, 'b', out.account)
    expect(told(little)).toEqual([[], 'LOW'])
    const again = grant(5n, 'c', little.account)
    expect(told(again)).toEqual([['BALANCE_RECOVERED'], 'OK'])
    expect(told(charge(10n, again.account))).toEqual([['BALANCE_EXHAUSTED'], 'EXHAUSTED'])
  })
})

test('time that has passed is the time of the team, also where nothing moved', () => {
  const later = noon + 60 * second
  expect(decided(granted(100n), { kind: 'roll-forward' }, later).account.lastAt).toBe(later)
  expect(decided(granted(100n), { kind: 'post-due' }, later).account.lastAt).toBe(noon)
})
