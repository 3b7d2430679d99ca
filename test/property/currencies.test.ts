import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inCurrency } from '../../src/catalog/currencies.ts'
import { loadCatalog, parseCatalog } from '../../src/catalog/load.ts'
import { rulesOf } from '../../src/catalog/rules.ts'
import type { Account } from '../../src/domain/account.ts'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { NANO } from '../../src/domain/amounts/money.ts'
import type { Command, Outcome } from '../../src/domain/decisions/command.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { type HoldId, teamId } from '../../src/domain/identity.ts'
import type { NewPurchase } from '../../src/domain/purchase.ts'
import type { World, Worlds } from '../../src/domain/rules.ts'
import { decideTeam } from '../../src/ledger/deciding/decide-batch.ts'
import { keyless } from '../../src/ledger/deciding/team-state.ts'

/** The example in euros and dollars, with a metered rate. */
const { source } = loadCatalog('catalogs/example-eu.yaml')
const catalog = parseCatalog(
  source.replace(
    'categories:\n',
    `categories:
  - { id: live, name: Live, rates: [{ id: live, name: Live, money: { EUR: 0.5, USD: 0.6 }, unit: USE, settlement: METERED }] }
`,
  ),
  'two-currencies.yaml',
)
const worldIn = (currency: string): World => {
  const rules = rulesOf(inCurrency(catalog, currency))
  return { rulesAt: () => rules, cardOf: () => rules.card }
}
const known: Readonly<Record<string, World>> = { EUR: worldIn('EUR'), USD: worldIn('USD') }
const worlds: Worlds = { in: (currency) => known[currency ?? 'EUR'] ?? expect.unreachable(`${currency} is unknown`) }

const team = teamId('team')
const platform = { id: null, role: 'PLATFORM' } as const
const noon = Date.parse('2026-11-20T12:00:00Z')
const day = 86_400_000

/** One team as the database keeps it. It remembers everything that costs money, by its currency. */
class Paying {
  account: Account | null = null
  at = noon
  readonly holds = new Map<HoldId, Hold>()
  readonly purchases = new Map<number, { purchase: NewPurchase; state: 'PENDING' | 'PAID' | 'FAILED' }>()
  readonly used = new Set<string>()

  do(...commands: Command[]): Outcome[] {
    const state = {
      account: this.account,
      holds: this.holds,
      nextHoldDeadline: this.account?.nextHoldDeadline ?? null,
      charges: new Map(),
      stored: new Map(),
      usedBefore: new Map(),
      leftover: [],
      posted: new Map(),
      checkpoint: 0,
      hasPaid: this.paid().size > 0,
    }
    const change = decideTeam(
      state,
      commands.map((command) => keyless(team, command)),
      worlds,
      this.at,
    )
    this.account = change.account
    for (const hold of change.holds.values()) this.holds.set(hold.id, hold)
    for (const purchase of change.purchases) this.purchases.set(purchase.id, { purchase, state: 'PENDING' })
    for (const { entries } of change.postings) {
      for (const { use } of entries) if (use?.money) this.used.add(use.money.currency)
    }
    return change.decided.map((decided) =>
      'answer' in decided ? decided.answer.outcome : expect.unreachable(JSON.stringify(decided)),
    )
  }

  /** The currencies of all that was paid, used or is under way. */
  paid(): Set<string> {
    const bought = [...this.purchases.values()].filter(({ state }) => state !== 'FAILED')
    const open = [...this.holds.values()].filter(({ state }) => state === 'OPEN')
    return new Set([
      ...this.used,
      ...bought.map(({ purchase }) => purchase.price.currency),
      ...open.flatMap(({ lines }) => lines.flatMap(({ money }) => money?.currency ?? [])),
    ])
  }

  /** The same, with what the account itself has. */
  met(): Set<string> {
    const { lent = null, recharge = null } = this.account ?? {}
    return new Set([
      ...this.paid(),
      ...(lent === null ? [] : [lent.perCredit.currency]),
      ...(recharge === null || recharge.state === 'OFF' ? [] : [recharge.currency]),
    ])
  }
}

