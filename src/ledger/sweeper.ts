import type { Logger } from 'pino'
import type { Database } from '../database/open.ts'
import { type Rounds, startRounds } from '../database/rounds.ts'
import type { TeamId } from '../domain/identity.ts'
import { ms } from './instants.ts'
import { LaneFull } from './lane.ts'
import type { Ledger } from './ledger.ts'
import { keyless } from './team-state.ts'
import { LedgerUnavailable } from './until-reached.ts'

const most = 200
const longestSleepMs = 500
const shortestSleepMs = 10

// A team that is locked is being written, and whoever writes it posts its time first.
const readDue = `
  select team_id from account where next_boundary <= ledger_now() order by next_boundary limit ${most}
  for update skip locked`

const readSleep = `
  select ${ms('min(next_boundary) - ledger_now()', 'ms')}
  from account where next_boundary is not null`

/**
 * Posts what time brought about for teams that nobody writes, within about half a second of its instant. No answer
 * depends on it: commands and reads count passed boundaries in themselves. It makes such changes visible to watchers.
 * Several gateways may sweep one database; outages are survived with growing pauses of at most 5 seconds.
 */
export const startSweeper = (database: Database, ledger: Ledger, log: Logger): Rounds =>
  startRounds(
    async () => {
      const { rolled, failed } = await sweep(database, ledger)
      if (failed > 0) throw new Error(`${failed} of ${rolled} teams could not be rolled forward`)
      return rolled < most ? untilNext(database) : 0
    },
    'Time could not be posted for idle teams; trying again',
    log,
  )

async function sweep(database: Database, ledger: Ledger): Promise<{ rolled: number; failed: number }> {
  const teams = await database.transaction(async (client) => {
    const { rows } = await client.query({ name: 'sweep-due', text: readDue })
    return rows.map(({ team_id }: { team_id: TeamId }) => team_id)
  })
  const results = await ledger.submitAll(teams.map((teamId) => keyless(teamId, { kind: 'roll-forward' })))
  const failures = results.filter((result) => result.status === 'rejected')
  const defect = failures.find(({ reason }) => !(reason instanceof LedgerUnavailable || reason instanceof LaneFull))
  if (defect !== undefined) throw defect.reason
  return { rolled: teams.length, failed: failures.length }
}

async function untilNext(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ ms: number | null }>({ name: 'sweep-next', text: readSleep })
  return Math.min(longestSleepMs, Math.max(shortestSleepMs, rows[0]?.ms ?? longestSleepMs))
}
