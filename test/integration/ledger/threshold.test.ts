import { describe, expect, test } from 'vitest'
import type { TeamId } from '../../../src/domain/identity.ts'
import type { LowThreshold } from '../../../src/domain/low-balance.ts'
import { at, charge, chargeOf, credits, day, grantOf, refund, sceneOfFile, submission } from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const scene = sceneOfFile(undefined, start)

const set = (team: TeamId, threshold: LowThreshold) => scene.submit(team, { kind: 'set-low-threshold', threshold })

test("A6: a share of the last 30 days' usage counts from the moment it is set", async () => {
  const team = await scene.team()
  await scene.submit(team, grantOf(1_000, 'pack'))
  const spent = chargeOf(await scene.submit(team, charge(500)))
  await scene.submit(team, refund(spent, 100))
  await scene.setClock(start + day)
  const answer = await set(team, { percent: 25_000_000n })
  expect(answer.account?.lowThreshold).toBe(credits(100))
  expect(await scene.balance(team)).toMatchObject({ lowThreshold: credits(100), state: 'OK' })
  await scene.setClock(start + 31 * day)
  expect(await scene.balance(team)).toMatchObject({ lowThreshold: 0n })
  await scene.setClock(start)
})

test('each crossing is announced once: down to LOW, down to EXHAUSTED, back to OK', async () => {
  const team = await scene.team()
  await scene.submit(team, grantOf(100, 'pack'))
  await set(team, { credits: credits(50) })
  for (const amount of [40, 20, 20, 20]) await scene.submit(team, charge(amount))
  await scene.submit(team, grantOf(10, 'little'))
  await scene.submit(team, grantOf(100, 'enough'))
  const text = 'select type from account_notice where team_id = $1 order by revision, number'
  const { rows } = await scene.database.pool.query(text, [team])
  expect(rows.map(({ type }) => type)).toEqual([
    'PLAN_CHANGED',
    'BALANCE_EXHAUSTED',
    'BALANCE_RECOVERED',
    'BALANCE_LOW',
    'BALANCE_EXHAUSTED',
    'BALANCE_RECOVERED',
  ])
})

describe('an alert level', () => {
  const setLevels = (team: TeamId, levels: readonly NonNullable<LowThreshold>[]) =>
    scene.submit(team, { kind: 'set-alert-levels', levels })
  const told = async (team: TeamId) => {
    const text = `select amount::float8 / 1e6 as amount from account_notice
      where team_id = $1 and type = 'BALANCE_BELOW_LEVEL' order by revision, number`
    return (await scene.database.pool.query(text, [team])).rows.map(({ amount }) => amount)
  }

  test('is told once for each fall below it, by whichever process', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(1_000, 'pack'))
    await setLevels(team, [{ credits: credits(900) }, { credits: credits(500) }, { credits: credits(2_000) }])
    for (const [index, amount] of [50, 100, 100, 300].entries()) {
      await (index % 2 === 0 ? scene.ledger : scene.other).submit(submission(team, charge(amount)))
    }
    expect(await told(team)).toEqual([900, 500])
    await scene.submit(team, grantOf(200, 'some'))
    await scene.submit(team, charge(200))
    expect(await told(team)).toEqual([900, 500, 500])
    await scene.submit(team, grantOf(2_000, 'enough'))
    await scene.submit(team, charge(2_400))
    expect(await told(team)).toEqual([900, 500, 500, 2_000, 900, 500])
    await setLevels(team, [])
    expect((await scene.account(team)).account.levels).toEqual([])
  })

  test("may be a share of the last 30 days' usage", async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(1_000, 'pack'))
    await scene.submit(team, charge(400))
    await scene.setClock(start + day)
    await setLevels(team, [{ percent: 50_000_000n }])
    expect((await scene.account(team)).account.monthlyUsage).toBe(credits(400))
    await scene.other.submit(submission(team, charge(450)))
    expect(await told(team)).toEqual([200])
    await scene.setClock(start)
  })

  test('of credits that expire is told at their end', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(1_000, 'pack', { expiresAt: start + day }))
    await setLevels(team, [{ credits: credits(10) }])
    await scene.setClock(start + 2 * day)
    await scene.submit(team, { kind: 'roll-forward' })
    expect(await told(team)).toEqual([10])
    await scene.setClock(start)
  })
})
