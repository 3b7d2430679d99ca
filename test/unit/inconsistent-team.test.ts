import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import type { Grant } from '../../src/domain/grant.ts'
import { contradictionIn } from '../../src/ledger/rows/inconsistent-team.ts'
import { granted } from '../setup/deciding.ts'

const account = granted(100n)

const withGrant = (change: Partial<Grant>): Account => ({
  ...account,
  grants: account.grants.map((grant) => ({ ...grant, ...change })),
})

describe('an account that was read', () => {
  test('is right as it was written', () => {
    expect(account.grants).toHaveLength(1)
    expect(contradictionIn(account, 0)).toBeNull()
    expect(contradictionIn(account, account.revision)).toBeNull()
  })

  test.each<[string, Account]>([
    ['a grant that has more than was granted', withGrant({ expired: 1n })],
    ['a grant with less than nothing', withGrant({ spent: -1n, expired: 1n })],
    ['a grant of which more is clawed back than was granted', withGrant({ clawedBack: 101n })],
    ['a debt below zero', { ...account, owed: -1n }],
  ])('can not have %s', (_, broken) => {
    expect(contradictionIn(broken, 0)).toEqual(expect.any(String))
  })
})
