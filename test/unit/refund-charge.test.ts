import { expect, test } from 'vitest'
import { movedBy } from '../../src/domain/charge.ts'
import { chargeId } from '../../src/domain/identity.ts'
import { ana, decided, granted, noon, using } from '../setup/deciding.ts'

/** A charge of 30 that burned 20 of a grant that ends, then 10 of one that lasts. */
function charged(facts: { refunded?: bigint; unconfirmed?: boolean } = {}) {
  const team = granted(100n, null, granted(20n, noon + 60_000))
  const usage = { kind: 'charge-usage', usage: using(30n), reference: 'r', memberId: ana.id, caller: ana } as const
  const { account, postings } = decided(team, usage)
  const posting = postings.find(({ type }) => type === 'CHARGE')
  if (posting === undefined) throw new Error('nothing was charged')
  const from = {
    refunded: 0n,
    unconfirmed: false,
    since: noon,
    memberId: ana.id,
    groupIds: [],
    reference: 'r',
    ...facts,
  }
  const charge = { ...movedBy(posting), ...from }
  const refund = (amount: bigint | null, at = noon) =>
    decided(account, { kind: 'refund-charge', chargeId: charge.id, amount, reason: 'why' }, at, { charge })
  return { account, charge, refund }
}

test.each([
  { asked: null, refunded: 0n, amount: 30n },
  { asked: null, refunded: 12n, amount: 18n },
  { asked: 18n, refunded: 12n, amount: 18n },
  { asked: 1n, refunded: 29n, amount: 1n },
])('a refund of $asked, after $refunded of 30, gives back $amount', ({ asked, refunded, amount }) => {
  const { account, charge, refund } = charged({ refunded })
  const { outcome, account: after, postings } = refund(asked)
  expect(outcome).toMatchObject({ kind: 'refund', refund: { chargeId: charge.id, amount } })
  expect(after.available - account.available).toBe(amount)
  expect(postings).toMatchObject([
    { type: 'REFUND', change: amount, reason: 'why', reference: 'r', chargeId: charge.id },
  ])
})

test.each([
  { asked: 0n, refunded: 0n, unconfirmed: false, refundable: 30n },
  { asked: 31n, refunded: 0n, unconfirmed: false, refundable: 30n },
  { asked: 19n, refunded: 12n, unconfirmed: false, refundable: 18n },
  { asked: null, refunded: 30n, unconfirmed: false, refundable: 0n },
  { asked: null, refunded: 0n, unconfirmed: true, refundable: 0n },
  { asked: 1n, refunded: 0n, unconfirmed: true, refundable: 0n },
])('a refund of $asked, after $refunded of 30, unconfirmed: $unconfirmed, is refused', (given) => {
  const { account, refund } = charged(given)
  const { outcome, account: after } = refund(given.asked)
  expect(outcome).toMatchObject({ failure: { code: 'REFUND_EXCEEDS_CHARGE', refundable: given.refundable } })
  expect(after).toBe(account)
})

test('a refund says that the hold is to be released only where something is left', () => {
  const failure = (refunded: bigint) => {
    const { outcome } = charged({ refunded, unconfirmed: true }).refund(null)
    return outcome.kind === 'refused' ? outcome.failure.message : ''
  }
  expect(failure(29n)).not.toBe(failure(30n))
})

test('what was burned last comes back first; what comes back to a grant that has ended expires', () => {
  const { account, refund } = charged()
  const spent = (after: typeof account) => after.grants.map((grant) => grant.spent)
  expect(spent(account)).toEqual([20n, 10n])
  expect(spent(refund(7n).account)).toEqual([20n, 3n])
  expect(spent(refund(12n).account)).toEqual([18n, 0n])
  const late = refund(12n, noon + 60_000)
  expect(late.account.available - account.available).toBe(10n)
  expect(late.postings.map(({ type, change }) => [type, change])).toEqual([
    ['REFUND', 12n],
    ['EXPIRY', -2n],
  ])
})

test('a charge that this team has not is not found', () => {
  const command = { kind: 'refund-charge', chargeId: chargeId(9), amount: null, reason: '' } as const
  expect(decided(granted(1n), command).outcome).toMatchObject({ failure: { code: 'NOT_FOUND' } })
})
