import { expect, test } from 'vitest'
import type { TeamId } from '../../../src/domain/identity.ts'
import type { LowThreshold } from '../../../src/domain/low-balance.ts'
import { at, charge, chargeOf, credits, day, grantOf, refund, sceneOfFile } from './scene.ts'

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
