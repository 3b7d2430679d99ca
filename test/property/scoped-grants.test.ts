import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { compileRateCard } from '../../src/domain/compile-rate-card.ts'
import type { Command, Decision, Facts } from '../../src/domain/decisions/command.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { estimate } from '../../src/domain/decisions/estimate.ts'
import { payable, payableByLast } from '../../src/domain/decisions/paying.ts'
import { type GrantScope, scopeOf } from '../../src/domain/grant-scope.ts'
import { type Hold, remainingOf } from '../../src/domain/hold.ts'
import { teamId } from '../../src/domain/identity.ts'
import { price } from '../../src/domain/pricing.ts'
import { contextAt, type World } from '../../src/domain/rules.ts'
import { backend, noon } from '../setup/deciding.ts'
import { seed } from '../setup/random.ts'
import { policy, rate } from './model/world.ts'

/* Usage of several rates and grants of any scopes, against sums over all splits of the rates. */

const one = { credits: 1_000_000n }
const categories = { image: ['flux', 'seed'], video: ['kling', 'veo'] } as const
const rates = ['flux', 'seed', 'kling', 'veo'] as const
type RateId = (typeof rates)[number]

const card = compileRateCard({
  version: 'scoped',
  categories: Object.entries(categories).map(([category, ids]) => ({
    id: category,
    name: category,
    rates: ids.map((id) => ({ ...rate(id, one), category })),
  })),
  rounding: { to: 1n, mode: 'half-up' },
  creditsPerMoney: null,
})
const world: World = { rulesAt: () => ({ card, policy }), cardOf: () => card }
const context = contextAt(world, noon)

const amount = fc.bigInt({ min: 1n, max: 12n })
const names = (all: readonly string[]) => fc.subarray([...all])
const scope = fc.oneof(
  fc.constant(null),
  fc.tuple(names(Object.keys(categories)), names(rates)).map(([some, others]) => scopeOf(some, others)),
)
const grants = fc.array(fc.record({ amount, scope }), { minLength: 1, maxLength: 6 })
const usage = fc.array(fc.record({ rate: fc.constantFrom(...rates), quantity: amount }), { minLength: 1, maxLength: 4 })
type Lines = typeof usage extends fc.Arbitrary<infer T> ? T : never

const withCount = (lines: Lines) => lines.map((line) => ({ ...line, count: 1 }))
const categoryOf = (id: RateId) => (categories.image.some((one) => one === id) ? 'image' : 'video')
const pays = (given: GrantScope | null, id: RateId): boolean =>
  given === null || given.rates.includes(id) || given.categories.includes(categoryOf(id))

function decided(account: Account, command: Command, facts: Facts = {}): Decision {
  return decide(account, command, facts, context)
}

function teamWith(given: typeof grants extends fc.Arbitrary<infer T> ? T : never): Account {
  return given.reduce(
    (account, { amount, scope }, index) =>
      decided(account, {
        kind: 'grant-credits',
        amount,
        grantKind: 'PROMOTION',
        expiresAt: null,
        source: `s${index}`,
        scope,
      }).account,
    newAccount(teamId('team'), context),
  )
}

const parties = { reference: null, memberId: null, caller: backend }
const charging = (lines: Lines): Command => ({ kind: 'charge-usage', usage: withCount(lines), ...parties })
const holding = (lines: Lines): Command => ({
  kind: 'place-hold',
  usage: withCount(lines),
  expiresInSeconds: 60,
  ...parties,
})

/** The most that the team can pay of the lines: the least over all sets of rates of what the set can get, and the rest costs. */
function mostPaid(account: Account, lines: Lines): bigint {
  const sets = Array.from({ length: 2 ** rates.length }, (_, bits) => rates.filter((_, index) => (bits >> index) & 1))
  const sums = sets.map((set) => {
    const beyond = lines.filter((line) => !set.includes(line.rate)).reduce((sum, line) => sum + line.quantity, 0n)
    const there = account.grants.filter(({ scope }) => set.some((id) => pays(scope, id)))
    return there.reduce((sum, grant) => sum + grant.available, beyond)
  })
  return sums.reduce((least, sum) => (sum < least ? sum : least))
}

const costOf = (lines: Lines) => lines.reduce((sum, { quantity }) => sum + quantity, 0n)

/** Each credit that is spent comes from a grant that pays for its line; the lines are paid to the last credit. */
function expectWithinScopes({ postings, account }: Decision, lines: Lines): void {
  const spent = postings.flatMap(({ entries }) => entries).filter(({ to }) => to === 'spent')
  for (const { grantId, rate: id } of spent) {
    const grant = account.grants.find((one) => one.id === grantId)
    expect(grant !== undefined && pays(grant.scope, id as RateId)).toBe(true)
  }
  const paid = lines.map((_, line) =>
    spent.filter((one) => one.line === line).reduce((sum, one) => sum + one.amount, 0n),
  )
  expect(paid).toEqual(lines.map(({ quantity }) => quantity))
}