const plan = { kind: 'assign-plan', planId: 'team', teamName: null, seats: 1, interval: null, anchor: null } as const
const pages = { pay: 'CHECKOUT', successUrl: null, cancelUrl: null, memberId: null, caller: platform } as const
const use = (rate: string, count: number) => [{ rate, quantity: MICRO, count }]

const currency = fc.constantFrom('EUR', 'USD', null)
const act: fc.Arbitrary<(paying: Paying) => void> = fc.oneof(
  currency.map((chosen) => (one: Paying) => void one.do({ ...plan, currency: chosen })),
  fc.tuple(currency, fc.boolean()).map(([chosen, isAny]) => (one: Paying) => {
    const choice = isAny ? { credits: 500n * MICRO } : { packageId: 'small' }
    one.do({ kind: 'begin-purchase', ...choice, currency: chosen, ...pages })
  }),
  fc.tuple(currency, fc.boolean()).map(([chosen, enabled]) => (one: Paying) => {
    const terms = { threshold: 1_900n * MICRO, packageId: 'small', targetBalance: null, maxPerDay: 2 }
    const cap = 50n * NANO
    one.do({ kind: 'configure-recharge', enabled, ...terms, monthlyCap: cap, currency: chosen, caller: platform })
  }),
  fc.boolean().map((isPaid) => (one: Paying) => {
    const pending = [...one.purchases.values()].find(({ state }) => state === 'PENDING')
    if (pending === undefined) return
    const { purchase } = pending
    const { id, cause, credits, price } = purchase
    const terms = {
      purchase: id,
      cause,
      source: `stripe:pi_${id}`,
      credits,
      memberId: null,
      ofNewTeam: false,
      loss: null,
    }
    pending.state = isPaid ? 'PAID' : 'FAILED'
    const failure = { kind: 'never-retry', reason: 'no' } as const
    one.do(
      isPaid
        ? { kind: 'land-purchase', ...terms, price, costBasis: price }
        : { kind: 'fail-purchase', purchase: id, price, failure },
    )
  }),
  fc.constantFrom('live', 'image.standard').map((rate) => (one: Paying) => {
    one.do({ kind: 'charge-usage', usage: use(rate, 3), reference: null, memberId: null, caller: platform })
  }),
  fc.constantFrom('live', 'image.standard').map((rate) => (one: Paying) => {
    const terms = { expiresInSeconds: 3_600, reference: null, memberId: null, caller: platform }
    one.do({ kind: 'place-hold', usage: use(rate, 2), ...terms })
  }),
  fc.constantFrom(2, 230).map((count) => (one: Paying) => {
    const open = [...one.holds.values()].find(({ state }) => state === 'OPEN')
    if (open === undefined) return
    const rate = open.lines[0]?.rate ?? 'live'
    one.do({ kind: 'settle-hold', holdId: open.id, usage: use(rate, rate === 'live' ? 2 : count), caller: platform })
  }),
  // A choice, and what costs money, within one batch.
  currency.map((chosen) => (one: Paying) => {
    const charge = { reference: null, memberId: null, caller: platform }
    one.do(
      { ...plan, currency: chosen },
      { kind: 'charge-usage', usage: use('live', 1), ...charge },
      {
        kind: 'begin-purchase',
        packageId: 'small',
        currency: chosen === 'EUR' ? 'USD' : 'EUR',
        ...pages,
      },
    )
  }),
  fc.constantFrom(1, 12).map((days) => (one: Paying) => {
    one.at += days * day
    one.do({ kind: 'post-due' })
  }),
)

test('money of two currencies never meets in a team, whatever it chooses, buys and uses', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 25 }), (acts) => {
      const paying = new Paying()
      paying.do(plan)
      for (const one of acts) {
        one(paying)
        const met = [...paying.met()]
        const own = paying.account?.currency ?? 'EUR'
        expect(met.filter((currency) => currency !== own)).toEqual([])
      }
    }),
    { numRuns: 300 },
  )
})
