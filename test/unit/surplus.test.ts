import { describe, expect, test } from 'vitest'
import type { Surplus, SurplusKind } from '../../src/domain/account.ts'
import { Draft } from '../../src/domain/decisions/draft.ts'
import { addSurplus, surplusOf, useSurplus } from '../../src/domain/decisions/surplus.ts'
import { frozen, newTeam, noon } from '../setup/deciding.ts'

const one = (of: SurplusKind, amount: bigint, until = noon + 100): Surplus => ({ of, amount, until })
const draftWith = (...surplus: Surplus[]) => new Draft(frozen({ ...newTeam(), surplus }))
const left = (draft: Draft) => draft.setting('surplus').map(({ of, amount, until }) => [of, amount, until - noon])

describe('a surplus', () => {
  test('that is added stands behind those that still count', () => {
    const draft = draftWith(
      one('PLAN', 3n),
      one('PLAN', 4n, noon),
      one('TRIAL', 5n, noon - 1),
      one('ADD_ON', 6n, noon + 1),
    )
    addSurplus(draft, one('PLAN', 2n), noon)
    expect(left(draft)).toEqual([
      ['PLAN', 3n, 100],
      ['ADD_ON', 6n, 1],
      ['PLAN', 2n, 100],
    ])
  })

  test('of nothing is not added', () => {
    const draft = draftWith(one('PLAN', 3n))
    addSurplus(draft, one('PLAN', 0n), noon)
    expect(left(draft)).toEqual([['PLAN', 3n, 100]])
  })

  test.each<[SurplusKind[], bigint]>([
    [['PLAN'], 11n],
    [['TRIAL'], 100n],
    [['PLAN', 'TRIAL'], 111n],
    [['ADD_ON'], 0n],
  ])('of %o counts until its period would have ended', (kinds, sum) => {
    const draft = draftWith(one('PLAN', 1n, noon + 1), one('PLAN', 10n), one('PLAN', 1_000n, noon), one('TRIAL', 100n))
    expect(surplusOf(draft, kinds, noon)).toBe(sum)
  })

  test.each<[string, bigint, bigint, unknown[]]>([
    [
      'nothing',
      0n,
      0n,
      [
        ['PLAN', 5n, 9],
        ['PLAN', 3n, 2],
        ['TRIAL', 7n, 1],
      ],
    ],
    [
      'a part of the one that ends first',
      2n,
      2n,
      [
        ['PLAN', 1n, 2],
        ['PLAN', 5n, 9],
        ['TRIAL', 7n, 1],
      ],
    ],
    [
      'exactly the one that ends first',
      3n,
      3n,
      [
        ['PLAN', 5n, 9],
        ['TRIAL', 7n, 1],
      ],
    ],
    [
      'a part of the next one',
      4n,
      4n,
      [
        ['PLAN', 4n, 9],
        ['TRIAL', 7n, 1],
      ],
    ],
    ['all there is of its kind', 20n, 8n, [['TRIAL', 7n, 1]]],
  ])('is used up by what ends first: %s', (_, most, used, rest) => {
    const draft = draftWith(one('PLAN', 5n, noon + 9), one('PLAN', 3n, noon + 2), one('TRIAL', 7n, noon + 1))
    expect(useSurplus(draft, ['PLAN'], most, noon)).toBe(used)
    expect(left(draft).toSorted()).toEqual(rest.toSorted())
  })

  test('that has run out is not used', () => {
    const draft = draftWith(one('PLAN', 5n, noon), one('PLAN', 3n, noon + 1))
    expect(useSurplus(draft, ['PLAN'], 8n, noon)).toBe(3n)
    expect(left(draft)).toEqual([])
  })

  test('stays as it is where nothing of it is used', () => {
    const draft = draftWith(one('TRIAL', 5n))
    const before = draft.setting('surplus')
    expect(useSurplus(draft, ['PLAN'], 8n, noon)).toBe(0n)
    expect(draft.setting('surplus')).toBe(before)
  })
})
