import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import type { Facts, GrantCredits } from '../../src/domain/decisions/command.ts'
import { chargeId, grantId } from '../../src/domain/identity.ts'
import { ana, day, decided, granted, newTeam, noon, using } from '../setup/deciding.ts'

const grant = (given: Partial<GrantCredits> = {}): GrantCredits => ({
  kind: 'grant-credits',
  amount: 5n,
  grantKind: 'PACKAGE',
  expiresAt: null,
  source: 's',
  ...given,
})

describe('a grant', () => {
  test.each<[Partial<GrantCredits>, string, string]>([
    [{ amount: 0n }, 'INVALID_AMOUNT', 'amount'],
    [{ expiresAt: noon }, 'INVALID_INPUT', 'expiresAt'],
    [{ source: 'plan:pro' }, 'INVALID_INPUT', 'source'],
    [{ source: 'contract-grant:A' }, 'INVALID_INPUT', 'source'],
    [{ source: 'stripe:pi_1' }, 'INVALID_INPUT', 'source'],
    [{ source: 'restored:s:1' }, 'INVALID_INPUT', 'source'],
  ])('with %o is refused', (given, code, path) => {
    expect(decided(newTeam(), grant(given)).outcome).toMatchObject({ failure: { code, path: [path] } })
  })

  test('of one micro-credit for one millisecond lands; so does a source that only ends like another one', () => {
    for (const given of [{ amount: 1n, expiresAt: noon + 1 }, { source: 'my plan:' }, { source: 'of stripe:' }]) {
      expect(decided(newTeam(), grant(given)).outcome.kind).toBe('grant')
    }
  })

  test('brings a balance to 9 × 10¹⁸ micro-credits at most, what is held included', () => {
    const place = {
      kind: 'place-hold',
      usage: using(4n),
      expiresInSeconds: 60,
      reference: null,
      memberId: null,
    } as const
    const { account } = decided(granted(10n), { ...place, caller: ana })
    const room = 9_000_000_000_000_000_000n - 10n
    expect(decided(account, grant({ amount: room })).outcome.kind).toBe('grant')
    expect(decided(account, grant({ amount: room + 1n })).outcome).toMatchObject({
      failure: { code: 'INVALID_AMOUNT', path: ['amount'] },
    })
  })

  test('that is an adjustment is posted as one', () => {
    const typeOf = (grantKind: GrantCredits['grantKind']) => decided(newTeam(), grant({ grantKind })).postings[0]?.type
    expect([typeOf('ADJUSTMENT'), typeOf('PROMOTION')]).toEqual(['ADJUSTMENT', 'GRANT'])
  })

  test('of a source that has deposited it moves nothing; another one is refused', () => {
    const { account, outcome } = decided(newTeam(), grant({ expiresAt: noon + day }))
    const [grantOfSource] = account.grants
    const again = (given: Partial<GrantCredits>) =>
      decided(account, grant({ expiresAt: noon + day, ...given }), noon, { grantOfSource })
    expect(again({})).toMatchObject({ outcome, postings: [] })
    for (const other of [{ amount: 6n }, { grantKind: 'PROMOTION' as const }, { expiresAt: null }]) {
      expect(again(other).outcome).toMatchObject({ failure: { code: 'INVALID_INPUT', path: ['source'] } })
    }
  })
})

describe('the open grants of a team', () => {
  /** The team has `number` open grants, half of them used up before their end. */
  function having(number: number): Account {
    const account = granted(5n, noon + day)
    const [first] = account.grants
    if (first === undefined) throw new Error('The team has no grant')
    const grants = Array.from({ length: number }, (_, index) => {
      const left = index < number / 2 ? {} : { available: 0n, spent: 5n }
      return { ...first, ...left, id: grantId(index + 1), source: `of ${index}` }
    })
    return { ...account, revision: number, available: 5n * BigInt(Math.ceil(number / 2)), grants }
  }

  test.each([
    ['PLATFORM', 2_000],
    ['TEAM', 200],
  ] as const)('that %s gives are bounded', (givenBy, most) => {
    const give = (account: Account, at = noon, facts: Facts = {}) => decided(account, grant({ givenBy }), at, facts)
    expect(give(having(most - 1)).outcome.kind).toBe('grant')
    expect(give(having(most)).outcome).toMatchObject({
      failure: {
        code: 'INVALID_INPUT',
        path: ['teamId'],
        message: expect.stringContaining(`has ${most} open grants already: give larger amounts, or wait until`),
      },
    })
    expect(give(having(most), noon + day).outcome.kind).toBe('grant')
    const [grantOfSource] = give(newTeam()).account.grants
    expect(give(having(most), noon, { grantOfSource }).outcome).toEqual({ kind: 'grant', grant: grantOfSource })
    expect(decided(having(most), grant()).outcome.kind).toBe('grant')
  })
})

describe('a grant whose payment is taken back', () => {
  const { account } = decided(newTeam(), grant())
  const [first] = account.grants
  const takeBack = (total: bigint, team = account, grantOfSource = first) =>
    decided(
      team,
      { kind: 'claw-back', source: 's', total, reference: 'dp', frozen: false, loss: null, reason: null },
      noon,
      { grantOfSource },
    )

  test('is taken back as a whole at most, and restored by a lower total', () => {
    expect(takeBack(6n).outcome).toMatchObject({ failure: { code: 'INVALID_AMOUNT', path: ['amount'] } })
    const taken = takeBack(5n)
    expect(taken.outcome).toMatchObject({ kind: 'grant', grant: { clawedBack: 5n, revoked: 5n } })
    expect(taken.account.available).toBe(0n)
    const part = takeBack(4n).account
    const restored = takeBack(2n, part, part.grants[0])
    expect([restored.account.available, restored.outcome]).toMatchObject([3n, { grant: { clawedBack: 2n } }])
  })

  test('is told again without a movement', () => {
    expect(takeBack(0n)).toMatchObject({ outcome: { kind: 'grant', grant: first }, postings: [] })
  })

  test('must be there', () => {
    const claw = {
      kind: 'claw-back',
      source: 's',
      total: 1n,
      reference: 'dp',
      frozen: false,
      loss: null,
      reason: null,
    } as const
    expect(decided(account, claw).outcome).toMatchObject({ failure: { code: 'NOT_FOUND' } })
    const refund = { kind: 'refund-charge', chargeId: chargeId(1), amount: null, reason: '' } as const
    expect(decided(account, refund).outcome).toMatchObject({ failure: { message: expect.stringContaining('charge') } })
  })
})
