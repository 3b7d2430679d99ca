import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { Draft } from '../../src/domain/decisions/draft.ts'
import type { GrantKind } from '../../src/domain/grant.ts'
import { grantId, teamId } from '../../src/domain/identity.ts'
import { contextAt } from '../../src/domain/rules.ts'
import { world } from '../property/model/world.ts'

const at = Date.parse('2026-11-18T12:00:00Z')
const empty: Account = newAccount(teamId('team'), contextAt(world, at))

const deposit = (draft: Draft, amount: bigint, source = 'pack', expiresAt: number | null = null) => {
  const kind: GrantKind = 'PACKAGE'
  const grant = draft.deposit({ kind, priority: 100, startsAt: at, expiresAt, source, allowance: null }, amount)
  draft.post('GRANT', at)
  return grant
}

describe('a movement', () => {
  test('changes grant, totals and entry alike', () => {
    const draft = new Draft(empty)
    const { id } = deposit(draft, 10n)
    draft.move(id, { from: 'available', to: 'held', amount: 4n })
    draft.move(id, { from: 'held', to: 'spent', amount: 3n })
    const { entries, change, revision } = draft.post('CHARGE', at)
    expect(
      entries.map(({ revision: number, availableAfter, heldAfter }) => [number, availableAfter, heldAfter]),
    ).toEqual([
      [2, 6n, 4n],
      [3, 6n, 1n],
    ])
    expect([change, revision]).toEqual([-3n, 3])
    expect(draft.grant(id)).toMatchObject({ granted: 10n, available: 6n, held: 1n, spent: 3n })
    expect(draft.finish()).toMatchObject({ revision: 3, available: 6n, held: 1n, lastAt: at })
  })

  test('below zero, of nothing, or of a grant that is not loaded is a defect', () => {
    const draft = new Draft(empty)
    const { id } = deposit(draft, 10n)
    expect(() => draft.move(id, { from: 'available', to: 'spent', amount: 11n })).toThrow('would fall below zero')
    expect(() => draft.move(id, { from: 'available', to: 'spent', amount: 0n })).toThrow('is not one')
    expect(() => draft.move(grantId(99), { from: 'available', to: 'spent', amount: 1n })).toThrow('was not loaded')
  })

  test('without a posting is a defect', () => {
    const draft = new Draft(empty)
    draft.move(deposit(draft, 10n).id, { from: 'available', to: 'spent', amount: 1n })
    expect(() => draft.finish()).toThrow('Movements without a posting')
  })

  test('leaves the account it began with as it was', () => {
    const account = (() => {
      const draft = new Draft(empty)
      deposit(draft, 10n)
      return draft.finish()
    })()
    const draft = new Draft(account)
    draft.move(grantId(1), { from: 'available', to: 'spent', amount: 10n })
    draft.post('CHARGE', at)
    expect(account).toMatchObject({ revision: 1, available: 10n, grants: [{ available: 10n, spent: 0n }] })
  })
})

describe('a posting of nothing', () => {
  test('takes its place in the ledger all the same', () => {
    const draft = new Draft(empty)
    const posting = draft.post('RELEASE', at)
    expect(posting).toMatchObject({ revision: 1, change: 0n, entries: [{ grantId: null, amount: 0n }] })
  })
})

describe('burning', () => {
  test('passes over what is empty and stops as soon as there is enough', () => {
    const draft = new Draft(empty)
    const later = deposit(draft, 10n, 'later', at + 2000)
    const sooner = deposit(draft, 5n, 'sooner', at + 1000)
    deposit(draft, 10n, 'never')
    expect([...draft.burn(12n)]).toEqual([
      { grantId: sooner.id, amount: 5n },
      { grantId: later.id, amount: 7n },
    ])
    expect(() => [...draft.burn(26n)]).toThrow('availability was not checked')
  })
})

describe('a crossing', () => {
  test('is announced once, and numbered behind what was announced at the same revision', () => {
    const draft = new Draft({ ...empty, lowThreshold: 5n, alert: 'OK' })
    const { id } = deposit(draft, 10n)
    draft.announce(at)
    draft.move(id, { from: 'available', to: 'spent', amount: 6n })
    draft.post('CHARGE', at)
    draft.notice('PLAN_CHANGED', at)
    draft.announce(at)
    draft.announce(at)
    expect(draft.notices.map(({ revision, number, type }) => [revision, number, type])).toEqual([
      [2, 1, 'PLAN_CHANGED'],
      [2, 2, 'BALANCE_LOW'],
    ])
    draft.move(id, { from: 'available', to: 'spent', amount: 4n })
    draft.post('CHARGE', at)
    draft.announce(at)
    expect(draft.notices.at(-1)).toMatchObject({ revision: 3, number: 1, type: 'BALANCE_EXHAUSTED' })
  })
})

describe('a grant that was set aside', () => {
  test('stands among the others again when something comes back to it, until it is empty again', () => {
    const draft = new Draft(empty)
    const first = deposit(draft, 10n, 'first', at + 1000)
    const last = deposit(draft, 5n, 'last', at + 2000)
    draft.move(first.id, { from: 'available', to: 'held', amount: 10n })
    draft.post('HOLD', at)
    draft.passBy(at + 1000)
    const inHand = () => draft.grants.map(({ id }) => id)
    expect(inHand()).toEqual([first.id, last.id])
    draft.move(first.id, { from: 'held', to: 'spent', amount: 10n })
    draft.post('CHARGE', at + 1000)
    draft.passBy(at + 1000)
    expect(inHand()).toEqual([last.id])
    draft.move(first.id, { from: 'spent', to: 'available', amount: 4n })
    draft.post('REFUND', at + 1000)
    expect(inHand()).toEqual([first.id, last.id])
    expect(draft.nextEnd).toBe(at + 1000)
    draft.expire(at + 1000)
    draft.passBy(at + 1000)
    expect([inHand(), draft.nextEnd]).toEqual([[last.id], at + 2000])
    expect(draft.finish().grants.map(({ id, available, expired }) => [id, available, expired])).toEqual([
      [first.id, 0n, 4n],
      [last.id, 5n, 0n],
    ])
  })

  test('is an error if the grants of the account are not in burn order', () => {
    const draft = new Draft(empty)
    const ids = [deposit(draft, 10n, 'first', at + 1000), deposit(draft, 5n, 'last', at + 2000)].map(({ id }) => id)
    const { grants } = draft.finish()
    const wrong = new Draft({ ...empty, available: 15n, grants: grants.toReversed() })
    expect(() => {
      for (const id of ids) wrong.move(id, { from: 'available', to: 'spent', amount: 1n })
    }).toThrow('burn order')
  })
})
