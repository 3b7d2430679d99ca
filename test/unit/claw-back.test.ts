import { describe, expect, test } from 'vitest'
import { restore, take, takeReturned, unpaidUse } from '../../src/domain/decisions/claw-back.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { Draft } from '../../src/domain/decisions/draft.ts'
import { type GrantId, grantId, teamId } from '../../src/domain/identity.ts'
import { contextAt } from '../../src/domain/rules.ts'
import { world } from '../property/model/world.ts'

const at = Date.parse('2026-11-18T12:00:00Z')
const later = at + 5_000

/** A grant of 20 that lasts a second, of which `spent` were spent while it ran; the rest has expired where it `ended`. */
function bought(spent: bigint, ended = false): { draft: Draft; id: GrantId; to: (total: bigint) => Draft } {
  const draft = new Draft(newAccount(teamId('team'), contextAt(world, at)))
  const terms = { kind: 'PACKAGE', priority: 100, startsAt: at, source: 'pack', allowance: null } as const
  const { id } = draft.deposit({ ...terms, expiresAt: at + 1_000 }, 20n)
  draft.post('GRANT', at)
  if (spent > 0n) draft.move(id, { from: 'available', to: 'spent', amount: spent })
  draft.post('CHARGE', at)
  if (ended) draft.expire(later)
  const now = ended ? later : at
  const to = (total: bigint) => {
    const grant = draft.grant(id)
    if (total > grant.clawedBack) take(draft, grant, { total, reference: 'dp_1', reason: null }, now)
    else restore(draft, grant, { total, reference: 'dp_1', reason: null }, now)
    return draft
  }
  return { draft, id, to }
}

/** Credits that arrive pay first what is owed. */
const arrive = (draft: Draft, amount: bigint) =>
  draft.arrive(
    { kind: 'PACKAGE', priority: 100, startsAt: at, expiresAt: null, source: `other ${amount}`, allowance: null },
    amount,
    at,
  )

const movements = (draft: Draft, behind: number) =>
  draft.postings
    .slice(behind)
    .map(({ type, entries, reference }) =>
      [type, ...entries.map(({ from, to, amount }) => `${from} → ${to} ${amount}`), reference].join(', '),
    )

describe('what is taken back', () => {
  test.each([
    { total: 5n, spent: 15n, ended: false, revoked: 5n, owed: 0n },
    { total: 15n, spent: 15n, ended: false, revoked: 5n, owed: 10n },
    { total: 20n, spent: 0n, ended: false, revoked: 20n, owed: 0n },
    { total: 20n, spent: 20n, ended: false, revoked: 0n, owed: 20n },
    { total: 5n, spent: 15n, ended: true, revoked: 0n, owed: 0n },
    { total: 15n, spent: 15n, ended: true, revoked: 0n, owed: 10n },
    { total: 20n, spent: 0n, ended: true, revoked: 0n, owed: 0n },
  ])('$total of 20, $spent of them spent, ended: $ended', ({ total, spent, ended, revoked, owed }) => {
    const { draft, id, to } = bought(spent, ended)
    to(total)
    expect(draft.grant(id)).toMatchObject({ clawedBack: total, revoked })
    expect([draft.owed, unpaidUse(draft.grant(id))]).toEqual([owed, owed])
    to(0n)
    expect(draft.grant(id)).toMatchObject({ clawedBack: 0n, frozen: false, revoked: 0n, spent })
    expect([draft.owed, draft.available]).toEqual([0n, ended ? 0n : 20n - spent])
  })

  test('goes in one order, and comes back in the opposite one', () => {
    const { draft, to } = bought(15n)
    to(15n)
    arrive(draft, 4n)
    to(8n)
    to(0n)
    expect(movements(draft, 2)).toEqual([
      'CLAWBACK, available → revoked 5, none → owed 10, dp_1',
      'GRANT, none → available 4, other 4',
      'CLAWBACK, available → repaid 4, owed',
      'ADJUSTMENT, owed → none 6, none → available 1, dp_1',
      'ADJUSTMENT, revoked → available 5, none → available 3, dp_1',
    ])
  })

  test('is told where it moves nothing', () => {
    const { draft, to } = bought(0n, true)
    to(20n)
    to(0n)
    expect(movements(draft, 3)).toEqual(['CLAWBACK, none → none 0, dp_1', 'ADJUSTMENT, none → none 0, dp_1'])
  })
})

test('what other credits had paid comes back under a source that no grant had, for as long as the first one lasted', () => {
  const { draft, to } = bought(20n, true)
  to(20n)
  arrive(draft, 20n)
  to(12n)
  to(0n)
  const restored = draft.grants.filter(({ source }) => source.startsWith('restored:pack:'))
  expect(restored.map(({ id, source, available }) => [source === `restored:pack:${id}`, available])).toEqual([
    [true, 8n],
    [true, 12n],
  ])
  for (const { startsAt, expiresAt } of restored) expect([startsAt, expiresAt]).toEqual([later, later + 1_000])
})

test('what comes back of several slices of a grant is taken once', () => {
  const { draft, id, to } = bought(20n)
  to(15n)
  draft.move(id, { from: 'spent', to: 'available', amount: 18n })
  draft.post('REFUND', at)
  const slice = (amount: bigint) => ({ grantId: grantId(id), amount })
  takeReturned(draft, [slice(8n), slice(10n)], at)
  expect(draft.grant(id)).toMatchObject({ spent: 2n, available: 3n, revoked: 15n })
  expect(draft.owed).toBe(0n)
})
