import { expect, test } from 'vitest'
import { beginning, type Movement, replay } from '../../src/domain/history.ts'
import { grantId } from '../../src/domain/identity.ts'
import { noon } from '../setup/deciding.ts'

const sums = { available: 9n, held: 9n, spent: 9n, expired: 9n, revoked: 9n, clawedBack: 9n }
/** Its terms as it is now: its sums are those of today. The first grant burns last. */
const termsOf = (id: number) =>
  ({
    id,
    kind: 'PACKAGE',
    priority: 100 - id,
    startsAt: noon,
    expiresAt: null,
    source: `${id}`,
    granted: 100n,
    ...sums,
  }) as never

const moved = (revision: number, id: number | null, from: Movement['from'], to: Movement['to'], amount: bigint) => ({
  revision,
  grantId: id === null ? null : grantId(id),
  from,
  to,
  amount,
  availableAfter: BigInt(revision),
  heldAfter: BigInt(revision * 10),
  owedAfter: BigInt(revision * 100),
})

test('entries alone tell where the credits of each grant are', () => {
  const history = replay(
    beginning,
    [
      moved(1, 1, 'none', 'available', 100n),
      moved(2, 1, 'available', 'held', 40n),
      moved(3, 1, 'held', 'spent', 30n),
      moved(4, 1, 'available', 'expired', 5n),
      moved(5, 1, 'available', 'revoked', 6n),
      moved(6, 1, 'available', 'repaid', 7n),
      moved(7, 1, 'none', 'owed', 50n),
      moved(8, null, 'none', 'spent', 1n),
    ],
    termsOf,
  )
  expect(history).toMatchObject({ revision: 8, available: 8n, held: 80n, owed: 800n })
  const [grant] = history.grants
  expect(history.grants).toHaveLength(1)
  expect(grant).toMatchObject({
    available: 42n,
    held: 10n,
    spent: 37n,
    expired: 5n,
    revoked: 6n,
    clawedBack: 0n,
    frozen: false,
  })
})

test('a history goes on where it stood, with its grants in the order in which they burn', () => {
  const first = replay(beginning, [moved(1, 1, 'none', 'available', 100n)], termsOf)
  const next = replay(first, [moved(2, 2, 'none', 'available', 50n), moved(3, 1, 'available', 'spent', 1n)], termsOf)
  expect(next.grants.map(({ id, available }) => [id, available])).toEqual([
    [2, 50n],
    [1, 99n],
  ])
  expect(first.grants.map(({ available }) => available)).toEqual([100n])
  expect(replay(next, [], termsOf)).toBe(next)
})
