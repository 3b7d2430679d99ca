import { expect, test } from 'vitest'
import { type ActivityType, type CreditState, type Entry, takenIn, usedIn } from '../../src/domain/posting.ts'

const entry = (from: CreditState, to: CreditState, amount: bigint) => ({ from, to, amount }) as Entry
const posting = (type: ActivityType, ...entries: Entry[]) => ({ type, entries })

test.each<[string, CreditState, CreditState, bigint, bigint]>([
  ['a reservation takes', 'available', 'held', 7n, 0n],
  ['a charge from the balance takes', 'available', 'spent', 7n, 0n],
  ['a release gives back', 'held', 'available', 0n, 7n],
  ['a refund gives back', 'spent', 'available', 0n, 7n],
  ['a charge of what was reserved takes nothing more', 'held', 'spent', 0n, 0n],
  ['an expiry is no use', 'available', 'expired', 0n, 0n],
  ['a clawback is no use', 'available', 'revoked', 0n, 0n],
  ['credits that repay a debt are no use', 'available', 'repaid', 0n, 0n],
  ['a deposit gives nothing back', 'none', 'available', 0n, 0n],
  ['a debt takes nothing from the balance', 'none', 'owed', 0n, 0n],
])('what use takes from the balance: %s', (_, from, to, taken, returned) => {
  expect(takenIn([posting('CHARGE', entry(from, to, 7n))])).toEqual({ taken, returned })
})

test('what use takes and what it returns are sums of all entries of all postings, not offset', () => {
  const hold = posting('HOLD', entry('available', 'held', 5n), entry('available', 'held', 4n))
  const release = posting('RELEASE', entry('held', 'available', 2n))
  expect(takenIn([hold, release])).toEqual({ taken: 9n, returned: 2n })
  expect(takenIn([])).toEqual({ taken: 0n, returned: 0n })
})

test.each<[ActivityType, CreditState, CreditState, bigint]>([
  ['CHARGE', 'available', 'spent', 7n],
  ['CHARGE', 'held', 'spent', 7n],
  ['CHARGE', 'none', 'owed', 0n],
  ['HOLD', 'available', 'held', 7n],
  ['HOLD', 'held', 'available', 0n],
  ['REFUND', 'spent', 'available', 0n],
  ['GRANT', 'none', 'available', 0n],
  ['CLAWBACK', 'available', 'spent', 0n],
])('the credits that a %s uses by a movement from %s to %s', (type, from, to, used) => {
  expect(usedIn([posting(type, entry(from, to, 7n))])).toBe(used)
})

test('the credits that are used are the sum of charges and reservations, without those that come back', () => {
  const hold = posting('HOLD', entry('available', 'held', 5n), entry('available', 'held', 4n))
  const charge = posting('CHARGE', entry('available', 'spent', 2n), entry('held', 'available', 1n))
  expect(usedIn([hold, posting('RELEASE', entry('held', 'available', 2n)), charge])).toBe(11n)
})
