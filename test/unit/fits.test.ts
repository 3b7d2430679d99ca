import { describe, expect, test } from 'vitest'
import { compileRateCard } from '../../src/domain/compile-rate-card.ts'
import type { PlaceHold } from '../../src/domain/decisions/command.ts'
import { InvalidUsage } from '../../src/domain/errors.ts'
import { fitLast, readFit } from '../../src/domain/fit.ts'
import type { LimitSubject, SpendingLimit } from '../../src/domain/spending-limit.ts'
import { windowAt } from '../../src/domain/spending-limit.ts'
import { plainRate } from '../property/model/one-rate.ts'
import { ana, backend, decided, granted, noon } from '../setup/deciding.ts'

const M = 1_000_000n
const line = { rate: 'credit', quantity: M, count: 1 }
const place = { kind: 'place-hold', expiresInSeconds: 600, reference: null, memberId: null, caller: ana } as const

describe('a fit that can not be read', () => {
  const refusal = (atLeast: string, atMost: string, usage = [line]) => {
    const read = readFit({ atLeast, atMost }, usage)
    return read instanceof InvalidUsage ? read.path : read
  }

  test.each(['0', '-1', '0.0000001', '1000000000000.000001'])('has a bound of %s', (bound) => {
    expect(refusal(bound, '5')).toEqual(['fit', 'atLeast'])
    expect(refusal('5', bound)).toEqual(['fit', 'atMost'])
  })

  test('has its bounds in the wrong order', () => {
    expect(refusal('5', '4')).toEqual(['fit', 'atLeast'])
    expect(refusal('4', '4')).toEqual({ atLeast: 4n * M, atMost: 4n * M })
  })

  test('stands beside a quantity of the last line, not beside those of others', () => {
    const given = { ...line, quantity: 2n * M }
    expect(refusal('1', '2', [line, given])).toEqual(['usage', '1', 'quantity'])
    expect(refusal('1', '2', [given, line])).toEqual({ atLeast: M, atMost: 2n * M })
  })
})

/** A hold of what fits, of 100 credits; a token costs a credit. */
function held(
  fit: { atLeast: bigint; atMost: bigint },
  { usage = [line], team = granted(100n * M), ...given }: Partial<PlaceHold & { team: typeof noTeam }> = {},
) {
  const lines = usage as (typeof line)[]
  const { account, outcome, hold } = decided(team, { ...place, ...given, usage: { usage: lines, fit } })
  if (outcome.kind === 'refused') return outcome.failure
  return { fitted: hold?.fitted, amount: hold?.amount, available: account.available, held: account.held }
}
const noTeam = granted(1n)
const range = (atLeast: bigint, atMost: bigint) => ({ atLeast: atLeast * M, atMost: atMost * M })

describe('a hold that fits', () => {
  test('takes all that the caller has use for, where the balance pays it', () => {
    expect(held(range(1n, 40n))).toEqual({ fitted: 40n * M, amount: 40n * M, available: 60n * M, held: 40n * M })
  })

  test('takes what the balance pays, in whole tokens', () => {
    const team = granted(100n * M + 999_999n)
    const expected = { fitted: 100n * M, amount: 100n * M, available: 999_999n, held: 100n * M }
    expect(held(range(1n, 4_000n), { team })).toEqual(expected)
  })

  test('pays the other lines first, and each asset of the last', () => {
    const usage = [
      { ...line, quantity: 30n * M },
      { ...line, count: 3 },
    ]
    expect(held(range(1n, 4_000n), { usage })).toMatchObject({ fitted: 23n * M, amount: 99n * M })
  })

  test('is refused for the least where not even that is paid', () => {
    expect(held(range(101n, 4_000n))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      required: 101n * M,
      available: 100n * M,
    })
    expect(held({ atLeast: 100n * M + 1n, atMost: 4_000n * M })).toMatchObject({ required: 101n * M })
  })

  test('takes the most where it costs nothing', () => {
    const usage = [{ ...line, rate: 'free' }]
    expect(held(range(1n, 4_000n), { usage, team: granted(1n) })).toMatchObject({ fitted: 4_000n * M, amount: 0n })
  })

  test('is charged at once where its rate says so', () => {
    const usage = [{ ...line, rate: 'start' }]
    expect(held(range(1n, 4_000n), { usage })).toEqual({ fitted: 100n * M, amount: 100n * M, available: 0n, held: 0n })
  })

  test('names an unknown rate, and a range without a whole token', () => {
    expect(held(range(1n, 2n), { usage: [{ ...line, rate: 'other' }] })).toMatchObject({ code: 'UNKNOWN_RATE' })
    expect(held({ atLeast: M + 1n, atMost: 2n * M - 1n })).toMatchObject({ code: 'INVALID_USAGE', path: ['fit'] })
  })

  test('keeps no quantity where the caller named it', () => {
    expect(decided(granted(10n * M), { ...place, usage: [line] }).hold?.fitted).toBeNull()
  })
})

