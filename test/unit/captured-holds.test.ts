import { describe, expect, test } from 'vitest'
import { memberId } from '../../src/domain/identity.ts'
import { noon } from '../setup/deciding.ts'
import { capture, chargedLines, type Held, held, next, settle, type use } from '../setup/holding.ts'

type Lines = Parameters<typeof use>
const linesOf = ({ hold }: Held) => hold.lines.map(({ rate, quantity, count }) => [rate, quantity, count])
const moneyOf = ({ hold }: Held) => hold.lines.map(({ money }) => money?.amount)

describe('what a hold of metered and free use still covers after a capture', () => {
  test.each<[string, Lines, Lines, unknown[]]>([
    ['the rest of the quantity', [['gpu', 40]], [['gpu', 15]], [['gpu', 25n, 1]]],
    ['the rest of all assets together', [['gpu', 10, 3]], [['gpu', 4, 2]], [['gpu', 22n, 1]]],
    ['nothing, once everything is captured', [['gpu', 10, 3]], [['gpu', 30]], [['gpu', 0n, 1]]],
    ['nothing, if more is captured', [['free', 10]], [['free', 11]], [['free', 0n, 1]]],
    [
      'all of what no capture named',
      [
        ['gpu', 10, 3],
        ['free', 7],
      ],
      [['credit', 5]],
      [
        ['gpu', 10n, 3],
        ['free', 7n, 1],
      ],
    ],
    ['all of it where other use of metered money is captured', [['gpu', 10, 3]], [['tpu', 5]], [['gpu', 10n, 3]]],
    [
      'the rest of a second line of the rate',
      [
        ['gpu', 10],
        ['gpu', 20],
      ],
      [['gpu', 15]],
      [
        ['gpu', 0n, 1],
        ['gpu', 15n, 1],
      ],
    ],
    [
      'what all lines of the capture leave',
      [['gpu', 20]],
      [
        ['gpu', 5],
        ['gpu', 6],
      ],
      [['gpu', 9n, 1]],
    ],
    [
      'the rest of an automatic rate whose choice is captured',
      [['chip', 20]],
      [
        ['gpu', 5],
        ['tpu', 6],
      ],
      [['chip', 9n, 1]],
    ],
    ['all of what costs credits, which the hold keeps', [['credit', 20]], [['credit', 5]], [['credit', 20n, 1]]],
  ])('%s', (_, placed, captured, lines) => {
    expect(linesOf(next(capture(held(...placed), ...captured)))).toEqual(lines)
  })

  test('costs what its quantity costs', () => {
    expect(moneyOf(held(['gpu', 40], ['chip', 10]))).toEqual([120n, 50n])
    const left = next(capture(held(['gpu', 40], ['chip', 10]), ['gpu', 42]))
    expect(moneyOf(left)).toEqual([0n, 40n])
    expect(left.hold.lines[0]?.money).toEqual({ amount: 0n, currency: 'USD' })
  })

  test('has no money where it is free', () => {
    expect(moneyOf(next(capture(held(['free', 10]), ['free', 10])))).toEqual([undefined])
  })

  test('is less with each capture', () => {
    const twice = next(capture(next(capture(held(['gpu', 40]), ['gpu', 15])), ['gpu', 5]))
    expect(linesOf(twice)).toEqual([['gpu', 20n, 1]])
    const over = next(capture(next(capture(held(['gpu', 40]), ['gpu', 40])), ['gpu', 5]))
    expect(linesOf(over)).toEqual([['gpu', 0n, 1]])
  })
})

describe('a capture', () => {
  test('adds to the captured amount, and leaves the rest of the hold', () => {
    const twice = next(capture(next(capture(held(['credit', 40]), ['credit', 15])), ['credit', 5]))
    expect(twice.hold).toMatchObject({ state: 'OPEN', amount: 40n, captured: 20n, slices: [{ amount: 20n }] })
  })

  test('is posted for the member and the reference of the hold', () => {
    const of = held(['credit', 40])
    const facts = { reference: 'job', memberId: memberId('mia'), holdId: of.hold.id, rateCardVersion: 'held' }
    const { outcome, postings } = capture(of, ['credit', 15])
    expect(postings).toMatchObject([{ type: 'CHARGE', change: -15n, at: noon, ...facts }])
    expect(outcome).toMatchObject({ charge: { amount: 15n, ...facts } })
  })

  test('is refused for a hold that was charged at its start', () => {
    const { outcome } = capture(held(['start', 40]), ['start', 15])
    expect(outcome).toMatchObject({ failure: { code: 'INVALID_INPUT', path: ['holdId'] } })
  })
})

