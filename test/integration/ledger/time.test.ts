import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { at, charge, credits, grantOf, openScene, placeHold, type Scene, submission } from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
let scene: Scene

beforeEach(async () => {
  scene = await openScene()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await scene.close()
})

test('no hold is passed over whose deadline comes between two statements of one read', async () => {
  const teams = await Promise.all(Array.from({ length: 40 }, () => scene.team()))
  for (const [gap, team] of teams.entries()) {
    await scene.submit(team, grantOf(10, 'pack'))
    await scene.submit(team, placeHold(1, { expiresInSeconds: 60 }))
    await scene.submit(team, placeHold(1, { expiresInSeconds: 60 + gap / 1000 }))
  }
  // Every look at this clock moves it on by a millisecond: one of the gaps lies between any two statements.
  await scene.database.pool.query(`
    create sequence ticks;
    create or replace function ledger_now() returns timestamptz language sql volatile as
      $$ select (select instant from standing_clock) + nextval('ticks') * interval '1 millisecond' $$`)
  await scene.setClock(start + 61_000)
  for (const team of teams) {
    const { rows } = await scene.database.pool.query(
      `select (extract(epoch from min(expires_at)) * 1000)::float8 as first from hold where team_id = $1`,
      [team],
    )
    await scene.setClock(rows[0].first)
    await scene.database.pool.query(`select setval('ticks', 1)`)
    await scene.other.submit(submission(team, { kind: 'roll-forward' }, null))
  }
  expect(await scene.verify()).toEqual([])
  await scene.setClock(start + 3_600_000)
  for (const team of teams) await scene.other.submit(submission(team, { kind: 'roll-forward' }, null))
  const { rows } = await scene.database.pool.query(`select state, count(*)::int from hold group by 1`)
  expect(rows).toEqual([{ state: 'EXPIRED', count: 80 }])
})

test("a process whose clock is a little ahead of the database's posts nothing before what is due", async () => {
  const team = await scene.team()
  await scene.submit(team, grantOf(100, 'pack'))
  await scene.other.submit(submission(team, placeHold(40, { expiresInSeconds: 0.5 })))
  await scene.submit(team, { kind: 'roll-forward' })
  const real = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => real() + 600)
  await scene.submit(team, charge(1))
  await scene.setClock(start + 1_000)
  await scene.submit(team, { kind: 'roll-forward' })
  expect(await scene.verify()).toEqual([])
  expect(await scene.balance(team)).toMatchObject({ available: credits(99), held: 0n })
})
