import { startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { type Account, nextBoundary } from '../domain/account.ts'
import type { TeamId } from '../domain/identity.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import { readPositions } from '../ledger/history/positions.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import type { Hints } from './hints/hints.ts'

export type WatchedTeamPoller = {
  /** This process has published a hint about the team at its commit, so the next look need not repeat it. */
  told(account: Account): void
  /**
   * The same reader, for streams. Its readings also set the time at which a watched team is looked at before its turn.
   */
  heeding(teams: TeamReader): TeamReader
  /** Looks at every watched team at once. */
  poke(): void
  /** Resolves when everything under way is done. */
  stop(): Promise<void>
}

type Watched = {
  /** The version at the last hint; null: there is no such team; undefined: not looked at yet. */
  version: number | null | undefined
  lookAt: number
  /** The turn in which the team was last found to be watched. */
  turn: number
  bell: { readonly at: number; readonly timer: NodeJS.Timeout } | null
}

/** How often every watched team is looked at. */
export const pollEveryMs = 3_000
const turnEveryMs = 250
const maxLooked = 500
/** More commands at once would delay those of customers. */
const maxPosted = 200
const maxPauseMs = 1_000

/**
 * Keeps watched teams up to date, even if no hint arrives. The version of every watched team is read every 3 seconds,
 * and a change without a hint is hinted: with the reading that follows, a watcher is behind by at most 5 seconds while
 * the database is up. Where time alone changes a watched team, the process that watches it posts the change at its
 * instant, whether or not a sweeper is running. Outages of the database are survived with retries at most a second
 * apart, after which every watched team is looked at.
 */
export function startWatchedTeamPoller(
  database: Database,
  hints: Hints,
  ledger: Pick<Ledger, 'submitAll'>,
  everyMs = pollEveryMs,
): WatchedTeamPoller {
  const watched = new Map<TeamId, Watched>()
  /** Teams to look at before their turn, because a change is due. */
  const rung = new Set<TeamId>()
  const due = new Set<TeamId>()
  let turnAt = 0
  let turn = 0
  let posting: Promise<void> | null = null
  let stopped = false

  async function round(): Promise<number> {
    if (performance.now() >= turnAt) takeTurn()
    try {
      for (const teams of slices(rung, maxLooked)) {
        await look(teams)
        for (const teamId of teams) rung.delete(teamId)
      }
    } catch (error) {
      lookAtAll()
      throw error
    }
    return rung.size > 0 ? 0 : Math.max(0, turnAt - performance.now())
  }

  /**
   * Adds every team whose turn it is. The turns of teams that came together are spread over the time that they may
   * wait.
   */
  function takeTurn(): void {
    const now = performance.now()
    turnAt = now + turnEveryMs
    turn += 1
    for (const teamId of hints.watchedTeams()) {
      const team = watched.get(teamId) ?? begin(teamId)
      team.turn = turn
      if (team.lookAt <= now) rung.add(teamId)
    }
    if (watched.size === hints.watched) return
    for (const [teamId, team] of watched) {
      if (team.turn === turn) continue
      clearTimeout(team.bell?.timer)
      watched.delete(teamId)
    }
  }

  function begin(teamId: TeamId): Watched {
    const lookAt = performance.now() + Math.random() * everyMs
    const team: Watched = { version: undefined, lookAt, turn, bell: null }
    watched.set(teamId, team)
    return team
  }

  async function look(teams: readonly TeamId[]): Promise<void> {
    const positions = await readPositions(database.pool, teams)
    const now = performance.now()
    for (const teamId of teams) {
      const team = watched.get(teamId)
      if (team === undefined) continue
      team.lookAt = now + everyMs * (0.75 + Math.random() / 4)
      const { version, dueInMs } = positions.get(teamId) ?? nobody
      if (version !== team.version) {
        team.version = version
        hints.publish(teamId)
      }
      if (dueInMs === null) continue
      if (dueInMs <= 0) due.add(teamId)
      else ringIn(teamId, team, dueInMs)
    }
    if (due.size > 0) posting ??= post()
  }

  /** Sets the timer of the team's next change, unless the team's next look comes before that change. */
  function ringIn(teamId: TeamId, team: Watched, ms: number): void {
    const at = performance.now() + ms
    if (stopped || at > team.lookAt + turnEveryMs || (team.bell !== null && team.bell.at <= at)) return
    clearTimeout(team.bell?.timer)
    const ring = () => {
      team.bell = null
      rung.add(teamId)
      loop.poke()
    }
    team.bell = { at, timer: setTimeout(ring, Math.max(1, Math.ceil(ms))) }
  }

  /**
   * Posts the due changes. If another process was quicker, there is nothing to write and no hint of this commit, so
   * this process hints itself.
   */
  async function post(): Promise<void> {
    while (due.size > 0 && !stopped) {
      const teams = [...due].slice(0, maxPosted)
      const before = teams.map((teamId) => watched.get(teamId)?.version)
      // A team whose post failed is due again at its next look.
      await ledger.submitAll(teams.map((teamId) => keyless(teamId, { kind: 'post-due' })))
      teams.forEach((teamId, index) => {
        due.delete(teamId)
        if (watched.get(teamId)?.version === before[index]) hints.publish(teamId)
      })
    }
    posting = null
  }

  function lookAtAll(): void {
    for (const team of watched.values()) team.lookAt = 0
    turnAt = 0
  }

  const loop = startBackgroundLoop(
    round,
    'Watched teams could not be looked at; trying again',
    database.log,
    maxPauseMs,
  )
  return {
    told({ teamId, version }) {
      const team = watched.get(teamId)
      if (team?.version !== undefined) team.version = version
    },
    heeding: (teams) => ({
      readPosted: teams.readPosted,
      async read(teamId) {
        const now = await teams.read(teamId)
        const next = now === null ? null : nextBoundary(now.account)
        if (now !== null && next !== null) ringIn(teamId, watched.get(teamId) ?? begin(teamId), next - now.at)
        return now
      },
    }),
    poke() {
      lookAtAll()
      loop.poke()
    },
    async stop() {
      stopped = true
      for (const { bell } of watched.values()) clearTimeout(bell?.timer)
      await loop.stop()
      await posting
    },
  }
}

const nobody = { version: null, dueInMs: null }

function* slices(teams: Iterable<TeamId>, size: number): Generator<readonly TeamId[]> {
  const all = [...teams]
  for (let first = 0; first < all.length; first += size) yield all.slice(first, first + size)
}
