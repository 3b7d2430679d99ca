import type { Logger } from 'pino'
import { isConnectionLost } from '../database/errors.ts'
import type { Database } from '../database/open.ts'
import type { TeamId } from '../domain/identity.ts'
import { ms } from './instants.ts'
import { LaneFull } from './lane.ts'
import type { Ledger } from './ledger.ts'
import { keyless } from './team-state.ts'
import { LedgerUnavailable } from './until-reached.ts'

export type Sweeper = {
  /** Looks at once: the clock was moved. */
  poke(): void
  /** Resolves when what is under way is done. */
  stop(): Promise<void>
}

const most = 200
const longestSleepMs = 500
const shortestSleepMs = 10
const longestPauseMs = 5_000

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
export function startSweeper(database: Database, ledger: Ledger, log: Logger): Sweeper {
  let stopped = false
  let poked = false
  let wake: (() => void) | null = null

  async function sleep(ms: number): Promise<void> {
    if (stopped || poked) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    wake = null
  }

  async function run(): Promise<void> {
    let pauseMs = shortestSleepMs
    while (!stopped) {
      poked = false
      try {
        const { rolled, failed } = await sweep(database, ledger)
        if (failed === 0) pauseMs = shortestSleepMs
        else throw new Error(`${failed} of ${rolled} teams could not be rolled forward`)
        if (rolled < most) await sleep(await untilNext(database))
      } catch (error) {
        if (!stopped) log.warn({ err: error }, 'Time could not be posted for idle teams; trying again')
        pauseMs = Math.min(pauseMs * 2, isConnectionLost(error) ? 1_000 : longestPauseMs)
        await sleep(pauseMs)
      }
    }
  }

  const done = run()
  return {
    poke() {
      poked = true
      wake?.()
    },
    async stop() {
      stopped = true
      wake?.()
      await done
    },
  }
}

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
