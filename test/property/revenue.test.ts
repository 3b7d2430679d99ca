import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addRevenue,
  creditFate,
  type Fate,
  moneyFate,
  noRevenue,
  type Revenue,
  revenueBetween,
} from '../../src/domain/revenue.ts'
import type { Ask } from './model/ask.ts'
import { CreditByCredit } from './model/credit-by-credit.ts'
import { expectEqual } from './model/expect-equal.ts'
import { PureLedger } from './model/pure-ledger.ts'
import { commandOf } from './model/world.ts'

const begin = Date.parse('2026-11-18T12:00:00Z')
const hour = 3_600_000
const granted = 40n
const cent = 10_000_000n

type Happening = Exclude<Ask, { do: 'grant' | 'buy' }> | { readonly do: 'wait'; readonly lasts: number }

const amount = fc.bigInt({ min: 1n, max: 15n })
const index = fc.nat({ max: 3 })
const taken = fc.oneof(fc.constantFrom(0n, granted), fc.bigInt({ min: 0n, max: granted }))
const some = fc.option(fc.bigInt({ min: 1n, max: 9n }))
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ do: fc.constant('charge' as const), amounts: fc.tuple(amount) }),
  fc.record({
    do: fc.constant('hold' as const),
    amount,
    lasts: fc.constantFrom(24 * hour, 96 * hour),
    start: fc.boolean(),
  }),
  fc.record({ do: fc.constant('settle' as const), hold: index, amount: some, start: fc.boolean() }),
  fc.record({ do: fc.constant('release' as const), hold: index }),
  fc.record({ do: fc.constant('refund' as const), charge: index, amount: some }),
  fc.record({
    do: fc.constant('claw-back' as const),
    source: fc.constantFrom('paid 0', 'paid 1', 'paid 2'),
    total: taken,
    frozen: fc.boolean(),
  }),
  fc.record({ do: fc.constant('wait' as const), lasts: fc.constantFrom(1, 12 * hour, 40 * hour) }),
)
/** Whether a month ends behind it. */
const life = fc.array(fc.tuple(happening, fc.boolean()), { minLength: 1, maxLength: 30, size: 'max' })

/** LOCKED: it never ends, and most of it is not available before a day has passed. */
type Lasting = number | null | 'LOCKED'

/** Three grants that were paid for, by their source, and much beside them. */
class Team {
  readonly #ledger = new PureLedger()
  readonly #lasts: readonly Lasting[]
  readonly paid: ReadonlyMap<string, { model: CreditByCredit; price: bigint }>
  now = begin
  #keys = 0

  constructor(prices: readonly bigint[], lasts: readonly Lasting[]) {
    this.#lasts = lasts
    this.paid = new Map(prices.map((price, i) => [`paid ${i}`, { model: new CreditByCredit(price), price }]))
    this.#ask({ do: 'plan', plan: 'none', seats: 1, interval: null })
    for (const [i, source] of [...this.paid.keys()].entries()) {
      const ends = lasts[i] ?? null
      if (ends === 'LOCKED') this.#ask({ do: 'buy', source, amount: granted })
      else this.#ask({ do: 'grant', source, amount: granted, kind: 'PACKAGE', lasts: ends })
    }
    this.#ask({ do: 'grant', source: 'free', amount: 10_000n, kind: 'PROMOTION', lasts: null })
  }

  go(happened: Happening): void {
    if (happened.do === 'wait') this.now += happened.lasts
    else this.#ask(happened)
    this.#ask({ do: 'nothing' })
    for (const [i, { model }] of [...this.paid.values()].entries()) {
      const lasts = this.#lasts[i] ?? null
      model.hasEnded = typeof lasts === 'number' && begin + lasts <= this.now
    }
  }

