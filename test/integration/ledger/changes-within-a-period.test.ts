import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { rulesOf } from '../../../src/catalog/rules.ts'
import type { FollowSubscription } from '../../../src/domain/decisions/command.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { createLedger } from '../../../src/ledger/ledger.ts'
import { always, assignPlan, at, charge, credits, day, type Scene, sceneOfFile, submission } from './scene.ts'
import { catalogWith, windows } from './told.ts'

const start = at('2027-01-10T09:00:00Z')
const end = at('2027-02-10T09:00:00Z')
const studios = sceneOfFile(loadCatalog('catalogs/ai-studios.yaml'), start)

const follow = (given: Partial<FollowSubscription> = {}): FollowSubscription => ({
  kind: 'follow-subscription',
  subscription: 'sub_1',
  planId: 'team',
  seats: 1,
  interval: 'MONTH',
  anchor: start,
  addOnUnits: 0,
  paidThrough: end,
  renews: true,
  ended: false,
  refunded: false,
  isTrialing: false,
  ...given,
})

/** A second of video is a credit. */
async function spendAll(of: Scene, team: TeamId): Promise<void> {
  const { available } = await of.balance(team)
  const usage = [{ rate: 'video.generator', quantity: available, count: 1 }]
  if (available > 0n) await of.submit(team, charge(0, { usage }))
}

async function used(of: Scene, team: TeamId): Promise<bigint> {
  const { rows } = await of.database.pool.query(
    'select sum(spent)::text as spent from credit_grant where team_id = $1',
    [team],
  )
  return BigInt(rows[0].spent)
}

const based = (every: string) =>
  catalogWith(
    `\n  - { id: plan, name: Plan, topUp: true, allowances: [{ id: base, credits: 100, every: ${every}, anchor: subscription }] }\n`,
    'timeZone: UTC\nplanChanges: at-once',
  )
const turning = sceneOfFile(based('YEAR'), start)

describe('ai-studios: what is added, spent, removed and added again', () => {
  test('seats of a subscription are there once, through either gateway', async () => {
    const team = teamId(`team-${crypto.randomUUID()}`)
    await studios.ledger.submit(keyless(team, follow()))
    for (let turn = 0; turn < 6; turn += 1) {
      for (const [seats, ledger] of [
        [2, studios.other],
        [1, studios.ledger],
      ] as const) {
        await spendAll(studios, team)
        await ledger.submit(keyless(team, follow({ seats })))
      }
    }
    expect(await used(studios, team)).toBe(credits(300))
    expect(await studios.verify()).toEqual([])
    await studios.setClock(end)
    await studios.ledger.submit(keyless(team, follow({ paidThrough: end + 28 * day })))
    expect((await studios.balance(team)).included).toBe(credits(150))
    expect(await studios.verify()).toEqual([])
  })

  test('a subscription that was cancelled with proration and begun again gives a month once, and its units', async () => {
    const team = await studios.team('free')
    await spendAll(studios, team)
    for (let turn = 1; turn <= 3; turn += 1) {
      const now = start + turn * 1000
      await studios.setClock(now)
      await studios.ledger.submit(keyless(team, follow({ anchor: now, paidThrough: now + 31 * day, addOnUnits: 1 })))
      await spendAll(studios, team)
      await studios.other.submit(keyless(team, follow({ ended: true, refunded: true })))
    }
    // The clock may be some milliseconds ahead, and what they come to is rounded up: once for the plan, once for its units.
    expect(await used(studios, team)).toBeGreaterThanOrEqual(credits(16 + 150 + 200))
    expect(await used(studios, team)).toBeLessThanOrEqual(credits(16 + 151 + 201))
    expect(await studios.verify()).toEqual([])
  })

  test("an operator's plans to and fro leave what was spent, and nothing that verify-ledger finds", async () => {
    const team = await studios.team('personal')
    for (const [plan, seats, days] of [
      ['team', 3, 3],
      ['free', 1, 5],
      ['team', 2, 5],
      ['enterprise', 1, 9],
      ['personal', 1, 11],
    ] as const) {
      await studios.setClock(start + days * day)
      await studios.submit(team, assignPlan(plan, { seats }))
      await spendAll(studios, team)
      expect(await studios.verify()).toEqual([])
    }
    const most = await used(studios, team)
    await studios.submit(team, assignPlan('team', { seats: 3 }))
    await studios.submit(team, assignPlan('personal'))
    expect((await studios.balance(team)).included + most).toBeLessThanOrEqual(credits(450))
  })
})

test('an allowance that a catalog turns from a year into months has months from the next assignment on', async () => {
  const team = await turning.team('plan')
  const rules = rulesOf(based('MONTH'))
  const world = always({ rulesAt: () => rules, cardOf: () => rules.card })
  const ledger = createLedger(turning.database, world)
  await ledger.submit(submission(team, assignPlan('plan')))
  await turning.setClock(end)
  await ledger.submit(submission(team, { kind: 'roll-forward' }))
  expect((await windows(turning, team)).slice(1)).toEqual([
    '100 from 2027-01-10T09:00Z to 2027-02-10T09:00Z',
    '100 from 2027-02-10T09:00Z to 2027-03-10T09:00Z',
  ])
  await ledger.idle()
  expect(await turning.verify()).toEqual([])
})