describe('a spending limit', () => {
  const limit = (subject: LimitSubject['subject'], id: string, credits: bigint | null, used = 0n): SpendingLimit => ({
    ...{ subject, id, per: 'DAY', credits, used, setAt: 0, ...windowAt('DAY', 'UTC', noon) },
  })
  const fitted = (limits: readonly SpendingLimit[], at = range(1n, 4_000n)) =>
    held(at, { team: { ...granted(100n * M), limits }, caller: backend, memberId: ana.id })

  test('bounds a fit, be it the limit of the member or of the caller', () => {
    expect(fitted([limit('MEMBER', 'ana', 50n * M, 20n * M)])).toMatchObject({ fitted: 30n * M })
    expect(fitted([limit('CALLER', 'backend', 40n * M)])).toMatchObject({ fitted: 40n * M })
    expect(fitted([limit('MEMBER', 'ana', 50n * M), limit('CALLER', 'backend', 7n * M)])).toMatchObject({
      fitted: 7n * M,
    })
    expect(fitted([limit('CALLER', 'ana', 1n), limit('MEMBER', 'ana', null)])).toMatchObject({ fitted: 100n * M })
  })

  test('refuses one of which it leaves not even the least', () => {
    const reached = { code: 'SPENDING_LIMIT_REACHED', required: 5n * M }
    expect(fitted([limit('MEMBER', 'ana', 50n * M, 46n * M)], range(5n, 9n))).toMatchObject(reached)
    expect(fitted([limit('MEMBER', 'ana', 50n * M, 60n * M)], range(5n, 9n))).toMatchObject(reached)
  })
})

describe('a fit of other rates', () => {
  const rates = [
    { ...plainRate, id: 'cheap', price: { credits: 2n * M } },
    { ...plainRate, id: 'dear', price: { credits: 3n * M } },
    { ...plainRate, id: 'auto', price: { auto: ['cheap', 'dear'] } },
    { ...plainRate, id: 'blocks', per: 30n * M, roundsUp: true, price: { credits: 10n * M } },
    {
      ...{ ...plainRate, id: 'metered', settlement: 'METERED' as const },
      price: { money: { amount: M, currency: 'USD' } },
    },
    { ...plainRate, id: 'image', unit: 'IMAGE' as const, maxCount: 8, price: { credits: M } },
  ]
  const card = compileRateCard({
    version: 'v',
    categories: [{ id: 'all', name: 'All', rates }],
    rounding: { to: 1n, mode: 'half-up' },
    creditsPerMoney: null,
  })
  const fitted = (rate: string, fit: ReturnType<typeof range>, spendable: bigint, count = 1) => {
    const usage = fitLast(card, { usage: [{ rate, quantity: M, count }], fit }, () => () => spendable)
    return usage instanceof InvalidUsage ? usage : usage[0]?.quantity
  }

  test.each<[string, string, bigint, bigint]>([
    ['reserves the dearest choice', 'auto', 10n * M, 3_333_333n],
    ['fills the last block that is paid', 'blocks', 29n * M, 60n * M],
    ['has six digits of a second', 'dear', 2n * M, 666_666n],
    ['is all of what is billed apart', 'metered', 0n, 4_000n * M],
  ])('%s', (_, rate, spendable, quantity) => {
    expect(fitted(rate, { atLeast: 1n, atMost: 4_000n * M }, spendable)).toBe(quantity)
  })

  test('is no more than one request may ask of the rate', () => {
    expect(fitted('image', range(1n, 100n), 1_000n * M)).toBe(8n * M)
    expect(fitted('image', range(1n, 100n), 1_000n * M, 3)).toBe(2n * M)
    expect(fitted('image', range(9n, 100n), 1_000n * M)).toMatchObject({ path: ['fit', 'atLeast'] })
  })
})
