import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { LaneFull } from '../../concurrency/lane.ts'
import { type BackgroundLoop, startBackgroundLoop } from '../../database/background-loop.ts'
import type { Database } from '../../database/open.ts'
import type { TeamId } from '../../domain/identity.ts'
import { keyless } from '../deciding/team-state.ts'
import type { Ledger } from '../ledger.ts'
import { LedgerUnavailable } from '../retry-lost-connection.ts'
import { findDue, giveBackLease, maxDue } from './find-due.ts'

const maxSleepMs = 500
const minSleepMs = 10
/** Gateways that wait for another one's lease must not all come at its end. */
const spreadMs = 300
const asideMs = 5_000

/**
 * Posts effects of time for teams that nobody writes, within about half a second of their instant. No answer depends on
 * it: commands and readings include passed boundaries by themselves. One of all gateways on a database sweeps, by a
 * lease of 1.5 seconds; if it dies or hangs, another one takes over within two. `poke` sweeps here, whichever gateway
 * has the lease. A team that can't be rolled forward is retried every 5 seconds and delays no other. Outages are
 * survived with growing pauses of at most 5 seconds.
 */
export function startSweeper({ pool }: Database, ledger: Ledger, log: Logger): BackgroundLoop {
  const holder = randomUUID()
  const aside = new Map<TeamId, number>()
  let pokes = 0
  let served = 0

  async function round(): Promise<number> {
    for (const [teamId, until] of aside) if (until <= performance.now()) aside.delete(teamId)
    const asked = pokes
    const anyway = asked > served
    const { teams, nextMs } = await findDue(pool, holder, anyway, [...aside.keys()])
    if (teams === null) return (nextMs ?? 0) + Math.random() * spreadMs
    await post(teams)
    if (teams.length === maxDue) return 0
    served = asked
    return teams.length > 0 ? minSleepMs : Math.min(maxSleepMs, Math.max(minSleepMs, nextMs ?? Infinity))
  }

  async function post(teams: readonly TeamId[]): Promise<void> {
    const results = await ledger.submitAll(teams.map((teamId) => keyless(teamId, { kind: 'post-due' })))
    let failed = 0
    let defect: unknown
    for (const [index, result] of results.entries()) {
      const teamId = teams[index]
      if (result.status === 'fulfilled' || teamId === undefined) continue
      if (result.reason instanceof LedgerUnavailable || result.reason instanceof LaneFull) throw result.reason
      aside.set(teamId, performance.now() + asideMs)
      defect = result.reason
      failed += 1
    }
    if (failed > 0) log.warn({ err: defect, teams: failed }, 'Time could not be posted for some teams; trying again')
  }

  const loop = startBackgroundLoop(round, 'Time could not be posted for idle teams; trying again', log)
  return {
    poke() {
      pokes += 1
      loop.poke()
    },
    async stop() {
      await loop.stop()
      await giveBackLease(pool, holder).catch(() => undefined)
    },
  }
}
