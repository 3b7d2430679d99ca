import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { actOf } from '../../setup/acts.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
beforeAll(async () => {
  scene = await openPaying({ catalog: 'ai-studios' })
})
afterAll(() => scene.close())

const standing = { planId: 'free', teamName: null, seats: 1, interval: null, anchor: null, grants: [] } as const

async function cutOver(team: TeamId): Promise<void> {
  const since = (await scene.account(team)).move?.since ?? 0
  const cut = { kind: 'cut-over', since, team: standing, balance: 0n, posted: [], ended: [] } as const
  expect((await scene.submit(team, cut)).outcome).toMatchObject({ kind: 'imported' })
}

describe('a subscription', () => {
  const planOf = async (team: TeamId) => (await scene.account(team)).planId

  test('that changes while its team is followed is read again once the team is cut over', async () => {
    const team = teamId('followed')
    await scene.submit(team, { kind: 'follow-team', system: 'Old' })
    await scene.saveCard(team)
    await scene.subscribe(team, [{ price: await scene.price('personal', 2_400) }])
    expect(await planOf(team)).toBe(null)
    await cutOver(team)
    scene.poke()
    await expect.poll(() => planOf(team), { timeout: 20_000 }).toBe('personal')
    const marked = async () =>
      (await scene.database.pool.query('select id from customer where follow_after_cut_over')).rowCount
    await expect.poll(marked, { timeout: 20_000 }).toBe(0)
  })
})

describe('a refund', () => {
  test('needs an amount while another system serves the team, and only then', async () => {
    const other = await openPaying()
    try {
      const team = await other.team()
      await other.saveCard(team)
      const { id } = await other.buy(team)
      await other.database.pool.query(
        `update account set move = '{"system":"Old","stage":"CUT_OVER","since":0,"revision":0,"cutOverAt":0}' where team_id = $1`,
        [team],
      )
      const preview = (amount: bigint | null) => other.payments.refundPreview(team, id, amount)
      expect(await preview(null)).toMatchObject({ credits: 5_000n * MICRO })
      expect((await other.submit(team, { kind: 'cut-back' })).outcome).toEqual({ kind: 'done' })
      expect(await preview(null)).toEqual({ kind: 'amount-needed', system: 'Old' })
      expect(await preview(1_000_000_000n)).toMatchObject({ amount: { amount: 1_000_000_000n } })
      const request = { teamId: team, key: 'one', fingerprint: 'ab', purchaseId: id, reason: 'asked' }
      expect(await other.payments.refund({ ...request, amount: null }, actOf('refundPurchase'))).toEqual({
        ...{ kind: 'amount-needed', system: 'Old' },
      })
    } finally {
      await other.close()
    }
  })
})