describe('a hold that is settled without usage is charged what it still keeps', () => {
  const both: Lines = [
    ['credit', 10],
    ['dear', 10],
  ]
  const free: Lines = [
    ['credit', 10],
    ['free', 7],
  ]
  test.each<[string, Lines, Lines, unknown[]]>([
    [
      'as it was placed',
      both,
      [],
      [
        ['credit', 10n, 1, 10n],
        ['dear', 10n, 1, 20n],
      ],
    ],
    [
      'the last lines in full, the one before them in part',
      both,
      [['credit', 4]],
      [
        ['credit', 6n, 1, 6n],
        ['dear', 10n, 1, 20n],
      ],
    ],
    ['the last line alone', both, [['credit', 10]], [['dear', 10n, 1, 20n]]],
    ['a part of the last line', both, [['credit', 16]], [['dear', 7n, 1, 14n]]],
    ['nothing', both, [['credit', 30]], []],
    ['its free lines, too', free, [['credit', 10]], [['free', 7n, 1, 0n]]],
    ['not the free lines of which nothing is left', free, [['free', 7]], [['credit', 10n, 1, 10n]]],
  ])('%s', (_, placed, captured, lines) => {
    const of = held(...placed)
    const left = captured.length === 0 ? of : next(capture(of, ...captured))
    expect(chargedLines(settle(left, null))).toEqual(lines)
  })

  test('and keeps nothing any more', () => {
    const left = next(capture(held(['credit', 40]), ['credit', 15]))
    const settled = settle(left, [['credit', 5]])
    expect(settled.hold).toMatchObject({ state: 'SETTLED', captured: 20n, slices: [], pace: null })
    expect(settled.account).toMatchObject({ available: 80n, held: 0n })
    expect(settled.postings).toMatchObject([{ type: 'CHARGE', change: -5n, reference: 'job', holdId: left.hold.id }])
  })
})

describe('a live session', () => {
  const paceOf = (...captured: Lines[]) => {
    let of = held(['credit', 90])
    for (const lines of captured) of = next(capture(of, ...lines))
    return of
  }
  /** Ten micro-credits for ten micro-units of seconds, which are ten microseconds. */
  const one = 10n ** 15n

  test.each<[string, Lines[], bigint | null]>([
    ['a capture by time shows its cost over the time', [[['second', 10]]], one],
    ['several assets at once cost more in the same time', [[['second', 10, 3]]], 3n * one],
    [
      'lines side by side share the longest time',
      [
        [
          ['second', 10],
          ['second', 20],
        ],
      ],
      (30n * one) / 20n,
    ],
    [
      'the longest time may come first',
      [
        [
          ['second', 20],
          ['second', 10],
        ],
      ],
      (30n * one) / 20n,
    ],
    [
      'lines without time are no part of it',
      [
        [
          ['second', 10],
          ['credit', 50],
        ],
      ],
      one,
    ],
    ['a capture without time leaves the pace as it was', [[['second', 10, 2]], [['credit', 5]]], 2n * one],
    ['a hold that was never captured by time has none', [[['credit', 5]]], null],
  ])('%s', (_, captured, pace) => {
    expect(paceOf(...captured).hold.pace).toEqual(pace === null ? null : { rate: pace, since: noon })
  })

  test('is known to the team with what it still holds, until it is settled', () => {
    const of = paceOf([['second', 10]])
    expect(of.account.sessions).toEqual([{ holdId: of.hold.id, held: 80n, rate: one, since: noon }])
    const again = next(capture(of, ['second', 20]))
    expect(again.account.sessions).toEqual([{ holdId: of.hold.id, held: 60n, rate: one, since: noon }])
    expect(settle(again, null).account.sessions).toEqual([])
  })
})
