import { Lane } from '../concurrency/lane.ts'
import type { Database } from '../database/open.ts'
import type { Account } from '../domain/account.ts'
import { rollForward } from '../domain/decisions/roll-forward.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { RulesTimeline } from './clock/rules-timeline.ts'
import { InconsistentTeam } from './rows/inconsistent-team.ts'
import { readTeams } from './rows/read-teams.ts'

/** A team at `at`: the effects of time are included, posted or not. */
export type TeamNow = { readonly account: Account; readonly at: Instant }

/** A reading with its number: of two readings by one reader, the one with the higher number is of the later moment. */
export type TeamReading = TeamNow & { readonly reading: number }

export type TeamReader = {
  read(teamId: TeamId): Promise<TeamReading | null>
  /** The team as it is posted, without the effects of time since then. */
  readPosted(teamId: TeamId): Promise<TeamReading | null>
}

type Read = { readonly now: TeamReading; readonly posted: TeamReading }

/** Reads teams, all at one moment after the call. Calls that wait at the same time share one read. */
export function createTeamReader(database: Database, timeline: RulesTimeline): TeamReader {
  const lane = new Lane<TeamId, Read | null>(readBatch, { batch: 500, parallel: 1, capacity: 100_000 })

  let reading = 0

  async function readBatch(batch: readonly TeamId[]) {
    reading += 1
    const found = new Map<TeamId, PromiseSettledResult<Read>>()
    const { teams, now } = await readTeams(database.pool, [...new Set(batch)], timeline)
    for (const [teamId, team] of teams) {
      if (team instanceof InconsistentTeam) {
        found.set(teamId, { status: 'rejected', reason: team })
        continue
      }
      const { account, dueHolds, nextHoldDeadline } = team
      if (account === null) continue
      const at = Math.max(now, account.lastAt)
      const { rulesAt } = timeline.in(account.currency)
      const rolled = rollForward(account, { due: dueHolds, nextDeadline: nextHoldDeadline }, rulesAt, at)
      const value = { now: { account: rolled.account, at, reading }, posted: { account, at, reading } }
      found.set(teamId, { status: 'fulfilled', value })
    }
    return batch.map((teamId) => found.get(teamId) ?? { status: 'fulfilled' as const, value: null })
  }

  return {
    read: async (teamId) => (await lane.one(teamId))?.now ?? null,
    readPosted: async (teamId) => (await lane.one(teamId))?.posted ?? null,
  }
}
