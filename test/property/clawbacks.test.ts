import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ask } from './model/ask.ts'
import { PureLedger } from './model/pure-ledger.ts'
import { commandOf } from './model/world.ts'

const begin = Date.parse('2026-11-18T12:00:00Z')
const hour = 3_600_000
const paid = 40n

type Happening =
  | Exclude<Ask, { do: 'claw-back' | 'grant' | 'buy' }>
  | { readonly do: 'arrive'; readonly amount: bigint }
  | { readonly do: 'wait'; readonly lasts: number }

const amount = fc.bigInt({ min: 1n, max: 15n })
const index = fc.nat({ max: 3 })
const arrive = fc.record({ do: fc.constant('arrive' as const), amount })
const release = fc.record({ do: fc.constant('release' as const), hold: index })
const wait = fc.record({ do: fc.constant('wait' as const), lasts: fc.constantFrom(1, 12 * hour, 20 * hour) })
const settle = (amounts: fc.Arbitrary<bigint | null>) =>
  fc.record({ do: fc.constant('settle' as const), hold: index, amount: amounts, start: fc.boolean() })
const refund = fc.record({
  do: fc.constant('refund' as const),
  charge: index,
  amount: fc.option(fc.bigInt({ min: 1n, max: 6n })),
})
const use = fc.oneof(
  fc.record({ do: fc.constant('charge' as const), amounts: fc.tuple(amount) }),
  fc.record({ do: fc.constant('hold' as const), amount, lasts: fc.constant(24 * hour), start: fc.boolean() }),
)
const total = fc.oneof(fc.constantFrom(0n, paid), fc.bigInt({ min: 0n, max: paid }))
const stepsOf = (happening: fc.Arbitrary<Happening>) =>
  fc.array(fc.record({ total: fc.option(total), happening }), { minLength: 1, maxLength: 25, size: 'max' })

/** How long the grant lasts; LOCKED: for ever, and most of it is not available before a day has passed. */
type Lasting = number | null | 'LOCKED'

/** A team with a grant whose payment may be taken back, and with so much beside it that it never lacks any. */
function begun(lasts: Lasting) {
  const ledger = new PureLedger()
  let now = begin
  let keys = 0
  const ask = (asked: Ask) => {
    const ids = { holds: [...ledger.holds.keys()], charges: [...ledger.charges.keys()] }
    const key = `${keys++}`
    ledger.submit([{ teamId: ledger.team, key, fingerprint: key, command: commandOf(asked, ids, now) }], now)
  }
  const grant = (source: string, granted: bigint, ends: number | null = null) =>
    ask({ do: 'grant', source, amount: granted, kind: 'PACKAGE', lasts: ends })
  ask({ do: 'plan', plan: 'none', seats: 1, interval: null })
  if (lasts === 'LOCKED') ask({ do: 'buy', source: 'disputed', amount: paid })
  else grant('disputed', paid, lasts)
  grant('much', 10_000n)
  return {
    go(happening: Happening): void {
      if (happening.do === 'wait') now += happening.lasts
      else if (happening.do === 'arrive') grant(`s${keys}`, happening.amount)
      else ask(happening)
    },
    takeBack: (of: bigint) => ask({ do: 'claw-back', source: 'disputed', total: of, frozen: false }),
    /** All that the team has, less what it owes; what has come back for the disputed grant counts also where it ended. */
    worth(): bigint {
      ask({ do: 'nothing' })
      if (ledger.account === null) throw new Error('The team was created first')
      const { available, held, owed } = ledger.account
      const grants = [...ledger.grants.values()].map(({ grant: one }) => one)
      const ended = grants.filter(({ source }) => source.startsWith('restored:'))
      const locked = grants.reduce((sum, one) => sum + one.locked, 0n)
      return ended.reduce((sum, { expired }) => sum + expired, available + locked + held - owed)
    },
    grants: () =>
      [...ledger.grants.values()]
        .map(({ grant: { id: _, ...one } }) => one)
        .filter(({ source }) => source === 'disputed'),
  }
}

type Team = ReturnType<typeof begun>

/** All totals as they come, against the last one alone, said before everything else and after it. */
function lastOneDecides(
  lasts: Lasting,
  before: readonly Happening[],
  steps: readonly { total: bigint | null; happening: Happening }[],
): Team {
  const last = steps.findLast((step) => step.total !== null)?.total ?? 0n
  const lived = ([first, final]: readonly [boolean, boolean], all = false): Team => {
    const team = begun(lasts)
    for (const one of before) team.go(one)
    if (first) team.takeBack(last)
    for (const step of steps) {
      if (all && step.total !== null) team.takeBack(step.total)
      team.go(step.happening)
    }
    if (final) team.takeBack(last)
    return team
  }
  const team = lived([false, false], true)
  const worth = team.worth()
  expect([lived([true, false]).worth(), lived([false, true]).worth()]).toEqual([worth, worth])
  expect(team.grants()[0]?.clawedBack).toBe(last)
  return team
}

test.each([
  ['never ends', null],
  ['is locked for a day', 'LOCKED'],
] as const)(
  'of a grant that %s, only the last total counts, whatever was used, given back and granted in between',
  (_, lasts) => {
    const between = fc.oneof(arrive, release, wait, refund, settle(fc.constantFrom(null, 0n, 1n)), use, use)
    fc.assert(
      fc.property(stepsOf(between), (steps) => {
        lastOneDecides(lasts, [], steps)
      }),
      { numRuns: 500 },
    )
  },
)

test('of a grant that ends, only the last total counts for what was used of it before, whatever comes back in between', () => {
  const reached = { ended: 0, owed: 0 }
  fc.assert(
    fc.property(
      fc.array(use, { minLength: 1, maxLength: 6, size: 'max' }),
      stepsOf(fc.oneof(arrive, release, wait, refund, settle(fc.constant(null)))),
      (before, steps) => {
        const [grant] = lastOneDecides(30 * hour, before, steps).grants()
        if (grant === undefined) throw new Error('It was granted first')
        if (grant.expired > 0n && grant.clawedBack > 0n) reached.ended += 1
        if (grant.clawedBack > grant.revoked + grant.expired) reached.owed += 1
      },
    ),
    { numRuns: 500 },
  )
  expect(Math.min(reached.ended, reached.owed)).toBeGreaterThan(20)
})

test.each([
  ['ends', 30 * hour],
  ['is locked', 'LOCKED'],
] as const)('taken and restored with nothing in between, a team whose grant %s is as it was', (_, lasts) => {
  fc.assert(
    fc.property(
      fc.array(use, { maxLength: 5 }),
      fc.array(total, { minLength: 1, maxLength: 6 }),
      total,
      (used, totals, last) => {
        const [one, other] = [begun(lasts), begun(lasts)]
        for (const team of [one, other]) for (const happening of used) team.go(happening)
        for (const of of totals) one.takeBack(of)
        for (const team of [one, other]) team.takeBack(last)
        expect([one.grants(), one.worth()]).toEqual([other.grants(), other.worth()])
      },
    ),
    { numRuns: 300 },
  )
})
