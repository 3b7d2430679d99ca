import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { factsText, maxFactsBytes } from '../../src/domain/audit.ts'
import { changeBy } from '../../src/domain/decisions/audit-change.ts'
import type { Command, Facts } from '../../src/domain/decisions/command.ts'
import { chargeId, memberId, purchaseId } from '../../src/domain/identity.ts'
import type { Caller } from '../../src/domain/placer.ts'
import { ana, backend, day, decided, granted, newTeam, noon, using } from '../setup/deciding.ts'

/** The change that a command's record shows, in a team as it was before. */
function told(command: Command, account: Account = newTeam(), facts: Facts = {}) {
  const decision = decided(account, command, noon, facts)
  return changeBy(command, account, decision, facts)
}
const M = 1_000_000n

describe('a record tells', () => {
  test('the terms of a grant, and those of the one that its source had', () => {
    const grant = { kind: 'grant-credits', amount: 5n * M, grantKind: 'PACKAGE', expiresAt: null, source: 's' } as const
    const terms = { kind: 'PACKAGE', amount: '5', expiresAt: null }
    expect(told(grant)).toEqual({ before: null, after: terms })
    const [known] = granted(5n * M, noon + day).grants
    const before = { ...terms, expiresAt: '2026-11-19T12:00:00.000Z' }
    expect(told({ ...grant, expiresAt: noon + day }, newTeam(), { grantOfSource: known })).toMatchObject({ before })
  })

  test('how much of a charge was refunded, and why', () => {
    const usage = { kind: 'charge-usage', usage: using(9n * M), reference: null, memberId: null, caller: ana } as const
    const { account } = decided(granted(10n * M), usage)
    const movements = [{ grantId: account.grants[0]?.id ?? (0 as never), amount: 9n * M, rate: null }]
    const of = { refunded: 2n * M, unconfirmed: false, since: noon, memberId: null, groupIds: [], reference: null }
    const charge = { id: chargeId(1), movements, ...of }
    const refund = { kind: 'refund-charge', chargeId: charge.id, amount: 3n * M, reason: 'late' } as const
    const record = { before: { refunded: '2' }, after: { refunded: '5', reason: 'late' } }
    expect(told(refund, account, { charge })).toEqual(record)
  })

  test('the plan, its seats and the cycle before and after', () => {
    const plan = { kind: 'assign-plan', planId: 'seats', teamName: 'Us', seats: 2, interval: 'MONTH' } as const
    const record = told({ ...plan, anchor: noon })
    expect(record?.before).toEqual({
      planId: null,
      name: 'team',
      seats: 1,
      interval: null,
      anchor: null,
      currency: null,
    })
    expect(record?.after).toEqual({
      planId: 'seats',
      name: 'Us',
      seats: 2,
      interval: 'MONTH',
      anchor: '2026-11-18T12:00:00.000Z',
      currency: null,
    })
  })

  test('a contract as it stands, also when it ends', () => {
    const create = { kind: 'create-contract', reference: 'A', credits: 5n * M, cadence: 'MONTH' } as const
    const command = { ...create, rollover: { upTo: 2n * M }, creditLine: null, startsAt: null, endsAt: null } as const
    const contract = {
      credits: '5',
      every: 'MONTH',
      rollover: 'up to 2',
      creditLine: null,
      startsAt: '2026-11-18T12:00:00.000Z',
    }
    expect(told(command)).toEqual({ before: null, after: { ...contract, endsAt: null, ended: false } })
    expect(told({ ...command, rollover: 'full' })?.after).toMatchObject({ rollover: 'full' })
    expect(told({ kind: 'end-contract', reference: 'A' }, decided(newTeam(), command).account)).toEqual({
      before: { ...contract, endsAt: null, ended: false },
      after: { ...contract, endsAt: '2026-11-18T12:00:00.000Z', ended: true },
    })
  })

  test('from what a balance counts as low', () => {
    const low = (threshold: Account['threshold'], before: Account['threshold'] = null) =>
      told({ kind: 'set-low-threshold', threshold }, { ...newTeam(), threshold: before })
    expect(low({ credits: 5n * M })).toEqual({
      before: { credits: null, percentOfMonthlyUsage: null },
      after: { credits: '5', percentOfMonthlyUsage: null },
    })
    expect(low(null, { percent: 25n * M })?.before).toEqual({ credits: null, percentOfMonthlyUsage: '25' })
  })

  test('a limit; nothing where there is none, or none any more', () => {
    const limit = { kind: 'set-spending-limit', subject: 'MEMBER', id: 'ana', per: 'DAY', credits: 5n * M } as const
    const after = { subject: 'MEMBER', per: 'DAY', credits: '5' }
    expect(told(limit)).toEqual({ before: null, after })
    const { account } = decided(newTeam(), limit)
    expect(told({ ...limit, credits: null }, account)).toEqual({ before: after, after: null })
    expect(told({ ...limit, per: 'WEEK' }, account)).toMatchObject({ before: null })
  })

  test('the units that a team has, and those that it ordered', () => {
    const account = { ...newTeam(), addOn: { units: 2, granted: 2 } }
    const ordered: Command = { kind: 'order-add-on-units', units: 3 }
    expect(told(ordered, account)).toEqual({ before: { units: 2 }, after: { units: 2, ordered: 3 } })
    const decision = {
      ...decided(account, { kind: 'post-due' }),
      account: { ...account, addOn: { units: 3, granted: 2 } },
    }
    const record = { before: { units: 2 }, after: { units: 3 } }
    expect(changeBy({ kind: 'set-add-on-units', units: 3 }, account, decision, {})).toEqual(record)
    expect(changeBy({ kind: 'set-add-on-units', units: 3 }, null, decision, {})).toEqual({ ...record, before: null })
  })

  test('a purchase without the addresses of its pages, which may carry secrets', () => {
    const pages = { successUrl: 'https://x/?secret', cancelUrl: 'https://y/' }
    const bought = { packageId: 'mini', credits: 5n * M, price: { amount: 2_500_000_000n, currency: 'USD' } }
    const of = { cause: 'BOUGHT', at: noon, memberId: null, pay: 'CHECKOUT', ...pages }
    const purchase = { id: purchaseId(7), ...bought, ...of } as never
    const begin = {
      kind: 'begin-purchase',
      packageId: 'mini',
      pay: 'CHECKOUT',
      memberId: null,
      caller: ana,
      ...pages,
    } as const
    const decision = decided(newTeam(), { kind: 'post-due' })
    const after = { packageId: 'mini', credits: '5', price: '2.50', currency: 'USD', pay: 'CHECKOUT' }
    const record = changeBy(begin as never, newTeam(), { ...decision, outcome: { kind: 'purchase', purchase } }, {})
    expect(record).toMatchObject({ before: null, reference: '7' })
    expect(record?.after).toEqual({ ...after, price: expect.stringMatching(/^2\.50?$/) })
    expect(changeBy(begin as never, newTeam(), decision, {})).toBeNull()
  })

  test('how a team recharges', () => {
    const limits = { monthlyCap: null, maxPerDay: 3 }
    const facts = {
      state: 'ARMED',
      threshold: 5n * M,
      packageId: 'mini',
      targetBalance: null,
      ...limits,
      currency: 'USD',
      mandate: { acceptedBy: null, acceptedAt: 0, text: 'I agree' },
    }
    const account = { ...newTeam(), recharge: facts as never }
    const configure = { kind: 'configure-recharge', enabled: false, threshold: null, packageId: null } as const
    const command = { ...configure, targetBalance: null, monthlyCap: null, maxPerDay: null, caller: ana }
    const decision = (recharge: object | null) => ({
      ...decided(newTeam(), { kind: 'post-due' }),
      account: { ...newTeam(), recharge: recharge as never },
    })
    const before = { ...facts, threshold: '5', mandate: 'I agree' }
    expect(changeBy(command, account, decision(null), {})).toEqual({ before, after: null })
    const capped = decision({ ...facts, monthlyCap: 20_000_000_000n })
    expect(changeBy(command, newTeam(), capped, {})).toEqual({ before: null, after: { ...before, monthlyCap: '20' } })
    const filled = decision({ ...facts, packageId: null, targetBalance: 40n * M })
    const after = { ...before, packageId: null, targetBalance: '40' }
    expect(changeBy(command, newTeam(), filled, {})).toEqual({ before: null, after })
  })
})

