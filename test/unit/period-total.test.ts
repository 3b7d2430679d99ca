import { describe, expect, test } from 'vitest'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import {
  changedTo,
  dueFor,
  lessBy,
  missingOf,
  type PeriodTotal,
  settled,
  unchanged,
  unpaidOf,
} from '../../src/domain/period-total.ts'

/** A period of 1,000 ms that began with 10 credits. */
const length = 1_000
const begun = () => unchanged(10n * MICRO, 0)
const ten = begun()
const credits = (amount: number) => BigInt(Math.round(amount * 1e6))
const dueAfter = (...changes: [number, number][]) =>
  dueFor(
    changes.reduce((total: PeriodTotal, [covered, rest]) => changedTo(total, credits(covered), rest), ten),
    length,
  )

test('a period without a change has its deposit, and nothing beside', () => {
  expect(begun()).toEqual({
    from: 0,
    base: 10n * MICRO,
    covered: 10n * MICRO,
    due: 0n,
    given: 0n,
    highest: 10n * MICRO,
    former: [],
  })
})

describe('the changes of a period of 10 credits give', () => {
  test.each<[string, [number, number][], number]>([
    ['nothing while nothing changes', [[10, 500]], 0],
    ['the difference for the whole period', [[30, 1_000]], 20],
    ['half of the difference for half of it', [[30, 500]], 10],
    ['whole credits, rounded up for the team', [[11, 1]], 1],
    ['no more than the larger plan deposits, also where that is no whole credit', [[10.5, 1_000]], 0.5],
    [
      'the same however often a change is reversed at once',
      [
        [30, 500],
        [10, 500],
        [30, 500],
      ],
      10,
    ],
    [
      'what was due until the change is reversed',
      [
        [30, 750],
        [10, 500],
      ],
      5,
    ],
    ['less for less, rounded down to whole credits for the team', [[5, 500]], -2],
    ['half of the deposit back for a half', [[0, 500]], -5],
    ['all of the deposit back where nothing counts from the begin on', [[0, 1_000]], -10],
  ])('%s', (_, changes, due) => {
    expect(dueAfter(...changes)).toBe(credits(due))
  })

  test('a deposit of a fraction back as it was, where nothing is due', () => {
    const half = unchanged(credits(0.5), 0)
    expect(dueFor(changedTo(half, 0n, length), length)).toBe(credits(-0.5))
    expect(dueFor(changedTo(half, 0n, length - 1), length)).toBe(0n)
  })
})

describe('the largest deposit of a period', () => {
  test('is that of the largest plan, also after it', () => {
    expect(changedTo(changedTo(ten, credits(30), 500), credits(20), 400).highest).toBe(credits(30))
    expect(changedTo(ten, credits(5), 500).highest).toBe(credits(10))
  })
})

describe('credits that changes gave, 7 of them', () => {
  const given = (due: number): PeriodTotal => ({ ...ten, given: 7n, due: BigInt(due) })
  test.each<[string, number, bigint, bigint]>([
    ['all are due', 7_000, 0n, 0n],
    ['none was due', 0, 7n, 0n],
    ['a part is not due, rounded up to the micro-credit', 6_999, 1n, 0n],
    ['more is missing, rounded up to the micro-credit', 7_001, 0n, 1n],
    ['three more are missing', 10_000, 0n, 3n],
  ])('%s', (_, due, unpaid, missing) => {
    expect(unpaidOf(given(due), length)).toBe(unpaid)
    expect(missingOf(given(due), length)).toBe(missing)
  })

  test('none is unpaid or missing once they are settled', () => {
    const total = settled(given(2_500), length)
    expect([unpaidOf(total, length), missingOf(total, length)]).toEqual([0n, 0n])
  })

  test('those that other periods gave are not due again', () => {
    expect(missingOf(lessBy(given(10_000), 2n, length), length)).toBe(1n)
  })
})
