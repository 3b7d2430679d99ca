import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { BeginPurchase } from '../../../src/domain/decisions/command.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { startSweeper } from '../../../src/ledger/background/sweeper.ts'
import {
  at,
  charge,
  clawBack,
  credits,
  failureOf,
  grantOf,
  hour,
  minute,
  paid,
  placeHold,
  platform,
  recharge,
  sceneOfFile,
  submission,
  unpaid,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const declined = { kind: 'declined', reason: 'Your card was declined.' } as const
const scene = sceneOfFile(undefined, start)

/** Each purchase of the team as it is written, in order. */
async function bought(team: TeamId): Promise<{ id: number; cause: string; at: number }[]> {
  const text = `select id, cause, (extract(epoch from created_at) * 1000)::float8 as at from purchase where team_id = $1 order by id`
  return (await scene.database.pool.query(text, [team])).rows
}
async function told(team: TeamId): Promise<string[]> {
  const text = `select type from account_notice where team_id = $1 and type like 'RECHARGE%' order by revision, number`
  return (await scene.database.pool.query<{ type: string }>(text, [team])).rows.map(({ type }) => type)
}
const rechargeOf = async (team: TeamId) => (await scene.account(team)).account.recharge

async function rechargingTeam(amount: number, cap: number | null = null): Promise<TeamId> {
  const team = await scene.teamWith(amount)
  await scene.submit(team, recharge(cap))
  return team
}

describe('an episode', () => {
  test('is one purchase, however many spend at once and wherever', async () => {
    const team = await rechargingTeam(900)
    const charges = (from: string) => Array.from({ length: 500 }, (_, i) => submission(team, charge(1), `${from}-${i}`))
    const answers = await Promise.all([
      scene.ledger.submitAll(charges('here')),
      scene.other.submitAll(charges('there')),
    ])
    const outcomes = answers.flat().map((one) => (one.status === 'fulfilled' ? one.value.outcome.kind : 'failed'))
    expect(outcomes.filter((kind) => kind === 'charge')).toHaveLength(900)
    expect(outcomes.filter((kind) => kind === 'refused')).toHaveLength(100)
    expect(await bought(team)).toMatchObject([{ id: 1, cause: 'RECHARGE' }])
    expect(await rechargeOf(team)).toMatchObject({ state: 'CHARGING', attempt: 1 })
    const { rows } = await scene.database.pool.query(
      `select package_id, credits::text, price_amount::text, price_currency, pay, state, ask_at = created_at as at_once
        from purchase where team_id = $1`,
      [team],
    )
    expect(rows).toEqual([
      {
        package_id: 'small',
        credits: '100000000',
        price_amount: '10000000000',
        price_currency: 'USD',
        pay: 'SAVED_METHOD',
        state: 'PENDING',
        at_once: true,
      },
    ])
  })

  test('lands once, wherever and however often it is told, and buys on one at a time', async () => {
    const team = await rechargingTeam(60)
    await scene.submit(team, charge(60))
    await scene.submit(team, clawBack('pack', 60))
    const tell = (number: number) =>
      Promise.all(
        [scene.ledger, scene.other].flatMap((ledger) =>
          Array.from({ length: 10 }, () => ledger.submit(submission(team, paid(number)))),
        ),
      )
    await tell(1)
    expect(await scene.balance(team)).toMatchObject({ available: credits(40), owed: 0n })
    expect(await bought(team)).toHaveLength(2)
    await tell(2)
    await tell(1)
    expect(await scene.balance(team)).toMatchObject({ available: credits(140) })
    expect(await bought(team)).toHaveLength(2)
    expect(await rechargeOf(team)).toMatchObject({ state: 'ARMED', attempt: null, spent: 20_000_000_000n })
    expect(await told(team)).toEqual(['RECHARGE_SUCCEEDED', 'RECHARGE_SUCCEEDED'])
  })

  test('begins with what was refused, once however often that is tried; then the same key is accepted', async () => {
    const team = await scene.teamWith(40)
    await scene.submit(team, recharge())
    const asked = placeHold(41)
    for (const ledger of [scene.ledger, scene.other, scene.ledger]) {
      expect(failureOf(await ledger.submit(submission(team, asked, 'too-much'))).code).toBe('INSUFFICIENT_CREDITS')
    }
    expect(await bought(team)).toHaveLength(1)
    await scene.submit(team, paid(1))
    expect((await scene.submit(team, asked, 'too-much')).outcome.kind).toBe('hold')
    expect(await bought(team)).toHaveLength(1)
  })

  test('stops at the cap, which the next month lifts', async () => {
    const team = await rechargingTeam(60, 1)
    await scene.submit(team, charge(20))
    await scene.submit(team, paid(1))
    await scene.submit(team, charge(100))
    expect(await rechargeOf(team)).toMatchObject({ state: 'CAPPED', spent: 10_000_000_000n })
    await scene.setClock(at('2026-12-01T00:00:00Z'))
    await scene.submit(team, charge(1))
    expect(await rechargeOf(team)).toMatchObject({ state: 'CHARGING', month: '2026-12', spent: 10_000_000_000n })
    expect(await bought(team)).toHaveLength(2)
    expect(await told(team)).toEqual(['RECHARGE_SUCCEEDED', 'RECHARGE_CAPPED'])
  })

  test('turns top-ups on, which rates require', async () => {
    const team = await scene.teamWith(100)
    const archive = { kind: 'set-stored-amount', caller: platform, rate: 'archive', amount: credits(1) } as const
    expect(failureOf(await scene.submit(team, archive)).code).toBe('REQUIREMENT_NOT_MET')
    await scene.submit(team, recharge())
    expect((await scene.submit(team, archive)).outcome.kind).toBe('done')
    await scene.submit(team, recharge(null, { enabled: false }))
    expect((await scene.account(team)).account.topUpsEnabled).toBe(false)
  })
})

describe('after a decline', () => {
  test('the sweeper begins the next attempt at its very instant, with nobody asking', async () => {
    const team = await rechargingTeam(60)
    await scene.submit(team, charge(20))
    await scene.other.submit(submission(team, unpaid(1, declined)))
    await scene.other.submit(submission(team, unpaid(1, declined)))
    const waiting = await rechargeOf(team)
    expect(waiting).toMatchObject({ state: 'CHARGING', attempt: null, spent: 0n })
    await scene.setClock(start + 3 * hour)
    expect(await rechargeOf(team)).toMatchObject({ attempt: 2, retryAt: null })
    expect(await bought(team)).toHaveLength(1)

    const sweeper = startSweeper(scene.database, scene.ledger, pino({ level: 'silent' }))
    sweeper.poke()
    await expect.poll(() => bought(team).then(({ length }) => length), { timeout: 5_000 }).toBe(2)
    await sweeper.stop()
    expect((await bought(team))[1]).toEqual({ id: 2, cause: 'RECHARGE', at: waiting?.retryAt })
    expect(await told(team)).toEqual(['RECHARGE_FAILED'])
    expect(await scene.verify()).toEqual([])
  })

  test('of the third, nothing begins until the card is another one', async () => {
    const team = await rechargingTeam(60)
    await scene.submit(team, charge(20))
    for (const [number, hours] of [
      [1, 1],
      [2, 7],
      [3, 100],
    ] as const) {
      await scene.submit(team, unpaid(number, declined))
      await scene.setClock(start + hours * hour + number * minute)
      await scene.submit(team, charge(1))
    }
    expect(await bought(team)).toHaveLength(3)
    expect(await rechargeOf(team)).toMatchObject({ state: 'PAUSED', lastFailure: declined.reason })
    const rearm = submission(team, { kind: 'rearm-recharge', atOnce: true }, null)
    await Promise.all([scene.ledger.submit(rearm), scene.other.submit(rearm)])
    expect(await bought(team)).toHaveLength(4)
  })
})

test('a purchase that was begun is told again from its key, with the terms of then', async () => {
  const team = await scene.team()
  const begin: BeginPurchase = {
    kind: 'begin-purchase',
    packageId: 'small',
    pay: 'AUTO',
    successUrl: 'https://app.example/done',
    cancelUrl: null,
    memberId: null,
    caller: { id: null, role: 'ADMIN' },
  }
  const first = await scene.submit(team, begin, 'buy')
  expect(first.outcome).toMatchObject({
    kind: 'purchase',
    purchase: { id: 1, cause: 'PURCHASE', successUrl: begin.successUrl },
  })
  await scene.setClock(start + hour)
  await scene.submit(team, grantOf(5, 'since'))
  const again = await scene.other.submit(submission(team, begin, 'buy'))
  expect(again.outcome).toEqual(first.outcome)
  expect(await bought(team)).toHaveLength(1)
})
