import { setTimeout as delay } from 'node:timers/promises'
import type { TeamId } from '../../src/domain/identity.ts'
import { startSweeper } from '../../src/ledger/background/sweeper.ts'
import { moveClock, readClock } from '../../src/ledger/clock/move-clock.ts'
import { readPositions } from '../../src/ledger/history/positions.ts'
import { readTeams } from '../../src/ledger/rows/read-teams.ts'
import { Hints } from '../../src/live/hints/hints.ts'
import { startWatchedTeamPoller } from '../../src/live/watched-team-poller.ts'
import { type Ground, log, makeTeams, timeline, withGround } from '../bench-ledger.ts'
import { type Case, rate } from '../figure.ts'
import { load } from '../load.ts'
import { updatesOverRows } from '../row-updates.ts'

const count = 10_000
const slice = 500
const week = 7 * 86_400_000

/** All teams come due at one instant; and what it costs to look at as many that are watched. */
export const byTimeAlone: Case = {
  name: 'by-time-alone',
  run: ({ seconds, progress }) =>
    withGround(async (ground) => {
      const many = count.toLocaleString('en')
      progress(`making ${many} teams`)
      const teams = await makeTeams(ground.ledger, count)
      progress('one-row updates')
      const before = await updatesOverRows(ground, count, seconds / 2)
      progress('a week passes for all of them')
      const posted = await sweep(ground)
      progress('one-row updates again')
      const rows = (before + (await updatesOverRows(ground, count, seconds / 2))) / 2
      progress(`looks at ${slice} teams`)
      const some = teams.slice(0, slice)
      const look = await meanMs(seconds / 2, () => readPositions(ground.database.pool, some))
      const reading = await meanMs(seconds / 2, () => readTeams(ground.database.pool, some, timeline))
      progress(`${many} watched teams`)
      const watching = await watchingMs(ground, teams, seconds)
      return [
        {
          what: `teams posted when ${many} come due at one instant ÷ one-row updates over as many rows`,
          measured: rate(posted),
          baseline: rate(rows),
          ratio: posted / rows,
          goal: { kind: 'at-least', floor: 0.1, aim: 0.3 },
        },
        {
          what: `a look at ${slice} watched teams ÷ reading them`,
          measured: `${look.toFixed(2)} ms`,
          baseline: `${reading.toFixed(2)} ms`,
          ratio: look / reading,
          goal: { kind: 'below', floor: 0.25, aim: 0.1 },
        },
        {
          what: `processor time for looking at ${many} watched teams, ms a second`,
          measured: `${watching.toFixed(1)} ms`,
          baseline: '–',
          ratio: watching,
          goal: { kind: 'below', floor: 50, aim: 25 },
        },
      ]
    }),
}

/** Teams a second, from the instant at which all are due. */
async function sweep({ database, ledger }: Ground): Promise<number> {
  await moveClock(database, (await readClock(database)) + week)
  const due = 'select exists (select from account where next_boundary <= (select ledger_now())) as due'
  const started = performance.now()
  const sweeper = startSweeper(database, ledger, log)
  while ((await database.pool.query(due)).rows[0].due) await delay(50)
  const took = performance.now() - started
  await sweeper.stop()
  return (count / took) * 1000
}

const meanMs = async (seconds: number, run: () => Promise<unknown>) => 1000 / (await load(1, seconds, run)).perSecond

async function watchingMs({ database, ledger }: Ground, teams: readonly TeamId[], seconds: number): Promise<number> {
  const hints = new Hints()
  for (const team of teams) hints.listen(team, () => undefined)
  const poller = startWatchedTeamPoller(database, hints, ledger)
  await delay(4_000)
  const before = process.cpuUsage()
  const started = performance.now()
  await delay(seconds * 1000)
  const { user, system } = process.cpuUsage(before)
  const elapsed = performance.now() - started
  await poller.stop()
  return (user + system) / elapsed
}
