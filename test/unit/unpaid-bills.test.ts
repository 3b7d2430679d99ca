import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { nextBoundary } from '../../src/domain/account.ts'
import type { FollowBills } from '../../src/domain/decisions/command.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import { fateOf } from '../../src/domain/metered-bill.ts'
import type { Caller } from '../../src/domain/placer.ts'
import { ana, backend, day, noon } from '../setup/deciding.ts'
import { acted, capture, held, settle, use, world } from '../setup/holding.ts'

const url = 'https://pay.example/bill'
const bill = { month: '2026-10', currency: 'USD', overdueAt: noon + day, url, failures: 0 }
const follow = (...unpaid: FollowBills['unpaid']) => ({ kind: 'follow-bills', unpaid }) as const
const typesOf = ({ notices }: { notices: readonly { type: string }[] }) => notices.map(({ type }) => type)
const overdue = { ...bill, overdueAt: noon }

const told = (account: Account, ...unpaid: FollowBills['unpaid']) => acted({ account }, follow(...unpaid))
const chargeOn = (account: Account, rate: string, caller: Caller = ana) =>
  acted({ account }, { kind: 'charge-usage', usage: use([rate, 1]), reference: null, memberId: null }, caller).outcome

describe('the unpaid bills of a team', () => {
  test('are told once, however often they are said', () => {
    const first = told(held(['credit', 1]).account, bill)
    expect(typesOf(first)).toEqual(['METERED_BILL_OPENED'])
    const again = told(first.account, bill)
    expect([typesOf(again), again.account.unpaidBills]).toEqual([[], first.account.unpaidBills])
    const failed = told(again.account, { ...bill, failures: 1 })
    expect(typesOf(failed)).toEqual(['METERED_BILL_PAYMENT_FAILED'])
    expect(typesOf(told(failed.account, { ...bill, failures: 1 }))).toEqual([])
    expect(told(failed.account).account.unpaidBills).toEqual([])
  })

  test('are announced as overdue at their own instant, however late the team is read', () => {
    const { account } = told(held(['credit', 1]).account, bill)
    expect(nextBoundary({ ...account, nextHoldDeadline: null })).toBe(bill.overdueAt)
    const waiting = { ...account, nextHoldDeadline: null }
    const late = rollForward(waiting, noHolds, world.rulesAt, noon + 9 * day)
    expect(late.notices).toMatchObject([{ type: 'METERED_BILL_OVERDUE', at: bill.overdueAt }])
    expect(rollForward(late.account, noHolds, world.rulesAt, noon + 10 * day).notices).toEqual([])
    expect(rollForward(waiting, noHolds, world.rulesAt, bill.overdueAt - 1).notices).toEqual([])
  })
})

describe('an overdue bill', () => {
  const { account } = told(held(['credit', 1]).account, overdue)

  test('refuses rates in money alone, and shows its page only to admins', () => {
    expect(chargeOn(account, 'credit').kind).toBe('charge')
    for (const rate of ['gpu', 'chip']) {
      expect(chargeOn(account, rate)).toMatchObject({
        failure: { blockers: [{ code: 'METERED_BILL_OVERDUE', message: expect.not.stringContaining(url) }] },
      })
    }
    expect(chargeOn(account, 'gpu', backend)).toMatchObject({
      failure: { blockers: [{ message: expect.stringContaining(url) }] },
    })
  })

  test('leaves a hold that was placed before: it is captured and settled, but takes no other rate in money', () => {
    const before = held(['gpu', 2])
    const now = { ...before, account: told(before.account, overdue).account }
    expect(capture(now, ['gpu', 1]).outcome.kind).toBe('charge')
    expect(settle(now, [['gpu', 2]]).outcome.kind).toBe('charge')
    expect(capture(now, ['tpu', 1]).outcome).toMatchObject({ failure: { code: 'REQUIREMENT_NOT_MET' } })
  })

  test('refuses nothing before its instant, nor once it is paid', () => {
    expect(chargeOn(told(account, bill).account, 'gpu').kind).toBe('charge')
    expect(chargeOn(told(account).account, 'gpu').kind).toBe('charge')
  })
})

test('a sum is carried over where it is above zero and below the least that can be charged', () => {
  const cents = (amount: bigint) => amount * 10_000_000n
  const fates = [-1n, 0n, 1n, 49n, 50n].map((amount) => fateOf(cents(amount), 'USD'))
  expect(fates).toEqual(['DUE', 'NOTHING', 'CARRIED', 'CARRIED', 'DUE'])
  expect(fateOf(49_000_000_000n, 'JPY')).toBe('CARRIED')
  expect(fateOf(50_000_000_000n, 'JPY')).toBe('DUE')
})