test('usage is refused exactly if no assignment of grants to lines can pay it, and told what could', () => {
  const reached = { paid: 0, refused: 0, shared: 0 }
  const property = fc.property(grants, usage, (given, lines) => {
    const account = teamWith(given)
    const can = mostPaid(account, lines)
    const needed = costOf(lines)
    const done = decided(account, charging(lines))
    const priced = price(card, withCount(lines))
    if (!priced.ok) throw new Error(priced.failure.message)
    const told = estimate(account, { priced: priced.priced, card }, backend, { timeZone: 'UTC', at: noon })
    expect(told.sufficient).toBe(can === needed)
    if (can < needed) {
      reached.refused += 1
      expect(done.outcome).toMatchObject({
        kind: 'refused',
        failure: { code: 'INSUFFICIENT_CREDITS', required: needed, available: can },
      })
      expect(told).toMatchObject({ available: can, balanceAfter: can - needed })
      return
    }
    reached.paid += 1
    expectWithinScopes(done, lines)
    expect(told.balanceAfter).toBe(done.account.available)
    if (done.outcome.kind !== 'charge') throw new Error('It was paid')
    expect(new Map(told.burn.map((step) => [step.grantId, step.amount]))).toEqual(
      new Map(done.outcome.charge.burn.map((step) => [step.grantId, step.amount])),
    )
    if (needed > account.available) reached.shared += 1
    else expect(done.account.available <= account.available).toBe(true)
  })
  fc.assert(property, { numRuns: 3_000, seed })
  expect(Object.entries(reached).filter(([, times]) => times === 0)).toEqual([])
})

test('what may pay by the cost of the last line is what may pay for the lines at that cost', () => {
  const property = fc.property(grants, usage, amount, (given, lines, cost) => {
    const account = teamWith(given)
    const priced = price(card, withCount(lines))
    if (!priced.ok) throw new Error(priced.failure.message)
    const { lines: before } = priced.priced
    const last = before.at(-1)
    if (last === undefined) throw new Error('A usage has a line')
    const at = [...before.slice(0, -1), { ...last, credits: cost }]
    expect(payableByLast(account, { lines: before, card })(cost)).toBe(payable(account, { lines: at, card }))
  })
  fc.assert(property, { numRuns: 3_000, seed })
})

test('no grant is left with credits while a wider one that comes later pays for what it may pay for', () => {
  const property = fc.property(grants, usage, (given, lines) => {
    const done = decided(teamWith(given), charging(lines))
    if (done.outcome.kind !== 'charge') return
    const order = done.account.grants.map(({ id }) => id)
    for (const { grantId, to, rate: id } of done.postings.flatMap(({ entries }) => entries)) {
      if (to !== 'spent' || grantId === null) continue
      const earlier = done.account.grants.slice(0, order.indexOf(grantId))
      expect(earlier.filter(({ scope, available }) => available > 0n && pays(scope, id as RateId))).toEqual([])
    }
  })
  fc.assert(property, { numRuns: 2_000, seed })
})

test('what a hold reserved pays for all that it was reserved for, in any order and with nothing else', () => {
  const piece = fc.record({ line: fc.nat({ max: 5 }), part: fc.integer({ min: 0, max: 4 }) })
  const property = fc.property(
    fc.record({
      given: grants,
      lines: usage,
      more: fc.option(usage),
      pieces: fc.array(piece, { maxLength: 6 }),
      named: fc.boolean(),
    }),
    ({ given, lines, more, pieces, named }) => {
      const placed = decided(teamWith(given), holding(lines))
      if (placed.hold === null) return
      let { account, hold } = placed as { account: Account; hold: Hold }
      const all = [...lines]
      if (more !== null) {
        const usage = withCount(more)
        const extended = decided(
          account,
          { kind: 'extend-hold', holdId: hold.id, usage, expiresInSeconds: null, caller: backend },
          { hold },
        )
        if (extended.hold !== null) {
          ;({ account, hold } = extended as { account: Account; hold: Hold })
          all.push(...more)
        }
      }
      // Nobody else leaves anything.
      const rest = rates.map((id) => ({
        rate: id,
        quantity: all.filter((line) => line.rate === id).reduce((sum, { quantity }) => sum + quantity, 0n),
      }))
      const poor = {
        ...account,
        available: 0n,
        grants: account.grants.map((grant) => ({ ...grant, available: 0n, revoked: grant.available })),
      }
      account = poor
      for (const { line, part } of pieces) {
        const one = rest[line % rest.length]
        const quantity = one === undefined ? 0n : (one.quantity * BigInt(part)) / 4n
        if (one === undefined || quantity === 0n) continue
        one.quantity -= quantity
        const used = [{ rate: one.rate, quantity, count: 1 }]
        const captured = decided(
          account,
          { kind: 'capture-hold', holdId: hold.id, usage: used, caller: backend },
          { hold },
        )
        expect(captured.outcome.kind).toBe('charge')
        expectWithinScopes(captured, [{ rate: one.rate, quantity }])
        ;({ account, hold } = captured as { account: Account; hold: Hold })
      }
      const left = rest.filter(({ quantity }) => quantity > 0n)
      const usage = named && left.length > 0 ? withCount(left) : null
      const settled = decided(account, { kind: 'settle-hold', holdId: hold.id, usage, caller: backend }, { hold })
      expect(settled.outcome).toMatchObject({ kind: 'charge', charge: { amount: remainingOf(hold) } })
      if (usage !== null) expectWithinScopes(settled, left)
      expect(settled.account).toMatchObject({ available: 0n, held: 0n })
      expect(settled.account.grants.every(({ available, held }) => available === 0n && held === 0n)).toBe(true)
    },
  )
  fc.assert(property, { numRuns: 3_000, seed })
})

test('a hold that ends gives all back to the grants that it came from', () => {
  const property = fc.property(grants, usage, (given, lines) => {
    const before = teamWith(given)
    const { account, hold } = decided(before, holding(lines))
    if (hold === null) return
    const released = decided(
      account,
      { kind: 'release-hold', holdId: hold.id, reason: null, caller: backend },
      { hold },
    )
    expect(released.account.grants).toEqual(before.grants)
    expect(released.account.available).toBe(before.available)
  })
  fc.assert(property, { numRuns: 1_000, seed })
})
