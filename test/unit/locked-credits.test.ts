import { describe, expect, test } from 'vitest'
import { type Account, nextBoundary } from '../../src/domain/account.ts'
import { balanceOf } from '../../src/domain/balance.ts'
import type { Command, Decision } from '../../src/domain/decisions/command.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { runsOutAt } from '../../src/domain/decisions/forecast.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import { type Grant, lockedOf } from '../../src/domain/grant.ts'
import { purchaseId } from '../../src/domain/identity.ts'
import { lockOn } from '../../src/domain/new-team-credits.ts'
import { contextAt } from '../../src/domain/rules.ts'
import { worldOf } from '../property/model/storing.ts'
import { world } from '../property/model/world.ts'
import { ana, day, newTeam, noon, using } from '../setup/deciding.ts'

/** A new team in a world in which a quarter of what it buys is available at once, and the rest a day later. */
class NewTeam {
  account: Account = newTeam()
  now = noon
  last: Decision | null = null

  do(command: Command): Decision {
    this.passTo(this.now)
    const grantOfSource =
      'source' in command ? this.account.grants.find(({ source }) => source === command.source) : undefined
    const decision = decide(this.account, command, { grantOfSource }, contextAt(world, this.now))
    this.account = decision.account
    this.last = decision
    return decision
  }
  passTo(at: number): this {
    this.now = at
    this.account = rollForward(this.account, noHolds, world.rulesAt, at).account
    return this
  }
  buy(credits: bigint, source = 'stripe:pi_1', ofNewTeam = true): this {
    const price = { amount: 1n, currency: 'USD' }
    const paid = { purchase: purchaseId(1), cause: 'PURCHASE', price, costBasis: price, loss: null } as const
    this.do({ kind: 'land-purchase', ...paid, source, credits, memberId: null, ofNewTeam })
    return this
  }
  charge(quantity: bigint): this {
    this.do({ kind: 'charge-usage', usage: using(quantity), reference: null, memberId: null, caller: ana })
    return this
  }
  takeBack(total: bigint, given: { source?: string; frozen?: boolean } = {}): this {
    const { source = 'stripe:pi_1', frozen = false } = given
    this.do({ kind: 'claw-back', source, total, reference: 'dp', frozen, loss: null, reason: null })
    return this
  }

  grant(source = 'stripe:pi_1'): Grant {
    const found = this.account.grants.find((grant) => grant.source === source)
    if (found === undefined) throw new Error(`There is no grant ${source}`)
    return found
  }
  get balance() {
    return balanceOf(this.account, this.now)
  }
  /** Available, locked, revoked and owed. */
  get sums() {
    const { locked, revoked } = this.grant()
    return [this.account.available, locked, revoked, this.account.owed]
  }
}
const team = () => new NewTeam()

describe('the lock on what a new team buys', () => {
  const terms = { percentAtOnce: 25, restAfterHours: 24 }

  test.each([
    { credits: 1_000n, owed: 0n, locked: 750n },
    { credits: 1_001n, owed: 0n, locked: 750n },
    { credits: 1_000n, owed: 250n, locked: 750n },
    { credits: 1_000n, owed: 251n, locked: 749n },
    { credits: 1_000n, owed: 1_000n, locked: 0n },
    { credits: 1_000n, owed: 9_000n, locked: 0n },
    { credits: 1n, owed: 0n, locked: 0n },
  ])('of $credits credits, $owed of them owed, is $locked', ({ credits, owed, locked }) => {
    const lock = lockOn(credits, owed, terms, noon)
    expect(lock).toEqual(locked === 0n ? null : { amount: locked, until: noon + day })
  })

  test('is less what is revoked, and ends at its instant', () => {
    const lock = { amount: 75n, until: noon + day }
    expect([0n, 40n, 75n, 100n].map((revoked) => lockedOf({ lock, revoked }, noon + day - 1))).toEqual([
      75n,
      35n,
      0n,
      0n,
    ])
    expect(lockedOf({ lock, revoked: 0n }, noon + day)).toBe(0n)
    expect(lockedOf({ lock: null, revoked: 0n }, noon)).toBe(0n)
  })
})

