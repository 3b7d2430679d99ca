import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { MOST_CREDITS } from '../../src/domain/amounts/credits.ts'
import { movedBy } from '../../src/domain/charge.ts'
import type { SetSpendingLimit } from '../../src/domain/decisions/command.ts'
import { memberId } from '../../src/domain/identity.ts'
import { calendarEnd } from '../../src/domain/period.ts'
import {
  countTaken,
  limitAt,
  limitPassed,
  maxLimits,
  type SpendingLimit,
  windowAt,
} from '../../src/domain/spending-limit.ts'
import { ana, backend, day, decided, granted, newTeam, using } from '../setup/deciding.ts'

const at = Date.parse
const iso = (instant: number) => new Date(instant).toISOString()
const noon = at('2026-11-18T12:00:00Z')
const ben = { memberId: memberId('ben'), callerId: memberId('backend'), groupIds: [] }

const limitOf = (credits: bigint | null, given: Partial<SpendingLimit> = {}): SpendingLimit => ({
  subject: 'MEMBER',
  id: 'ben',
  per: 'DAY',
  credits,
  used: 0n,
  setAt: 0,
  ...windowAt(given.per ?? 'DAY', 'UTC', noon),
  ...given,
})

describe('a window', () => {
  test.each([
    ['DAY', 'Europe/Berlin', '2026-03-29T00:30:00Z', '2026-03-29T22:00:00.000Z'],
    ['DAY', 'Africa/Cairo', '2026-04-23T21:59:59Z', '2026-04-23T22:00:00.000Z'],
    ['DAY', 'Africa/Cairo', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00.000Z'],
    ['WEEK', 'Europe/Berlin', '2026-10-25T22:30:00Z', '2026-10-25T23:00:00.000Z'],
    ['MONTH', 'UTC', '2028-02-29T23:59:59Z', '2028-03-01T00:00:00.000Z'],
    ['MONTH', 'UTC', '2027-01-31T00:00:00Z', '2027-02-01T00:00:00.000Z'],
  ] as const)('of a %s in %s that contains %s ends at midnight', (per, timeZone, instant, end) => {
    expect(iso(calendarEnd(per, timeZone, at(instant)))).toBe(end)
  })

  test('runs to its end also when the time zone changes, and the next one begins there', () => {
    const limit = limitOf(10n, { used: 7n })
    expect(limitAt(limit, 'America/New_York', at('2026-11-18T23:59:59Z'))).toBe(limit)
    const next = limitAt(limit, 'America/New_York', at('2026-11-19T00:00:00Z'))
    expect([iso(next.windowStart), iso(next.resetsAt)]).toEqual([
      '2026-11-19T00:00:00.000Z',
      '2026-11-19T05:00:00.000Z',
    ])
    expect(next.used).toBe(0n)
  })
})

const utcNoon = { timeZone: 'UTC', at: noon }

describe('limits', () => {
  test('are passed by the first micro-credit beyond them, by those they are of', () => {
    const limits = [limitOf(10n, { used: 7n }), limitOf(9n, { subject: 'CALLER', id: 'backend', per: 'MONTH' })]
    const passed = (spender: typeof ben, required: bigint) => limitPassed(limits, spender, required, utcNoon)?.subject
    expect(passed(ben, 3n)).toBeUndefined()
    expect(passed(ben, 4n)).toBe('MEMBER')
    expect(passed({ ...ben, memberId: memberId('ana') }, 9n)).toBeUndefined()
    expect(passed({ ...ben, callerId: memberId('ben') }, 10n)).toBe('MEMBER')
  })

  test('that are several are told by the one that resets last', () => {
    const limits = [limitOf(1n, { per: 'MONTH', ...windowAt('MONTH', 'UTC', noon) }), limitOf(1n)]
    expect(limitPassed(limits, ben, 2n, utcNoon)?.per).toBe('MONTH')
    expect(limitPassed(limits.toReversed(), ben, 2n, utcNoon)?.per).toBe('MONTH')
  })

  test('that were lowered or lifted stop nothing that is free, and nothing at all', () => {
    expect(limitPassed([limitOf(1n, { used: 5n })], ben, 0n, utcNoon)).toBeNull()
    expect(limitPassed([limitOf(null, { used: 5n })], ben, 1n, utcNoon)).toBeNull()
  })

  test('get back only what was taken in the window that runs, and never fall below zero', () => {
    const limits = [limitOf(10n, { used: 4n })]
    const usedAfter = (taken: bigint, returned: bigint, since: number, now: number) =>
      countTaken(limits, ben, { taken, returned, since }, { timeZone: 'UTC', at: now })[0]?.used
    const [before, after] = [at('2026-11-17T23:59:59Z'), at('2026-11-19T00:00:00Z')]
    expect(usedAfter(0n, 3n, noon - 1, noon)).toBe(1n)
    expect(usedAfter(0n, 3n, before, noon)).toBe(4n)
    expect(usedAfter(0n, 3n, noon, after)).toBe(4n)
    expect(usedAfter(0n, 9n, noon, noon)).toBe(0n)
    expect(usedAfter(6n, 0n, noon, after)).toBe(6n)
  })

  test('count what is taken in full, where more comes back of an earlier window at once', () => {
    const limits = [limitOf(10n, { used: 4n })]
    const usedAfter = (since: number, now: number) =>
      countTaken(limits, ben, { taken: 5n, returned: 8n, since }, { timeZone: 'UTC', at: now })[0]?.used
    expect(usedAfter(noon - 1, noon)).toBe(1n)
    expect(usedAfter(at('2026-11-17T23:59:59Z'), noon)).toBe(9n)
    expect(usedAfter(noon, at('2026-11-19T00:00:00Z'))).toBe(5n)
  })
})

describe('setting a limit', () => {
  const ofAna = { kind: 'set-spending-limit', subject: 'MEMBER', id: 'ana', per: 'DAY' } as const
  const set = (account: Account, given: Partial<SetSpendingLimit>, usedBefore?: bigint) =>
    decided(account, { ...ofAna, credits: 10n, ...given } as SetSpendingLimit, noon, { usedBefore })
  const limitsOf = ({ limits }: Account) => limits.map(({ id, credits, used }) => [id, credits, used])

  test.each([
    [-1n, 'INVALID_AMOUNT'],
    [0n, undefined],
    [MOST_CREDITS, undefined],
    [MOST_CREDITS + 1n, 'INVALID_AMOUNT'],
  ])('to %s: %s', (credits, code) => {
    const { outcome } = set(newTeam(), { credits })
    expect(outcome.kind === 'refused' ? outcome.failure.code : undefined).toBe(code)
  })

  test('begins with what was used in its window, and keeps counting when it changes', () => {
    const first = set(newTeam(), {}, 4n).account
    expect(limitsOf(first)).toEqual([['ana', 10n, 4n]])
    expect(limitsOf(set(first, { credits: 3n }, 0n).account)).toEqual([['ana', 3n, 4n]])
    expect(limitsOf(set(newTeam(), {}, -4n).account)).toEqual([['ana', 10n, 0n]])
  })

  test('that was lifted begins with what was used; lifting what is not there changes nothing', () => {
    const lifted = set(set(newTeam(), {}, 4n).account, { credits: null }).account
    expect(limitsOf(lifted)).toEqual([['ana', null, 4n]])
    expect(set(lifted, { credits: null }).account).toEqual(lifted)
    expect(limitsOf(set(lifted, {}, 7n).account)).toEqual([['ana', 10n, 7n]])
  })

  test('leaves limits of others, and of other periods, as they are', () => {
    const two = set(set(newTeam(), { id: 'ben' }, 1n).account, { per: 'MONTH' }, 2n).account
    expect(limitsOf(set(two, {}, 3n).account)).toEqual([
      ['ana', 10n, 3n],
      ['ana', 10n, 2n],
      ['ben', 10n, 1n],
    ])
  })

  test('is one of so many at most; a change and a lifted one do not count', () => {
    const others = Array.from({ length: maxLimits - 1 }, (_, number) => limitOf(1n, { id: `${number}` }))
    const nearly = { ...newTeam(), limits: [...others, limitOf(null, { id: 'lifted' })] }
    const full = set(nearly, {})
    expect(full.outcome.kind).toBe('done')
    expect(set(full.account, { credits: 11n }).outcome.kind).toBe('done')
    expect(set(full.account, { id: 'eve' }).outcome).toMatchObject({ failure: { code: 'INVALID_AMOUNT' } })
    expect(set(full.account, { id: 'eve', credits: null }).outcome.kind).toBe('done')
  })
})

describe('use counts against the limits', () => {
  const subjects = [
    limitOf(100n, { id: 'ana' }),
    limitOf(100n, { subject: 'CALLER', id: 'ana' }),
    limitOf(100n, { subject: 'CALLER', id: 'backend' }),
  ]
  const team = { ...granted(1_000n), limits: subjects }
  const used = ({ limits }: Account) => limits.map((limit) => limit.used)
  const place = { kind: 'place-hold', usage: using(10n), expiresInSeconds: 600, reference: null } as const
  const held = decided(team, { ...place, memberId: ana.id, caller: ana })
  const hold = held.hold ?? undefined
  if (hold === undefined) throw new Error('nothing was held')

  test('a charge, of the member that it is for and of its caller', () => {
    const charge = { kind: 'charge-usage', usage: using(7n), reference: null, memberId: ana.id } as const
    expect(used(decided(team, { ...charge, caller: backend }).account)).toEqual([7n, 0n, 7n])
  })

  test('a hold when it is placed, and no more when its placer settles it', () => {
    expect(used(held.account)).toEqual([10n, 10n, 0n])
    const settle = { kind: 'settle-hold', holdId: hold.id, usage: null, caller: ana } as const
    expect(used(decided(held.account, settle, noon, { hold }).account)).toEqual([10n, 10n, 0n])
  })

  test('what a hold gives back, in the window in which it was placed alone', () => {
    const release = { kind: 'release-hold', holdId: hold.id, reason: null, caller: ana } as const
    expect(used(decided(held.account, release, noon, { hold }).account)).toEqual([0n, 0n, 0n])
    const next = decided(held.account, release, noon + day, { hold }).account
    expect(used(next)).toEqual([10n, 10n, 0n])
  })

  test('what another caller charges on a hold, of that caller too', () => {
    const capture = { kind: 'capture-hold', holdId: hold.id, usage: using(4n), caller: backend } as const
    expect(used(decided(held.account, capture, noon, { hold }).account)).toEqual([10n, 10n, 4n])
  })

  test('a refund, of the member of the charge', () => {
    const charge = { kind: 'charge-usage', usage: using(7n), reference: null, memberId: ana.id, caller: ana } as const
    const { account, postings } = decided(team, charge)
    const posting = postings.find(({ type }) => type === 'CHARGE')
    if (posting === undefined) throw new Error('nothing was charged')
    const from = { refunded: 0n, unconfirmed: false, since: noon, memberId: ana.id, groupIds: [], reference: null }
    const refund = { kind: 'refund-charge', chargeId: movedBy(posting).id, amount: 5n, reason: '' } as const
    const after = decided(account, refund, noon, { charge: { ...movedBy(posting), ...from } }).account
    expect(used(after)).toEqual([2n, 7n, 0n])
  })

  test('and credits that are granted do not', () => {
    const grant = { kind: 'grant-credits', amount: 5n, grantKind: 'PACKAGE', expiresAt: null, source: 's' } as const
    expect(used(decided(team, grant).account)).toEqual([0n, 0n, 0n])
  })
})
