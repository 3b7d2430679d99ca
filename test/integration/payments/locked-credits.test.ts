import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { readGrantsOfSources } from '../../../src/ledger/history/grants.ts'
import { actOf } from '../../setup/acts.ts'
import { openPaying, type Paying } from './scene.ts'

const wevion = loadCatalog('catalogs/wevion.yaml')
const slow = parseCatalog(
  `${wevion.source}\nfraud: { newTeamCredits: { percentAtOnce: 20, restAfterHours: 24 } }\n`,
  'slow.yaml',
)
const day = 86_400_000

let scene: Paying
beforeAll(async () => {
  scene = await openPaying({ catalog: slow })
})
afterAll(() => scene.close())

const pass = (ms: number) => scene.until(new Date(scene.sandbox.clock.now() + ms).toISOString())

/** A team that has just bought 5,000 credits, of which 1,000 are available. */
async function bought(): Promise<{ team: TeamId; intent: string; id: Awaited<ReturnType<Paying['buy']>>['id'] }> {
  const team = await scene.team()
  await scene.saveCard(team)
  const { intent, id, state } = await scene.buy(team)
  expect(state).toBe('PAID')
  return { team, intent: intent ?? '', id }
}

/** Available, locked and revoked of the purchase, and what is owed. */
async function sums(team: TeamId, intent: string): Promise<number[]> {
  const { grants, owed } = await scene.account(team)
  const source = `stripe:${intent}`
  const [stored] = await readGrantsOfSources(scene.database.pool, team, [source])
  const grant = grants.find((one) => one.source === source) ?? stored
  const parts = [grant?.available, grant?.locked, grant?.revoked, owed]
  return parts.map((amount) => Number((amount ?? 0n) / MICRO))
}

describe('the first purchases of a team', () => {
  test('are locked in part until their instant, when the gateway posts the rest; later ones are not', async () => {
    const { team, intent } = await bought()
    const second = await scene.buy(team)
    expect(await sums(team, intent)).toEqual([1_000, 4_000, 0, 0])
    expect(await sums(team, second.intent ?? '')).toEqual([1_000, 4_000, 0, 0])
    await pass(day + 1_000)
    const text = `select change::text from entry where team_id = $1 and type = 'GRANT' and reference = $2 order by revision`
    const posted = async () => (await scene.database.pool.query(text, [team, `stripe:${intent}`])).rows
    const rest = [{ change: `${1_000n * MICRO}` }, { change: `${4_000n * MICRO}` }]
    await expect.poll(posted).toEqual(rest)
    expect(await sums(team, intent)).toEqual([5_000, 0, 0, 0])
    const third = await scene.buy(team)
    expect(await sums(team, third.intent ?? '')).toEqual([5_000, 0, 0, 0])
  })

  test('by auto-recharge are locked, too, and do not make it buy again', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    await scene.recharge(team)
    await expect.poll(() => scene.purchases(team)).toMatchObject([{ state: 'PAID', ofNewTeam: true }])
    await expect.poll(async () => (await scene.account(team)).recharge?.state).toBe('ARMED')
    const { available, recharge, grants } = await scene.account(team)
    expect(available).toBeLessThan(recharge?.threshold ?? 0n)
    expect(grants.find(({ kind }) => kind === 'AUTO_RECHARGE')?.locked).toBe(4_000n * MICRO)
    expect(await scene.purchases(team)).toHaveLength(1)
  })

  test.each([
    [
      'a warning',
      (intent: string): void => void scene.sandbox.banks.warnOfFraud(intent),
      [0, 0, 5_000, 0],
      [0, 0, 5_000, 0],
    ],
    [
      'a dispute',
      (intent: string): void => void scene.sandbox.banks.dispute(intent),
      [0, 0, 5_000, 0],
      [0, 0, 5_000, 0],
    ],
  ] as const)('%s takes all of it, before the lock ends and after', async (_, happens, before, after) => {
    const early = await bought()
    const late = await bought()
    happens(early.intent)
    await scene.sandbox.idle()
    expect(await sums(early.team, early.intent)).toEqual(before)
    await pass(day + 1_000)
    happens(late.intent)
    await scene.sandbox.idle()
    expect(await sums(early.team, early.intent)).toEqual(after)
    expect(await sums(late.team, late.intent)).toEqual(after)
  })

  test('a review that lets the payment pass before the lock ends gives back what is available, and locks the rest again', async () => {
    const { team, intent } = await bought()
    const review = scene.sandbox.banks.review(intent)
    await scene.sandbox.idle()
    expect(await sums(team, intent)).toEqual([0, 0, 5_000, 0])
    await scene.stripe.reviews.approve(review)
    await scene.sandbox.idle()
    expect(await sums(team, intent)).toEqual([1_000, 4_000, 0, 0])
    await pass(day + 1_000)
    expect(await sums(team, intent)).toEqual([5_000, 0, 0, 0])
  })

  test('a refund takes the locked credits first, and leaves after the lock what a refund then would leave', async () => {
    const early = await bought()
    const late = await bought()
    const refund = ({ team, id }: typeof early, amount: bigint | null) => {
      const request = { teamId: team, purchaseId: id, amount, reason: 'asked', fingerprint: 'ab' }
      return scene.payments.refund({ ...request, key: `${amount}` }, actOf('refundPurchase'))
    }
    expect(await refund(early, 2_000_000_000n)).toMatchObject({ kind: 'refunded' })
    expect(await sums(early.team, early.intent)).toEqual([1_000, 2_000, 2_000, 0])
    expect(await scene.payments.refundPreview(early.team, early.id, null)).toMatchObject({
      amount: { amount: 3_000_000_000n },
      credits: 3_000n * MICRO,
      owed: 0n,
    })
    await pass(day + 1_000)
    await refund(late, 2_000_000_000n)
    expect(await sums(early.team, early.intent)).toEqual([3_000, 0, 2_000, 0])
    expect(await sums(late.team, late.intent)).toEqual([3_000, 0, 2_000, 0])
    expect(await refund(early, null)).toMatchObject({ kind: 'refunded', purchase: { state: 'REFUNDED' } })
    expect(await sums(early.team, early.intent)).toEqual([0, 0, 5_000, 0])
  })
})
