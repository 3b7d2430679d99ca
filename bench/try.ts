import { moveClock, readClock } from '../src/ledger/move-clock.ts'
import { startSweeper } from '../src/ledger/sweeper.ts'
import { log, makeTeams, withGround } from './ground.ts'

await withGround(async ({ ledger, database }) => {
  const n = Number(process.argv[2])
  await makeTeams(ledger, n)
  await database.pool.query('vacuum analyze')
  const left = async () =>
    (await database.pool.query('select count(*)::int n from account where next_boundary <= (select ledger_now())'))
      .rows[0].n
  const now = await readClock(database)
  await moveClock(database, now + 8 * 86_400_000)
  console.log('due', await left())
  const t = performance.now()
  const s = startSweeper(database, ledger, log)
  while ((await left()) > 0) await new Promise((r) => setTimeout(r, 100))
  const el = (performance.now() - t) / 1000
  console.log(`${(n / el).toFixed(0)} teams/s, ${el.toFixed(2)} s`)
  await s.stop()
})
