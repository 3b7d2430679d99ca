import { expect, test } from 'vitest'
import { balanceOf } from '../../src/domain/balance.ts'
import type { Grant } from '../../src/domain/grant.ts'
import { grantId } from '../../src/domain/identity.ts'
import { day, newTeam, noon } from '../setup/deciding.ts'

const none = {
  locked: 0n,
  lock: null,
  held: 0n,
  spent: 0n,
  expired: 0n,
  revoked: 0n,
  clawedBack: 0n,
  frozen: false,
  costBasis: null,
  scope: null,
}

/** Grants of one allowance that began an hour ago and end in a day, unless they say otherwise. */
function withGrants(...given: (Partial<Grant> & { available: bigint })[]) {
  const grants = given.map(
    (one, index): Grant => ({
      ...{
        id: grantId(index + 1),
        kind: 'INCLUDED',
        priority: 0,
        source: `${index}`,
        allowance: { id: 'week', period: 0 },
      },
      granted: one.available,
      startsAt: noon - 3_600_000,
      expiresAt: noon + day,
      ...none,
      ...one,
    }),
  )
  const available = grants.reduce((sum, grant) => sum + grant.available, 0n)
  return balanceOf({ ...newTeam(), grants, available, lowThreshold: 10n }, noon)
}
const bought = { kind: 'PACKAGE', allowance: null, expiresAt: null } as const

test('what is included and what is additional are the balance', () => {
  expect(withGrants({ available: 5n }, { available: 7n, ...bought })).toMatchObject({ included: 5n, additional: 7n })
})

test.each([
  [0n, 'EXHAUSTED'],
  [1n, 'LOW'],
  [9n, 'LOW'],
  [10n, 'OK'],
] as const)('a balance of %s below a threshold of 10 is %s', (available, state) => {
  expect(withGrants({ available }).state).toBe(state)
})

test('the next expiry is all that ends at the first instant at which something ends', () => {
  const ends = (expiresAt: number | null, available: bigint) => ({ ...bought, expiresAt, available })
  const next = (...given: ReturnType<typeof ends>[]) => withGrants(...given).nextExpiry
  expect(next(ends(null, 1n), ends(noon + 1, 0n))).toBeNull()
  expect(next(ends(noon + 2, 1n), ends(noon + 1, 2n), ends(noon + 2, 4n), ends(noon + 1, 8n))).toEqual({
    at: noon + 1,
    amount: 10n,
  })
})

test('the period tells what was included, less what was taken back, and what is left of it', () => {
  const { period } = withGrants({ granted: 100n, revoked: 10n, available: 60n, held: 20n, spent: 10n })
  expect(period).toEqual({
    allowance: 90n,
    used: 30n,
    remaining: 60n,
    startsAt: noon - 3_600_000,
    resetsAt: noon + day,
  })
})

test('the period counts what was carried over to it and granted within it, and nothing else', () => {
  const { period } = withGrants(
    { available: 60n },
    { available: 5n, allowance: null },
    { available: 7n, allowance: null, startsAt: noon },
    { available: 100n, allowance: null, startsAt: noon - 3_600_001 },
    { available: 100n, allowance: null, expiresAt: noon + 2 * day },
    { available: 100n, ...bought, expiresAt: noon + day },
  )
  expect(period).toMatchObject({ allowance: 72n, remaining: 72n })
})

test('of several periods, the one that resets first counts, and of these the one that began last', () => {
  const begun = noon - 60_000
  const { period } = withGrants(
    { available: 1n, expiresAt: noon + 2 * day },
    { available: 2n },
    { available: 4n, startsAt: begun },
    { available: 8n, expiresAt: noon },
  )
  expect(period).toMatchObject({ startsAt: begun, resetsAt: noon + day, allowance: 4n })
})

test('there is no period without an allowance that ends', () => {
  expect(withGrants().period).toBeNull()
  expect(withGrants({ available: 1n, allowance: null }).period).toBeNull()
  expect(withGrants({ available: 1n, ...bought }).period).toBeNull()
  expect(withGrants({ available: 1n, expiresAt: noon }).period).toBeNull()
})
