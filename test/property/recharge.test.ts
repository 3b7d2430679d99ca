import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { rechargeAt } from '../../src/domain/recharge.ts'
import { expectEqual } from './model/expect-equal.ts'
import { type Market, type RechargeAsk, RechargeModel, sizes } from './model/recharge-model.ts'
import { configure, pack, Recharging, sellingWorld } from './model/recharging.ts'

const hour = 3_600_000
const timeZone = 'America/New_York'
/** An instant so near to a month's end that waiting crosses it, on either side of midnight in UTC. */
const begin = Date.parse('2026-11-29T20:00:00Z')

const packId = fc.constantFrom(...Object.keys(sizes))
const of = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(3))
const markets: readonly Market[] = [
  { prices: { small: 10, large: 25 }, anyAmount: true },
  { prices: { small: 12 }, anyAmount: false },
  { prices: { large: 20 }, anyAmount: true },
]
const ask: fc.Arbitrary<RechargeAsk> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('charge'), amount: fc.integer({ min: 0, max: 60 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('grant'),
      amount: fc.integer({ min: 1, max: 60 }),
      hours: fc.option(fc.integer({ min: 1, max: 12 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('claw-back'), of, share: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('land'), of }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('fail'),
      of,
      why: fc.constantFrom('declined', 'declined', 'never-retry', 'action-required'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('configure'),
      threshold: fc.constantFrom(0, 20, 50, 120),
      buys: fc.oneof(fc.record({ pack: packId }), fc.record({ target: fc.constantFrom(20, 30, 40, 60, 110) })),
      cap: fc.option(fc.integer({ min: 8, max: 70 }), { freq: 3 }),
      perDay: fc.constantFrom(null, 1, 1, 2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('turn-off', 'rearm') }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait'), hours: fc.constantFrom(0.001, 0.001, 1, 1, 5, 6, 6, 40, 800) }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...markets).map((one) => ({ do: 'market' as const, ...one })),
  },
)

const declined = 'Your card was declined.'
/** Prices are in cents: any amount is rounded to them. */
const cent = 10_000_000n
/** 0.4 cents a micro-credit from 20 on, 0.36 from 65 on: the model has the prices as a list. */
const perCredit = (tenThousandths: bigint) => (tenThousandths * cent * MICRO) / 10_000n
const customTopUp = {
  ...{ least: 20n, most: 80n, step: 15n, currency: 'USD' },
  tiers: [
    { from: 20n, perCredit: perCredit(4_000n) },
    { from: 65n, perCredit: perCredit(3_600n) },
  ],
}
const worldOf = ({ prices, anyAmount }: Market) =>
  sellingWorld(
    Object.entries(prices).map(([id, price]) => pack(id, BigInt(sizes[id] ?? 0), BigInt(price) * cent)),
    { timeZone, customTopUp: anyAmount ? customTopUp : null },
  )

function carryOut(team: Recharging, one: RechargeAsk): void {
  switch (one.do) {
    case 'charge':
      team.charge(BigInt(one.amount))
      return
    case 'grant':
      team.grant(BigInt(one.amount), `own ${team.account.revision}`, one.hours && team.at + one.hours * hour)
      return
    case 'claw-back': {
      const grant = team.account.grants.toSorted((a, b) => a.id - b.id).at(-1 - one.of)
      const total = grant === undefined ? 0n : (grant.granted * BigInt(one.share)) / 4n
      // What is taken back less of is restored; that is another test's.
      if (grant !== undefined && total > grant.clawedBack)
        team.clawBack(grant.source, total, one.share === 4 ? 'DISPUTED' : null)
      return
    }
    case 'configure': {
      const { threshold, buys, cap, perDay: maxPerDay } = one
      const monthlyCap = cap === null ? null : BigInt(cap) * cent
      const [packageId, targetBalance] = 'pack' in buys ? [buys.pack, null] : [null, BigInt(buys.target)]
      team.do(configure({ threshold: BigInt(threshold), packageId, targetBalance, monthlyCap, maxPerDay }))
      return
    }
    case 'turn-off':
      team.do(configure({ enabled: false }))
      return
    case 'rearm':
      team.do({ kind: 'rearm-recharge', atOnce: true })
      return
    case 'land':
      if (one.of < team.purchases.length) team.land(team.purchases.length - one.of)
      return
    case 'fail': {
      if (one.of >= team.purchases.length) return
      const { why } = one
      team.fail(
        team.purchases.length - one.of,
        why === 'action-required' ? { kind: why, url: 'https://pay.example' } : { kind: why, reason: declined },
      )
      return
    }
    case 'wait':
      team.passTo(team.at + one.hours * hour)
      return
    case 'market':
      team.world = worldOf(one)
  }
}

function seen(team: Recharging) {
  const recharge = team.account.recharge && rechargeAt(team.account.recharge, team.at, timeZone)
  return {
    available: Number(team.account.available),
    owed: Number(team.account.owed),
    state: recharge?.state ?? 'OFF',
    spent: Number((recharge?.spent ?? 0n) / cent),
    today: recharge?.boughtToday ?? 0,
    pending: recharge?.attempt ?? null,
    retryAt: recharge?.retryAt ?? null,
    bought: team.purchases.map(({ packageId, credits, price }) => [
      packageId,
      Number(credits),
      Number(price.amount / cent),
    ]),
    told: team.notices.filter((type) => type.startsWith('RECHARGE')),
  }
}

const expected = (model: RechargeModel) => ({
  available: model.available,
  owed: model.owed,
  state: model.state,
  spent: model.spent,
  today: model.today,
  pending: model.pending < 0 ? null : model.pending + 1,
  retryAt: model.retryAt,
  bought: model.bought.map(({ pack: id, credits, price }) => [id, credits, price]),
  told: model.told,
})

test('a recharge does what a plain list of its purchases says, in whatever order its payments are told', () => {
  const met = new Map<string, number>()
  fc.assert(
    fc.property(fc.array(ask, { minLength: 5, maxLength: 60 }), (asks) => {
      const model = new RechargeModel(begin, timeZone)
      const team = new Recharging(worldOf(model.market), begin)
      const first = { do: 'configure', threshold: 50, buys: { pack: 'small' }, cap: 25, perDay: null } as const
      for (const one of [first, ...asks]) {
        const [before, bought] = [team.account.recharge, team.purchases.length]
        model.ask(one)
        carryOut(team, one)
        expectEqual(seen(team), expected(model))
        holds(team, before, bought, one)
        met.set(model.state, (met.get(model.state) ?? 0) + 1)
        if (model.stopped !== null) met.set(model.stopped.why, (met.get(model.stopped.why) ?? 0) + 1)
      }
    }),
    { numRuns: 2_000 },
  )
  for (const state of ['OFF', 'ARMED', 'CHARGING', 'CAPPED', 'PAUSED', 'ACTION_REQUIRED']) {
    expect(met.get(state), state).toBeGreaterThan(500)
  }
  for (const limit of ['MONTH', 'DAY']) expect(met.get(limit), limit).toBeGreaterThan(100)
})

/** Laws of every recharge, whatever the model says. */
function holds(team: Recharging, before: Recharging['account']['recharge'], bought: number, one: RechargeAsk): void {
  const after = team.account.recharge
  if (after === null) throw new Error('It was configured first')
  const begun = team.purchases.slice(bought)
  const landed = (id: number) => team.account.grants.some(({ source }) => source === `stripe:pi_${id}`)
  const isWaiting = before?.attempt != null && one.do !== 'land' && one.do !== 'fail'
  const isStopped = before !== null && (before.state === 'OFF' || before.state === 'PAUSED') && one.do !== 'rearm'
  const isCapped = before?.state === 'CAPPED' && before === after
  const rules = {
    'spends no more than the cap': after.monthlyCap === null || after.spent - after.uncapped <= after.monthlyCap,
    'counts a part of what is spent outside the cap': 0n <= after.uncapped && after.uncapped <= after.spent,
    'waits for no purchase that has landed': after.attempt === null || !landed(after.attempt),
    'waits for the newest purchase': after.attempt === null || after.attempt === team.purchases.length,
    'begins none while it waits, is stopped or is capped': begun.length === 0 || !(isWaiting || isStopped || isCapped),
    'begins one at a time': begun.length <= 1,
    'says which limit made it CAPPED': (after.state === 'CAPPED') === (after.cappedBy !== null),
  }
  const broken = Object.entries(rules).filter(([, isKept]) => !isKept)
  expectEqual(broken, [])
}
