import { describe, expect, test } from 'vitest'
import { memberId } from '../../src/domain/identity.ts'
import { backend } from '../setup/deciding.ts'
import { acted, chargedLines, type Held, held, settle, type use } from '../setup/holding.ts'
import { limitOf } from '../setup/outcome-scene.ts'

type Lines = Parameters<typeof use>
const start: Lines = [
  ['start', 40],
  ['credit', 10],
]

describe('a hold that is charged at its start', () => {
  test('is charged if any of its rates says so, for the member and the reference of the hold', () => {
    const { account, hold } = held(...start)
    expect([account.available, account.held, hold.captured, hold.slices]).toEqual([50n, 0n, 50n, []])
    expect(hold.charged).toMatchObject({ movements: [{ amount: 40n }, { amount: 10n }] })
    expect(held(['credit', 40]).hold.charged).toBeNull()
    expect(held(['start', 40]).hold.captured).toBe(40n)
  })

  test.each<[string, Lines | null]>([
    ['without usage', null],
    ['for the very use that it was placed for', start],
  ])('moves nothing when it is settled %s', (_, lines) => {
    const of = held(...start)
    const { account, hold, postings, outcome } = settle(of, lines)
    expect([account.available, postings]).toEqual([50n, []])
    expect(hold).toEqual({ ...of.hold, state: 'SETTLED' })
    const facts = { id: of.hold.charged?.id, holdId: of.hold.id, reference: 'job', memberId: memberId('mia') }
    expect(outcome).toMatchObject({ charge: { amount: 50n, at: of.hold.placedAt, ...facts } })
    expect(chargedLines(settle(of, lines))).toEqual([
      ['start', 40n, 1, 40n],
      ['credit', 10n, 1, 10n],
    ])
  })

  test.each<[string, Lines, bigint]>([
    [
      'less of it',
      [
        ['start', 15],
        ['credit', 10],
      ],
      25n,
    ],
    [
      'more of it',
      [
        ['start', 60],
        ['credit', 10],
      ],
      70n,
    ],
    ['as much as there is', [['start', 100]], 100n],
    ['one line less', [['start', 40]], 40n],
    ['one line more', [...start, ['free', 1]], 50n],
    [
      'another rate at the same cost',
      [
        ['start', 40],
        ['second', 10],
      ],
      50n,
    ],
    [
      'another count at the same cost',
      [
        ['start', 20, 2],
        ['credit', 10],
      ],
      50n,
    ],
    ['the other line alone', [['credit', 10]], 10n],
  ])('that is settled for other use is charged anew: %s', (_, lines, amount) => {
    const of = held(...start)
    const { account, hold, postings, outcome } = settle(of, lines)
    expect(account.available).toBe(100n - amount)
    const by = { reference: 'job', memberId: memberId('mia'), holdId: of.hold.id }
    expect(postings).toMatchObject([
      { type: 'REFUND', change: 50n, reason: 'settled for other usage', chargeId: of.hold.charged?.id, ...by },
      { type: 'CHARGE', change: -amount, ...by },
    ])
    const { revision } = postings[1] ?? {}
    expect(outcome).toMatchObject({ charge: { id: revision, amount, ...by } })
    expect(hold).toMatchObject({ state: 'SETTLED', captured: amount, charged: { id: revision } })
  })

  test('is not settled for more than there is, with what it was charged', () => {
    const { account, hold, postings, outcome } = settle(held(...start), [['start', 101]])
    expect(outcome).toMatchObject({ failure: { code: 'INSUFFICIENT_CREDITS', required: 101n, available: 100n } })
    expect([account.available, hold, postings]).toEqual([50n, null, []])
  })

  test('gives back its use, and its metered money, as if nothing had been used', () => {
    const of = held(['start', 20, 2], ['gpu', 10])
    const { postings, hold } = acted(of, { kind: 'release-hold', reason: 'failed' })
    expect(hold).toMatchObject({ state: 'RELEASED', captured: 0n })
    expect(postings).toMatchObject([{ type: 'REFUND', change: 40n, reason: 'failed' }])
    const uses = postings.flatMap(({ entries }) =>
      entries.flatMap(({ line, rate, use }) => (use ? [{ line, rate, use }] : [])),
    )
    expect(uses).toEqual([
      { line: 0, rate: 'start', use: { quantity: -20n, count: -2, money: null } },
      { line: 1, rate: 'gpu', use: { quantity: -10n, count: -1, money: { amount: -30n, currency: 'USD' } } },
    ])
  })
})

describe('another caller that may spend nothing settles a hold', () => {
  const limited = ({ account, hold }: Held): Held => ({ hold, account: { ...account, limits: [limitOf(backend)] } })
  test.each<[string, Lines, Lines | null, string]>([
    ['that is charged, as it was placed', start, null, 'charge'],
    ['that is charged, for the same use', start, start, 'charge'],
    ['that is charged, not for other use', start, [['start', 1]], 'refused'],
    ['that reserves, not as it was placed', [['credit', 40]], null, 'refused'],
    ['that reserves, not for the same use', [['credit', 40]], [['credit', 40]], 'refused'],
    [
      'that reserves, for free',
      [
        ['credit', 40],
        ['free', 1],
      ],
      [['free', 1]],
      'charge',
    ],
  ])('%s', (_, placed, lines, outcome) => {
    expect(settle(limited(held(...placed)), lines, backend).outcome.kind).toBe(outcome)
  })
})
