import { describe, expect, test } from 'vitest'
import type { Account, Policy } from '../../src/domain/account.ts'
import type { RefundableCharge } from '../../src/domain/charge.ts'
import type { Command, Decision, Facts } from '../../src/domain/decisions/command.ts'
import { creditLeft, creditLineOf } from '../../src/domain/decisions/credit-line.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { noHolds, rollForward } from '../../src/domain/decisions/roll-forward.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { contextAt, type World } from '../../src/domain/rules.ts'
import { card, policy as usual, world } from '../property/model/world.ts'
import { ana, backend, day, decided, frozen, granted, newTeam, noon, using } from '../setup/deciding.ts'

/** On `weekly`, a team may owe 25. Its 40 credits come at once, and on Mondays. */
const onPlan = (planId = 'weekly', account = newTeam()): Account =>
  decided(account, { kind: 'assign-plan', planId, teamName: null, seats: 1, interval: null, anchor: null }).account

const lastMillisecond = Date.parse('2026-11-30T23:59:59.999Z')

function held(account: Account, quantity: bigint, at = noon): { account: Account; hold: Hold } {
  const command = { kind: 'place-hold', usage: using(quantity), expiresInSeconds: 86_400, caller: ana } as const
  const decision = decided(account, { ...command, reference: null, memberId: null }, at)
  return { account: decision.account, hold: decision.hold ?? expect.unreachable('held') }
}

/** Holds 30 credits and settles them for `quantity`. */
function settled(account: Account, quantity: bigint, at = noon): Decision {
  const { account: holding, hold } = held(account, 30n, at)
  return decided(holding, { kind: 'settle-hold', holdId: hold.id, usage: using(quantity), caller: ana }, at, { hold })
}
const refusalOf = ({ outcome }: Decision) => (outcome.kind === 'refused' ? outcome.failure.code : outcome.kind)
const balance = ({ available, held: inHolds, owed, lent }: Account) => [available, inHolds, owed, lent?.credits ?? 0n]

describe('settling beyond the balance', () => {
  test('owes the rest within the credit line; the charge is whole', () => {
    const { account, outcome, postings } = settled(onPlan(), 65n)
    expect(outcome).toMatchObject({ kind: 'charge', charge: { amount: 65n } })
    expect(balance(account)).toEqual([0n, 0n, 25n, 25n])
    // One posting, so that nobody is told of credits that were added.
    expect(postings.map(({ type, change }) => [type, change])).toEqual([['CHARGE', -40n]])
  })

  test('is refused where it goes beyond the line too, and changes nothing', () => {
    const decision = settled(onPlan(), 66n)
    expect(refusalOf(decision)).toBe('INSUFFICIENT_CREDITS')
    expect(balance(decision.account)).toEqual([10n, 30n, 0n, 0n])
  })

  test('is refused without a line', () => {
    expect(refusalOf(settled(onPlan('rich'), 91n))).toBe('INSUFFICIENT_CREDITS')
    expect(refusalOf(settled(granted(40n), 41n))).toBe('INSUFFICIENT_CREDITS')
  })

  test('has only what is left of the line', () => {
    let { account } = settled(onPlan(), 50n)
    account = granted(40n, null, account)
    expect(balance(account)).toEqual([30n, 0n, 0n, 0n])
    account = settled(account, 50n).account
    expect(balance(account)).toEqual([0n, 0n, 20n, 20n])
    const more = held({ ...account, available: 0n }, 0n)
    const settle = (quantity: bigint) =>
      decided(
        more.account,
        { kind: 'settle-hold', holdId: more.hold.id, usage: using(quantity), caller: ana },
        noon,
        more,
      )
    expect([refusalOf(settle(6n)), refusalOf(settle(5n))]).toEqual(['INSUFFICIENT_CREDITS', 'charge'])
  })

  test('is for settling only: a charge and a capture need the balance, and so does a hold', () => {
    const { account, hold } = held(onPlan(), 30n)
    const use = { usage: using(41n), caller: ana } as const
    const refusals: [Command, Facts][] = [
      [{ kind: 'charge-usage', ...use, reference: null, memberId: null }, {}],
      [{ kind: 'capture-hold', ...use, holdId: hold.id }, { hold }],
      [{ kind: 'place-hold', ...use, expiresInSeconds: 60, reference: null, memberId: null }, {}],
      [{ kind: 'extend-hold', ...use, holdId: hold.id, expiresInSeconds: null }, { hold }],
    ]
    for (const [command, facts] of refusals) {
      expect(refusalOf(decided(account, command, noon, facts))).toBe('INSUFFICIENT_CREDITS')
    }
  })

  test('is refused while a bill is overdue', () => {
    const bill = { month: '2026-10', currency: 'USD', overdueAt: noon, url: null, failures: 0, isAnnounced: true }
    expect(refusalOf(settled({ ...onPlan(), unpaidBills: [bill] }, 50n))).toBe('INSUFFICIENT_CREDITS')
    expect(refusalOf(settled({ ...onPlan(), unpaidBills: [{ ...bill, overdueAt: noon + 1 }] }, 50n))).toBe('charge')
  })
})

