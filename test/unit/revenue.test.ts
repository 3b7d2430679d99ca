import { describe, expect, test } from 'vitest'
import { NANO } from '../../src/domain/amounts/money.ts'
import {
  addRevenue,
  creditFate,
  type GrantThen,
  moneyFate,
  noRevenue,
  revenueBetween,
} from '../../src/domain/revenue.ts'

const end = 1_000
const usd = (cents: bigint) => ({ amount: (cents * NANO) / 100n, currency: 'USD' })

/** A grant of 100 of which nothing is used; what is used, taken or gone is subtracted from `available`. */
const grant = (given: Partial<GrantThen> = {}): GrantThen => {
  const unused = {
    granted: 100n,
    locked: 0n,
    held: 0n,
    spent: 0n,
    revoked: 0n,
    clawedBack: 0n,
    frozen: false,
    expiresAt: end,
  }
  return { ...unused, available: 100n, ...given }
}

describe('the credits of a grant', () => {
  test.each<[string, Partial<GrantThen>, object]>([
    [
      'are open until they are used, held ones too',
      { available: 50n, held: 20n, spent: 30n },
      { earned: 30n, open: 70n },
    ],
    ['expire where they are not used', { available: 0n, spent: 30n }, { earned: 30n, expired: 70n }],
    [
      'are open as long as a hold outlives the grant',
      { available: 0n, held: 20n, spent: 30n },
      { open: 20n, expired: 50n },
    ],
    [
      'are refunded where they are taken back unused',
      { available: 30n, spent: 30n, revoked: 40n, clawedBack: 40n },
      { refunded: 40n, earned: 30n, open: 30n },
    ],
    [
      'are no longer earned where more is taken back than was left',
      { available: 0n, spent: 80n, revoked: 20n, clawedBack: 70n },
      { refunded: 70n, earned: 30n, open: 0n },
    ],
    [
      'are refunded from a hold before they are from use',
      { available: 0n, held: 50n, spent: 50n, clawedBack: 50n },
      { refunded: 50n, earned: 50n, open: 0n },
    ],
    [
      'are refunded from what expired before they are from a hold',
      { available: 0n, held: 20n, spent: 40n, clawedBack: 30n },
      { refunded: 30n, earned: 40n, open: 20n, expired: 10n },
    ],
    [
      'are open while they are frozen',
      { available: 0n, spent: 40n, revoked: 60n, frozen: true },
      { earned: 40n, open: 60n },
    ],
    [
      'are open in part while they are frozen and refunded in part',
      { available: 0n, spent: 40n, revoked: 60n, clawedBack: 30n, frozen: true },
      { refunded: 30n, earned: 40n, open: 30n },
    ],
  ])('%s', (_, given, fate) => {
    const found = creditFate(grant(given), 0)
    expect(found).toMatchObject(fate)
    expect(found.refunded + found.earned + found.expired + found.open).toBe(100n)
  })

  test('that are frozen expire with their grant', () => {
    const frozen = grant({ available: 0n, spent: 40n, revoked: 60n, frozen: true })
    expect(creditFate(frozen, end)).toMatchObject({ earned: 40n, expired: 60n, open: 0n })
  })
})

describe('the money of a grant', () => {
  test('is earned in cents that add up to the price, whatever each use cost', () => {
    let earned = 0n
    for (let spent = 0n; spent <= 3n; spent += 1n) {
      const fate = { refunded: 0n, earned: spent, expired: 0n, open: 3n - spent }
      const { earned: sum, open } = moneyFate({ granted: 3n }, usd(100n), fate)
      expect(sum + open).toBe(usd(100n).amount)
      expect((sum - earned) % usd(1n).amount).toBe(0n)
      earned = sum
    }
    expect(earned).toBe(usd(100n).amount)
  })

  test('is refunded to the cent that was given back', () => {
    for (const cents of [1n, 33n, 333n, 998n, 999n]) {
      const credits = 10_000_000n
      const taken = (credits * cents) / 999n
      const fate = { refunded: taken, earned: credits - taken, expired: 0n, open: 0n }
      const { refunded, earned } = moneyFate({ granted: credits }, usd(999n), fate)
      expect(refunded).toBe(usd(cents).amount)
      expect(refunded + earned).toBe(usd(999n).amount)
    }
  })

  test('is counted in whole yen', () => {
    const fate = { refunded: 0n, earned: 1n, expired: 1n, open: 1n }
    const yen = moneyFate({ granted: 3n }, { amount: 100n * NANO, currency: 'JPY' }, fate)
    expect(yen).toEqual({ refunded: 0n, earned: 33n * NANO, expired: 34n * NANO, open: 33n * NANO })
  })
})

test('a month is what changed between its ends, and the sum of its grants', () => {
  const sold = revenueBetween(null, { refunded: 0n, earned: 30n, expired: 0n, open: 70n }, 100n)
  const later = revenueBetween(
    { refunded: 0n, earned: 30n, expired: 0n, open: 70n },
    { refunded: 20n, earned: 25n, expired: 55n, open: 0n },
    100n,
  )
  expect(sold).toEqual({ ...noRevenue, sold: 100n, earned: 30n, openAtEnd: 70n })
  expect(later).toEqual({ openAtStart: 70n, sold: 0n, earned: -5n, expired: 55n, refunded: 20n, openAtEnd: 0n })
  expect(addRevenue(sold, later)).toMatchObject({ sold: 100n, earned: 25n, expired: 55n, refunded: 20n })
})