  grant(source: string) {
    const found = [...this.#ledger.grants.values()].find(({ grant }) => grant.source === source)
    if (found === undefined) throw new Error(`There is no grant ${source}`)
    return found.grant
  }

  #ask(asked: Ask): void {
    const ids = { holds: [...this.#ledger.holds.keys()], charges: [...this.#ledger.charges.keys()] }
    const key = `${this.#keys++}`
    const submission = { teamId: this.#ledger.team, key, fingerprint: key, command: commandOf(asked, ids, this.now) }
    const { change } = this.#ledger.submit([submission], this.now)
    for (const { entries } of change.postings) {
      for (const entry of entries) {
        const source = [...this.#ledger.grants.values()].find(({ grant }) => grant.id === entry.grantId)?.grant.source
        this.paid.get(source ?? '')?.model.move(entry)
      }
    }
    const model = asked.do === 'claw-back' ? this.paid.get(asked.source)?.model : undefined
    if (asked.do !== 'claw-back' || model === undefined) return
    model.refunded = Number(asked.total)
    model.isFrozen = asked.frozen
  }
}

const inCents = ({ refunded, earned, expired, open }: Fate) => {
  for (const part of [refunded, earned, expired, open]) expect(part % cent).toBe(0n)
  return { refunded: refunded / cent, earned: earned / cent, expired: expired / cent, open: open / cent }
}

const addsUp = ({ openAtStart, sold, earned, expired, refunded, openAtEnd }: Revenue) =>
  openAtStart + sold === earned + expired + refunded + openAtEnd

const prices = fc.tuple(
  fc.bigInt({ min: 1n, max: 5_000n }),
  fc.constantFrom(1n, 39n, 40n, 41n, 2_000n),
  fc.constant(40n),
)
const lasts = fc.tuple(
  fc.constantFrom(null, 30 * hour),
  fc.constantFrom(null, 50 * hour),
  fc.constant('LOCKED' as const),
)

test('a grant whose cost is known late is sold in that month, and its months add up to its cost all the same', () => {
  fc.assert(
    fc.property(prices, lasts, life, fc.nat({ max: 30 }), (price, ends, steps, known) => {
      const team = new Team(price, ends)
      const last = new Map<string, Fate>()
      const sums = new Map([...team.paid.keys()].map((source) => [source, noRevenue]))
      for (const [index, [happened, isMonthEnd]] of (
        [...steps, [{ do: 'wait', lasts: 1 }, true]] as typeof steps
      ).entries()) {
        team.go(happened)
        const isKnown = index >= Math.min(known, steps.length)
        if (!isMonthEnd || !isKnown) continue
        for (const [source, { price: cents }] of team.paid) {
          const grant = team.grant(source)
          const basis = { amount: cents * cent, currency: 'USD' }
          const money = moneyFate(grant, basis, creditFate(grant, team.now))
          const month = revenueBetween(last.get(source) ?? null, money, basis.amount)
          expect(addsUp(month)).toBe(true)
          expect(month.sold).toBe(last.has(source) ? 0n : basis.amount)
          const sum = sums.get(source) ?? noRevenue
          const { earned, expired, refunded, openAtEnd } = addRevenue(sum, month)
          sums.set(source, { ...addRevenue(sum, month), openAtEnd: 0n })
          expect(earned + expired + refunded + openAtEnd).toBe(basis.amount)
          last.set(source, money)
        }
      }
    }),
    { numRuns: 200 },
  )
})

test('the revenue of any life of a grant is what it is credit by credit, and its months add up to its price', () => {
  fc.assert(
    fc.property(prices, lasts, life, (price, ends, steps) => {
      const team = new Team(price, ends)
      const seen = new Map<string, { fate: { credits: Fate; money: Fate } | null; earned: bigint; last: Revenue }>()
      for (const source of team.paid.keys()) seen.set(source, { fate: null, earned: 0n, last: noRevenue })
      for (const [happened, isMonthEnd] of [...steps, [{ do: 'wait', lasts: 1 }, true]] as typeof steps) {
        team.go(happened)
        for (const [source, { model, price: cents }] of team.paid) {
          const grant = team.grant(source)
          const basis = { amount: cents * cent, currency: 'USD' }
          const credits = creditFate(grant, team.now)
          const money = moneyFate(grant, basis, credits)
          expectEqual({ credits, money: inCents(money) }, model.parts())
          if (!isMonthEnd) continue
          const before = seen.get(source)
          if (before === undefined) throw new Error(`${source} was not sold`)
          const month = revenueBetween(before.fate?.money ?? null, money, basis.amount)
          expect(addsUp(month)).toBe(true)
          expect(addsUp(revenueBetween(before.fate?.credits ?? null, credits, granted))).toBe(true)
          expect(month.openAtStart).toBe(before.last.openAtEnd)
          const { earned, expired, refunded } = month
          const earnedSoFar = before.earned + earned + expired + refunded
          expect(earnedSoFar + month.openAtEnd).toBe(basis.amount)
          seen.set(source, { fate: { credits, money }, earned: earnedSoFar, last: month })
        }
      }
    }),
    { numRuns: 500 },
  )
})