describe('what is owed of a credit line', () => {
  test('is paid by the next credits that arrive', () => {
    expect(balance(granted(40n, null, settled(onPlan(), 60n).account))).toEqual([20n, 0n, 0n, 0n])
  })

  test('is owed no longer where the charge is refunded, and comes back where it was paid', () => {
    const refund = ({ account, outcome, postings }: Decision, paid: Account = account) => {
      const charge = outcome.kind === 'charge' ? outcome.charge : expect.unreachable('charged')
      const movements = postings.flatMap(({ type, entries }) =>
        type === 'CHARGE'
          ? entries.flatMap(({ grantId, to, amount, rate }) =>
              grantId === null || to !== 'spent' ? [] : [{ grantId, amount, rate }],
            )
          : [],
      )
      const facts: RefundableCharge = {
        id: charge.id,
        movements,
        refunded: 0n,
        unconfirmed: false,
        since: noon,
        memberId: null,
        groupIds: [],
        reference: null,
      }
      const command = { kind: 'refund-charge', chargeId: charge.id, amount: null, reason: 'failed' } as const
      return decided(paid, command, noon, { charge: facts })
    }
    const lent = settled(onPlan(), 60n)
    expect(balance(refund(lent).account)).toEqual([40n, 0n, 0n, 0n])
    // The grants of the charge are closed by then, and loaded for its refund.
    const paid = granted(20n, null, lent.account)
    expect(balance(paid)).toEqual([0n, 0n, 0n, 0n])
    expect(balance(refund(lent, paid).account)).toEqual([60n, 0n, 0n, 0n])
  })

  test("is billed in the last millisecond of the month, at the price of the line's first credit", () => {
    const { account } = settled(onPlan(), 55n, lastMillisecond - 3_600_000)
    const waiting = rollForward(account, noHolds, world.rulesAt, lastMillisecond - 1)
    expect([waiting.postings, balance(waiting.account)]).toEqual([[], [0n, 0n, 15n, 15n]])
    const { account: billed, postings } = rollForward(account, noHolds, world.rulesAt, lastMillisecond)
    expect(balance(billed)).toEqual([0n, 0n, 0n, 0n])
    const [posting] = postings.filter(({ reference }) => reference === 'credit-line:2026-11')
    expect(posting).toMatchObject({ type: 'CHARGE', change: 0n, at: lastMillisecond })
    expect(posting?.entries).toMatchObject([
      {
        grantId: null,
        from: 'owed',
        to: 'none',
        amount: 15n,
        rate: 'credit-line',
        use: { quantity: 15n, count: 1, money: { amount: 300n, currency: 'USD' } },
      },
    ])
  })

  test('keeps its price where a new catalog has another', () => {
    const first = settled(onPlan(), 50n).account
    const dearer: World = {
      ...world,
      rulesAt: () => ({ card, policy: { ...usual, creditLine: { perCredit: { amount: 9n, currency: 'EUR' } } } }),
    }
    const holding = held({ ...first, available: 0n }, 0n)
    const command = { kind: 'settle-hold', holdId: holding.hold.id, usage: using(5n), caller: ana } as const
    const { account } = decide(frozen(holding.account), command, holding, contextAt(dearer, noon))
    expect(account.lent).toMatchObject({ credits: 15n, perCredit: { amount: 20_000_000n, currency: 'USD' } })
  })

  test('is paid after other debts', () => {
    const pack = granted(40n)
    const use = { usage: using(40n), caller: backend, reference: null, memberId: null }
    const spent = decided(pack, { kind: 'charge-usage', ...use }).account
    const grantOfSource = spent.grants[0] ?? expect.unreachable('it was granted')
    const told = { source: grantOfSource.source, reference: 'dispute', frozen: false, loss: null, reason: null }
    const disputed = decided(onPlan('weekly', spent), { kind: 'claw-back', total: 15n, ...told }, noon, {
      grantOfSource,
    })
    const lent = settled(granted(15n, null, disputed.account), 50n).account
    expect(balance(lent)).toEqual([0n, 0n, 10n, 10n])
    const taken = lent.grants.find(({ id }) => id === grantOfSource.id) ?? grantOfSource
    const again = { kind: 'claw-back', total: 40n, ...told } as const
    const both = decided(lent, again, noon, { grantOfSource: { ...taken, clawedBack: 15n } }).account
    expect(balance(both)).toEqual([0n, 0n, 35n, 10n])
    expect(balance(granted(20n, null, both))).toEqual([0n, 0n, 15n, 10n])
    expect(balance(granted(30n, null, both))).toEqual([0n, 0n, 5n, 5n])
  })
})