describe('a purchase of a new team', () => {
  test('has a part that can be spent, and the rest at the end of the lock, as one posting each', () => {
    const made = team().buy(100n)
    expect(made.balance).toMatchObject({ available: 25n, additional: 25n, locked: 75n })
    expect(made.balance.nextUnlock).toEqual({ amount: 75n, at: noon + day })
    expect(made.last?.postings.map(({ type, change }) => [type, change])).toEqual([['GRANT', 25n]])
    expect(nextBoundary(made.account)).toBe(noon + day)
    expect(made.passTo(noon + day - 1).balance).toMatchObject({ available: 25n, locked: 75n })
    const { postings } = rollForward(made.account, noHolds, world.rulesAt, noon + 2 * day)
    expect(postings).toMatchObject([{ type: 'GRANT', change: 75n, at: noon + day, reference: 'stripe:pi_1' }])
    expect(made.passTo(noon + day).balance).toMatchObject({ available: 100n, locked: 0n, nextUnlock: null })
    expect(nextBoundary(made.account)).toBeNull()
  })

  test('is landed once, and is not locked where the team is not new or the catalog says nothing', () => {
    expect(team().buy(100n).buy(100n).balance).toMatchObject({ available: 25n, locked: 75n })
    expect(team().buy(100n, 'stripe:pi_1', false).balance).toMatchObject({ available: 100n, locked: 0n })
    const plain = worldOf({ newTeamCredits: null })
    const price = { amount: 1n, currency: 'USD' }
    const paid = { purchase: purchaseId(1), cause: 'PURCHASE', price, costBasis: price, loss: null } as const
    const command = {
      kind: 'land-purchase',
      ...paid,
      source: 's',
      credits: 9n,
      memberId: null,
      ofNewTeam: true,
    } as const
    const { account } = decide(newTeam(), command, {}, contextAt(plain, noon))
    expect(account.grants).toMatchObject([{ available: 9n, locked: 0n, lock: null }])
  })

  test('is refused to a charge of more, with the instant at which more comes', () => {
    const made = team().buy(100n).charge(20n).charge(6n)
    expect(made.last?.outcome).toMatchObject({
      kind: 'refused',
      failure: { code: 'INSUFFICIENT_CREDITS', required: 6n, available: 5n, nextGrantAt: noon + day },
    })
    expect(made.passTo(noon + day).charge(80n).balance).toMatchObject({ available: 0n, locked: 0n })
  })

  test('pays what is owed at once, with locked credits only where the others do not suffice', () => {
    for (const [owed, available, locked] of [
      [10n, 15n, 75n],
      [25n, 0n, 75n],
      [40n, 0n, 60n],
      [100n, 0n, 0n],
      [140n, 0n, 0n],
    ] as const) {
      const made = team().buy(owed, 'stripe:pi_0', false).charge(owed).takeBack(owed, { source: 'stripe:pi_0' })
      made.buy(100n)
      expect(made.sums).toEqual([available, locked, 0n, owed > 100n ? owed - 100n : 0n])
    }
  })

  test('pays at the end of the lock what the team owes by then', () => {
    const made = team().buy(100n).buy(40n, 'stripe:pi_0', false).charge(40n)
    made.charge(25n).takeBack(40n, { source: 'stripe:pi_0' })
    expect(made.account.owed).toBe(40n)
    expect(made.passTo(noon + day).sums).toEqual([35n, 0n, 0n, 0n])
    // The payment stands after all: what the unlocked credits paid comes back.
    expect(made.takeBack(0n, { source: 'stripe:pi_0' }).account.available).toBe(75n)
  })

  test('ends with the cycle in which all of it can be spent', () => {
    const monthly = worldOf({
      expiry: { PACKAGE: 'cycle', AUTO_RECHARGE: 'cycle', ADD_ON: 'cycle' },
    })
    const price = { amount: 1n, currency: 'USD' }
    const paid = { purchase: purchaseId(1), cause: 'PURCHASE', price, costBasis: price, loss: null } as const
    const plan = {
      kind: 'assign-plan',
      planId: 'weekly',
      teamName: null,
      seats: 1,
      interval: null,
      anchor: null,
    } as const
    const begun = decide(newTeam(), plan, {}, contextAt(monthly, noon)).account
    const sunday = Date.parse('2026-11-22T18:00:00Z')
    const monday = Date.parse('2026-11-23T00:00:00Z')
    const ends = [true, false].map((ofNewTeam) => {
      const { account } = rollForward(begun, noHolds, monthly.rulesAt, sunday)
      const command = { kind: 'land-purchase', ...paid, source: 's', credits: 9n, memberId: null, ofNewTeam } as const
      return decide(account, command, {}, contextAt(monthly, sunday)).account.grants.find(
        ({ source }) => source === 's',
      )
    })
    expect(ends.map((grant) => grant?.expiresAt)).toEqual([monday + 7 * day, monday])
  })

  test('counts in the balance of a later day and in the forecast', () => {
    const made = team().buy(100n)
    const later = rollForward(made.account, noHolds, world.rulesAt, noon + 3 * day).account
    expect(balanceOf(later, noon + 3 * day)).toMatchObject({ available: 100n, locked: 0n })
    // 20 a day: the 25 last past the end of the lock, and all of it five days.
    expect(runsOutAt(made.account, 20n, world.rulesAt, noon)).toBe(noon + 5 * day)
    expect(runsOutAt(made.account, 50n, world.rulesAt, noon)).toBe(noon + day / 2)
  })
})

describe('what is taken back of a locked grant', () => {
  test.each([
    { total: 30n, before: [25n, 45n, 30n, 0n], after: [70n, 0n, 30n, 0n] },
    { total: 75n, before: [25n, 0n, 75n, 0n], after: [25n, 0n, 75n, 0n] },
    { total: 90n, before: [10n, 0n, 90n, 0n], after: [10n, 0n, 90n, 0n] },
    { total: 100n, before: [0n, 0n, 100n, 0n], after: [0n, 0n, 100n, 0n] },
  ])('is locked before it is available: $total of 100', ({ total, before, after }) => {
    const made = team().buy(100n).takeBack(total)
    expect(made.sums).toEqual(before)
    for (const other of [100n, 0n, 50n]) made.takeBack(other)
    expect(made.takeBack(total).sums).toEqual(before)
    expect(made.passTo(noon + day).sums).toEqual(after)
    expect(made.takeBack(0n).sums).toEqual([100n, 0n, 0n, 0n])
  })

  test('is owed where it was used, and locked again once it is given back', () => {
    const made = team().buy(100n).charge(20n).takeBack(100n)
    expect(made.sums).toEqual([0n, 0n, 80n, 20n])
    expect(made.takeBack(0n).sums).toEqual([5n, 75n, 0n, 0n])
  })

  test('is frozen by a warning, and thaws as it would be now', () => {
    const made = team().buy(100n).charge(20n).takeBack(0n, { frozen: true })
    expect(made.sums).toEqual([0n, 0n, 80n, 0n])
    expect(nextBoundary(made.account)).toBeNull()
    expect(made.takeBack(0n).sums).toEqual([5n, 75n, 0n, 0n])
    made.takeBack(0n, { frozen: true }).passTo(noon + day)
    expect(made.sums).toEqual([0n, 0n, 80n, 0n])
    expect(made.takeBack(10n).sums).toEqual([70n, 0n, 10n, 0n])
  })
})
