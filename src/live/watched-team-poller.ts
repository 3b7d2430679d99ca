import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { type Account, nextBoundary } from '../domain/account.ts'
import type { TeamId } from '../domain/identity.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import { readPositions } from '../ledger/history/positions.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import type { Hints } from './hints/hints.ts'

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
export const startWatchedTeamPoller = (
  database: Database,
  hints: Hints,
  ledger: Pick<Ledger, 'submitAll'>,
  everyMs = pollEveryMs,
): WatchedTeamPoller => new WatchedTeamPoller(database, hints, ledger, everyMs)

export class WatchedTeamPoller {
  readonly #database: Database
  readonly #hints: Hints
  readonly #ledger: Pick<Ledger, 'submitAll'>
  readonly #everyMs: number
  readonly #watched = new Map<TeamId, Watched>()
  /** Teams to look at before their turn, because a change is due. */
  readonly #rung = new Set<TeamId>()
  readonly #due = new Set<TeamId>()
  readonly #loop: BackgroundLoop
  #turnAt = 0
  #turn = 0
  #posting: Promise<void> | null = null
  #stopped = false

  constructor(database: Database, hints: Hints, ledger: Pick<Ledger, 'submitAll'>, everyMs: number) {
    this.#database = database
    this.#hints = hints
    this.#ledger = ledger
    this.#everyMs = everyMs
    const failing = 'Watched teams could not be looked at; trying again'
    this.#loop = startBackgroundLoop(() => this.#round(), failing, database.log, maxPauseMs)
  }

  /** This process has published a hint about the team at its commit, so the next look need not repeat it. */
  told({ teamId, version }: Account): void {
    const team = this.#watched.get(teamId)
    if (team?.version !== undefined) team.version = version
  }

  /**
   * The same reader, for streams. Its readings also set the time at which a watched team is looked at before its turn.
   */
  heeding(teams: TeamReader): TeamReader {
    return {
      readPosted: (teamId) => teams.readPosted(teamId),
      read: async (teamId) => {
        const now = await teams.read(teamId)
        const next = now === null ? null : nextBoundary(now.account)
        if (now !== null && next !== null) this.#ringIn(teamId, this.#watch(teamId), next - now.at)
        return now
      },
    }
  }

  /** Looks at every watched team at once. */
  poke(): void {
    this.#lookAtAll()
    this.#loop.poke()
  }

  /** Resolves when everything under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const { bell } of this.#watched.values()) clearTimeout(bell?.timer)
    await this.#loop.stop()
    await this.#posting
  }

  async #round(): Promise<number> {
    if (performance.now() >= this.#turnAt) this.#takeTurn()
    try {
      for (const teams of slices(this.#rung, maxLooked)) {
        await this.#look(teams)
        for (const teamId of teams) this.#rung.delete(teamId)
      }
    } catch (error) {
      this.#lookAtAll()
      throw error
    }
    return this.#rung.size > 0 ? 0 : Math.max(0, this.#turnAt - performance.now())
  }

  /**
   * Adds every team whose turn it is. The turns of teams that came together are spread over the time that they may
   * wait.
   */
  #takeTurn(): void {
    const now = performance.now()
    this.#turnAt = now + turnEveryMs
    this.#turn += 1
    for (const teamId of this.#hints.watchedTeams()) {
      const team = this.#watch(teamId)
      team.turn = this.#turn
      if (team.lookAt <= now) this.#rung.add(teamId)
    }
    if (this.#watched.size === this.#hints.watched) return
    for (const [teamId, team] of this.#watched) {
      if (team.turn === this.#turn) continue
      clearTimeout(team.bell?.timer)
      this.#watched.delete(teamId)
    }
  }

  #watch(teamId: TeamId): Watched {
    const known = this.#watched.get(teamId)
    if (known !== undefined) return known
    const lookAt = performance.now() + Math.random() * this.#everyMs
    const team: Watched = { version: undefined, lookAt, turn: this.#turn, bell: null }
    this.#watched.set(teamId, team)
    return team
  }

  async #look(teams: readonly TeamId[]): Promise<void> {
    const positions = await readPositions(this.#database.pool, teams)
    const now = performance.now()
    for (const teamId of teams) {
      const team = this.#watched.get(teamId)
      if (team === undefined) continue
      team.lookAt = now + this.#everyMs * (0.75 + Math.random() / 4)
      const { version, dueInMs } = positions.get(teamId) ?? nobody
      if (version !== team.version) {
        team.version = version
        this.#hints.publish(teamId)
      }
      if (dueInMs === null) continue
      if (dueInMs <= 0) this.#due.add(teamId)
      else this.#ringIn(teamId, team, dueInMs)
    }
    if (this.#due.size > 0) this.#posting ??= this.#post()
  }

  /** Sets the timer of the team's next change, unless the team's next look comes before that change. */
  #ringIn(teamId: TeamId, team: Watched, ms: number): void {
    const at = performance.now() + ms
    if (this.#stopped || at > team.lookAt + turnEveryMs || (team.bell !== null && team.bell.at <= at)) return
    clearTimeout(team.bell?.timer)
    const ring = () => {
      team.bell = null
      this.#rung.add(teamId)
      this.#loop.poke()
    }
    team.bell = { at, timer: setTimeout(ring, Math.max(1, Math.ceil(ms))) }
  }

  /**
   * Posts the due changes. If another process was quicker, there is nothing to write and no hint of this commit, so
   * this process hints itself.
   */
  async #post(): Promise<void> {
    while (this.#due.size > 0 && !this.#stopped) {
      const teams = [...this.#due].slice(0, maxPosted)
      const before = teams.map((teamId) => this.#watched.get(teamId)?.version)
      // A team whose post failed is due again at its next look.
      await this.#ledger.submitAll(teams.map((teamId) => keyless(teamId, { kind: 'post-due' })))
      teams.forEach((teamId, index) => {
        this.#due.delete(teamId)
        if (this.#watched.get(teamId)?.version === before[index]) this.#hints.publish(teamId)
      })
    }
    this.#posting = null
  }

  #lookAtAll(): void {
    for (const team of this.#watched.values()) team.lookAt = 0
    this.#turnAt = 0
  }
}

const nobody = { version: null, dueInMs: null }

function* slices(teams: Iterable<TeamId>, size: number): Generator<readonly TeamId[]> {
  const all = [...teams]
  for (let first = 0; first < all.length; first += size) yield all.slice(first, first + size)
}
