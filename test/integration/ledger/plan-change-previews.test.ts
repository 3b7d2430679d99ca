import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import {
  type PlanChange,
  type PlanChoice,
  previewPlanChange,
} from '../../../src/domain/decisions/preview-plan-change.ts'
import { UnknownPlan } from '../../../src/domain/errors.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { randomOf, seed } from '../../setup/random.ts'
import { assignPlan, at, charge, credits, day, openScene, type Scene } from './scene.ts'

const start = at('2026-11-18T12:00:00Z')

async function withScene(file: string, run: (scene: Scene, plans: readonly string[]) => Promise<void>): Promise<void> {
  const catalog = loadCatalog(`catalogs/${file}.yaml`)
  const scene = await openScene(catalog, start)
  try {
    await run(
      scene,
      catalog.plans.map(({ id }) => id),
    )
  } finally {
    await scene.close()
  }
}

async function previewed(scene: Scene, team: TeamId, choice: PlanChoice): Promise<PlanChange> {
  const { account, at: now } = await scene.account(team)
  const change = previewPlanChange(account, choice, scene.world.in(account.currency), now)
  if (change instanceof UnknownPlan) throw change
  return change
}

/** The change is made; what it did, and what its next deposit brought, must be what was said before. */
async function expectKept(
  scene: Scene,
  team: TeamId,
  said: PlanChange,
  change: Command,
  payment?: (until: number) => Command,
) {
  const before = await scene.balance(team)
  await scene.submit(team, change)
  const after = await scene.balance(team)
  expect(after.available - before.available).toBe(said.after.available - said.before.available)
  expect(said.after.available - said.before.available).toBe(said.deposited - said.takenBack)
  if (said.nextDeposit === null) return
  await scene.setClock(said.nextDeposit.at - 1)
  if (payment !== undefined) await scene.submit(team, payment(said.nextDeposit.at + 31 * day))
  const until = (await scene.account(team)).account
  await scene.setClock(said.nextDeposit.at)
  await scene.submit(team, { kind: 'roll-forward' })
  const { rows } = await scene.database.pool.query(
    `select coalesce(sum(amount), 0)::text as deposited from entry
     where team_id = $1 and revision > $2 and from_state = 'none' and to_state = 'available'`,
    [team, until.revision],
  )
  expect(BigInt(rows[0].deposited)).toBe(said.nextDeposit.credits)
}

describe.each(['wevion', 'aivah', 'ai-studios', 'videogen'])('a preview with the catalog %s', (file) => {
  test('says what assignPlan does, at any time in a period and with any seats', async () => {
    await withScene(file, async (scene, plans) => {
      const random = randomOf(seed)
      const pick = (most: number) => Math.floor(random() * most)
      for (let round = 0; round < 12; round += 1) {
        const planId = plans[pick(plans.length)] ?? ''
        const team = await scene.team(planId, 1 + pick(3))
        await scene.setClock(start + Math.floor(random() * 40 * day))
        await scene.submit(team, charge(1))
        const choice = { planId: plans[pick(plans.length)] ?? '', seats: 1 + pick(5), interval: null }
        const said = await previewed(scene, team, choice)
        await expectKept(scene, team, said, assignPlan(choice.planId, { seats: choice.seats }))
        await scene.setClock(start)
      }
    })
  })

  test('says what a change of the subscription does', async () => {
    await withScene(file, async (scene, plans) => {
      const random = randomOf(seed + 1)
      const pick = (most: number) => Math.floor(random() * most)
      for (let round = 0; round < 8; round += 1) {
        const anchor = start - pick(17) * day
        const follows = (planId: string, seats: number, paidThrough: number): Command => ({
          kind: 'follow-subscription',
          subscription: 'sub_1',
          planId,
          seats,
          interval: 'MONTH',
          anchor,
          addOnUnits: 0,
          paidThrough,
          renews: true,
          ended: false,
          refunded: false,
          isTrialing: false,
        })
        const paidThrough = at(new Date(new Date(anchor).setUTCMonth(new Date(anchor).getUTCMonth() + 1)).toISOString())
        const team = await scene.team(plans[pick(plans.length)], 1)
        await scene.submit(team, follows(plans[pick(plans.length)] ?? '', 1 + pick(3), paidThrough))
        await scene.setClock(start + Math.floor(random() * 9 * day))
        const choice = { planId: plans[pick(plans.length)] ?? '', seats: 1 + pick(5), interval: null }
        const said = await previewed(scene, team, choice)
        const change = follows(choice.planId, choice.seats, paidThrough)
        const paid = (until: number) => follows(choice.planId, choice.seats, until)
        await expectKept(scene, team, said, change, paid)
        await scene.setClock(start)
      }
    })
  })
})

test('a plan that is not sold is refused', async () => {
  await withScene('wevion', async (scene) => {
    const { account, at: now } = await scene.account(await scene.team())
    const choice = { planId: 'no such plan', seats: 1, interval: null }
    expect(previewPlanChange(account, choice, scene.world.in(null), now)).toBeInstanceOf(UnknownPlan)
    expect(account.available).toBeGreaterThan(credits(0))
  })
})