describe('a hold', () => {
  const place = { kind: 'place-hold', usage: using(9n * M), expiresInSeconds: 600, reference: null } as const
  const { account, hold } = decided(granted(10n * M), { ...place, memberId: null, caller: ana })
  const facts = { hold: hold ?? undefined }
  const acts = (caller: Caller): Command[] => {
    const on = { holdId: hold?.id as never, caller }
    return [
      { kind: 'extend-hold', usage: null, expiresInSeconds: 60, ...on },
      { kind: 'capture-hold', usage: using(4n * M), ...on },
      { kind: 'settle-hold', usage: null, ...on },
      { kind: 'release-hold', reason: null, ...on },
    ]
  }
  const admin = { id: memberId('eve'), role: 'ADMIN' } as const

  test.each(acts(backend).concat(acts(admin)))('of another caller leaves a record: $kind', (command) => {
    const record = told(command, account, facts)
    expect(record?.before).toEqual({
      state: 'OPEN',
      amount: '9',
      captured: '0',
      expiresAt: '2026-11-18T12:10:00.000Z',
      placedBy: 'ana',
      placedAs: 'MEMBER',
    })
    expect(record?.after).toMatchObject({ placedBy: 'ana' })
  })

  test.each(acts(ana))("of one's own leaves none: $kind", (command) => {
    expect(told(command, account, facts)).toBeNull()
  })
})

test.each<Command>([
  { kind: 'charge-usage', usage: using(1n), reference: null, memberId: null, caller: ana },
  { kind: 'roll-forward' },
  { kind: 'refund-charge', chargeId: chargeId(1), amount: null, reason: '' },
  { kind: 'grant-credits', amount: 0n, grantKind: 'PACKAGE', expiresAt: null, source: 's' },
])('plain use and what is refused leave no record: $kind', (command) => {
  expect(told(command, granted(10n))).toBeNull()
})

describe('the facts of a record', () => {
  test('are JSON, as they are up to 4,096 bytes', () => {
    expect(factsText(null)).toBeNull()
    const facts = { text: 'x'.repeat(maxFactsBytes - '{"text":""}'.length), number: undefined } as never
    expect(factsText(facts)).toBe(JSON.stringify(facts))
  })

  test('have texts of at most 60 characters where they are longer, and no half of a character', () => {
    const long = { text: 'x'.repeat(maxFactsBytes), short: 'y'.repeat(60), list: [`${'z'.repeat(59)}🙂!`], number: 1 }
    expect(JSON.parse(factsText(long) ?? '')).toEqual({
      ...{ text: `${'x'.repeat(60)}…`, short: 'y'.repeat(60), list: [`${'z'.repeat(59)}\uFFFD…`], number: 1 },
    })
  })
})