describe('the line of a team', () => {
  const day1 = noon + day
  const contract = (reference: string, creditLine: bigint | null, endsAt: number | null = null): Command => ({
    kind: 'create-contract',
    reference,
    credits: 1n,
    cadence: 'ONCE',
    rollover: 'none',
    creditLine,
    startsAt: null,
    endsAt,
  })
  const lineOf = (account: Account, at = noon, policy: Policy = usual) => creditLineOf(account, policy, at)

  test('is the largest of its plan and of its running contracts', () => {
    let account = onPlan()
    expect(lineOf(account)).toBe(25n)
    account = decided(account, contract('A', 70n, day1)).account
    expect([lineOf(account), lineOf(account, day1 - 1), lineOf(account, day1)]).toEqual([70n, 70n, 25n])
    account = decided(account, { kind: 'end-contract', reference: 'A' }).account
    expect(lineOf(account)).toBe(25n)
    expect(lineOf(decided(newTeam(), contract('B', 5n)).account)).toBe(5n)
    expect(lineOf(decided(newTeam(), contract('C', null)).account)).toBeNull()
  })

  test('needs a price: without one nothing is lent, and a contract with a line is refused', () => {
    const free = { ...usual, creditLine: null }
    expect(lineOf(onPlan(), noon, free)).toBeNull()
    expect(creditLeft(onPlan(), free, noon)).toBe(0n)
    const unpriced = contextAt({ ...world, rulesAt: () => ({ card, policy: free }) }, noon)
    expect(decide(newTeam(), contract('A', 5n), {}, unpriced).outcome).toMatchObject({
      failure: { code: 'INVALID_INPUT', message: expect.stringContaining('creditLine') },
    })
    expect(decide(newTeam(), contract('A', null), {}, unpriced).outcome.kind).toBe('done')
    expect(decided(newTeam(), contract('A', 0n)).outcome).toMatchObject({ failure: { code: 'INVALID_AMOUNT' } })
  })
})
