import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TeamId } from '../../../src/domain/identity.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
let keys = 0
/** The tests move the clock on, each from where the one before left it. */
let month = 0

beforeAll(async () => {
  scene = await openPaying({ catalog: 'ai-studios' })
})
beforeEach(async () => {
  month += 3
  await scene.until(new Date(Date.UTC(2028, month, 5, 12)).toISOString())
})
afterAll(() => scene.close())

const base = 9_000
const unit = 3_000

async function subscribed(card = 'pm_card_visa', seats = 1): Promise<TeamId> {
  const team = await scene.team('free')
  await scene.saveCard(team, card)
  await scene.subscribe(team, [{ price: await scene.price('team', base), quantity: seats }])
  return team
}

const set = (team: TeamId, units: number, key = `key-${++keys}`) => scene.order(team, units, key)

/** What the add-on has cost so far, in units; a whole number, or money and credits differ. */
const unitsPaid = async (team: TeamId, periods = 1) => ((await scene.paidIn(team)) - periods * base) / unit

/** What add-ons have deposited so far, in units. */
async function unitsDeposited(team: TeamId): Promise<number> {
  const credits = (await scene.deposits(team))
    .filter((line) => line.includes('ADD_ON'))
    .map((line) => Number.parseInt(line, 10))
  return credits.reduce((sum, amount) => sum + amount, 0) / 200
}

describe('D5: units', () => {
  test('are paid and deposited at once in full, late in the cycle too', async () => {
    const team = await subscribed()
    await scene.until(new Date(scene.sandbox.clock.now() + 20 * 86_400_000).toISOString())
    expect(await set(team, 2)).toEqual({ kind: 'done' })
    expect((await scene.account(team)).addOn).toEqual({ units: 2, granted: 2 })
    expect([await unitsPaid(team), await unitsDeposited(team)]).toEqual([2, 2])
  })

  test('more pay for the difference, fewer nothing; more again in the same cycle only what it has not had', async () => {
    const team = await subscribed()
    const steps = [
      [1, 1],
      [3, 3],
      [1, 3],
      [3, 3],
      [0, 3],
      [2, 3],
      [4, 4],
      [0, 4],
      [5, 5],
    ] as const
    for (const [units, had] of steps) {
      expect(await set(team, units)).toEqual({ kind: 'done' })
      expect((await scene.account(team)).addOn).toEqual({ units, granted: had })
      expect([units, await unitsPaid(team), await unitsDeposited(team)]).toEqual([units, had, had])
    }
  })
})
