import { describe, expect, test } from 'vitest'
import { burnsBefore } from '../../src/domain/burn-order.ts'
import { DraftGrants } from '../../src/domain/decisions/draft-grants.ts'
import { type Grant, hasExpired, isOpen } from '../../src/domain/grant.ts'
import { grantId } from '../../src/domain/identity.ts'

const now = 1_000
function grant(id: number, given: Partial<Grant> = {}): Grant {
  const window = {
    kind: 'PACKAGE',
    priority: 5,
    startsAt: 10,
    expiresAt: null,
    source: `${id}`,
    allowance: null,
  } as const
  const sums = {
    granted: 9n,
    available: 9n,
    held: 0n,
    spent: 0n,
    expired: 0n,
    revoked: 0n,
    locked: 0n,
    lock: null,
    clawedBack: 0n,
    frozen: false,
    costBasis: null,
    scope: null,
  }
  return { id: grantId(id), ...window, ...sums, ...given }
}

describe('a grant burns before another', () => {
  test.each<[string, Partial<Grant>, Partial<Grant>]>([
    ['of a higher priority, whenever they end', { priority: 4 }, { expiresAt: 20 }],
    ['of a later end', { expiresAt: 20, startsAt: 12 }, { expiresAt: 21, startsAt: 11 }],
    ['that never ends', { expiresAt: 2 ** 50, startsAt: 12 }, { startsAt: 11 }],
    ['that began later', { startsAt: 11 }, { startsAt: 12 }],
    ['that ends as soon and began later', { startsAt: 11, expiresAt: 20 }, { startsAt: 12, expiresAt: 20 }],
  ])('%s', (_, first, second) => {
    const [one, other] = [grant(8, first), grant(3, second)]
    expect(burnsBefore(one, other)).toBeLessThan(0)
    expect(burnsBefore(other, one)).toBeGreaterThan(0)
  })

  test('that was granted later and is the same otherwise', () => {
    for (const given of [{}, { expiresAt: 20 }]) {
      expect(burnsBefore(grant(3, given), grant(8, given))).toBeLessThan(0)
      expect(burnsBefore(grant(8, given), grant(3, given))).toBeGreaterThan(0)
    }
  })
})

test.each<[string, Partial<Grant>, boolean]>([
  ['with credits', {}, true],
  ['with credits, after its end', { expiresAt: now }, true],
  ['of which a hold keeps something', { available: 0n, held: 1n }, true],
  ['that is used up and has no end', { available: 0n }, false],
  ['that is used up, before its end', { available: 0n, expiresAt: now + 1 }, true],
  ['that is used up, at its end', { available: 0n, expiresAt: now }, false],
])('whether a grant still matters to its team: one %s', (_, given, open) => {
  expect(isOpen(grant(1, given), now)).toBe(open)
})

test.each<[number | null, boolean]>([
  [null, false],
  [now + 1, false],
  [now, true],
  [now - 1, true],
])('a grant that ends at %s has expired: %s', (expiresAt, expired) => {
  expect(hasExpired(grant(1, { expiresAt }), now)).toBe(expired)
})

describe('the grants of a draft', () => {
  const idsOf = (grants: readonly Grant[]) => grants.map(({ id }) => Number(id))
  const done = { available: 0n, expiresAt: now }
  const all = [
    grant(1, done),
    grant(2, { ...done, held: 1n }),
    grant(3, { expiresAt: now }),
    grant(4, { available: 0n, expiresAt: now + 1 }),
    grant(5, { available: 0n }),
  ]

  test('are set aside once they have ended with nothing on them, and found all the same', () => {
    const grants = new DraftGrants(all)
    grants.setAside(now)
    expect(idsOf(grants.inHand)).toEqual([2, 3, 4, 5])
    expect(idsOf(grants.all)).toEqual([1, 2, 3, 4, 5])
    expect(grants.find(grantId(1))).toBe(all[0])
    grants.setAside(now + 1)
    expect(idsOf(grants.inHand)).toEqual([2, 3, 5])
    expect(idsOf(grants.all)).toEqual([1, 2, 3, 4, 5])
  })

  test('stay where none has ended', () => {
    const grants = new DraftGrants(all)
    const { inHand } = grants
    grants.setAside(now - 1)
    expect(grants.inHand).toBe(inHand)
  })

  test('stand among the others again once something comes back to them', () => {
    const grants = new DraftGrants(all)
    grants.setAside(now)
    grants.put(grant(1, { expiresAt: now, available: 2n }))
    expect(idsOf(grants.inHand)).toEqual([1, 2, 3, 4, 5])
    expect(idsOf(grants.all)).toEqual([1, 2, 3, 4, 5])
    expect(grants.find(grantId(1))?.available).toBe(2n)
  })

  test('are in burn order, also the one that comes last', () => {
    const grants = new DraftGrants(all)
    grants.put(grant(9, { priority: 1 }))
    expect(idsOf(grants.inHand)).toEqual([9, 1, 2, 3, 4, 5])
    expect(idsOf(all)).toEqual([1, 2, 3, 4, 5])
  })
})
