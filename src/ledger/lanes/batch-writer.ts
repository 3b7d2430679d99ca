import type { PoolClient } from 'pg'
import { isConnectionLost, isRetryable, isUniqueViolation } from '../../database/errors.ts'
import type { Database } from '../../database/open.ts'
import type { Account } from '../../domain/account.ts'
import { isOpen } from '../../domain/grant.ts'
import type { Instant, Revision, TeamId } from '../../domain/identity.ts'
import { LedgerClock } from '../clock/ledger-clock.ts'
import type { RulesTimeline } from '../clock/rules-timeline.ts'
import { decideTeam } from '../deciding/decide-batch.ts'
import { type LoadedTeams, loadTeams, readStates } from '../deciding/load-teams.ts'
import { referencesOf } from '../deciding/references.ts'
import { isWritten, refusesKey, type TeamChange } from '../deciding/team-change.ts'
import type { Submission, TeamState } from '../deciding/team-state.ts'
import { LedgerUnavailable, retryLostConnection, TeamJustCreated } from '../retry-lost-connection.ts'
import { InconsistentTeam } from '../rows/inconsistent-team.ts'
import { consistent, readTeams } from '../rows/read-teams.ts'
import { createTeams } from '../writing/create-teams.ts'
import { newVersion, type TeamWrite, writeTeams } from '../writing/write-teams.ts'
import { type BatchResults, rejected, type Settled, settledAs } from './batch-results.ts'
import type { LaneConnection } from './lane-connection.ts'
import { TeamCache } from './team-cache.ts'

export type Committed = {
  readonly account: Account
  /** The last revision that has a checkpoint. */
  readonly checkpoint: Revision
}

type Decision = TeamWrite & { readonly submissions: readonly Submission[]; readonly state: TeamState }
/** A decision on a known team, whose write is sent. */
type Assumed = Decision & {
  readonly teamId: TeamId
  /** Whether the state that it builds on was committed then. If not, it may fail because the write before it did. */
  readonly onConfirmed: boolean
}

/** The decisions of a batch, and the commands on teams that can't be decided. */
type DecidedBatch = {
  readonly decided: readonly Decision[]
  readonly refused: readonly { readonly submissions: readonly Submission[]; readonly error: InconsistentTeam }[]
}

export type BatchWriterOptions = {
  readonly database: Database
  readonly timeline: RulesTimeline
  /** How long a batch is retried while the database is out of reach. */
  readonly patienceMs: number
  /** Hears of a team that another process has written, too. */
  readonly contended: (teamId: TeamId) => void
  /** Hears of every team that changed, after commit. It must not throw. */
  readonly committed: (change: Committed) => void
}

/**
 * Decides batches and writes them. Commands that need no reading are decided and sent at once: the next batch may build
 * on them before the database has answered. Everything else is decided on a reading, in a transaction that locks the
 * teams: other commands, writes that the database did not accept, and all commands while an unknown catalog may be in
 * force.
 */
export class BatchWriter {
  readonly #database: Database
  readonly #timeline: RulesTimeline
  readonly #patienceMs: number
  readonly #contended: (teamId: TeamId) => void
  readonly #committed: (change: Committed) => void
  readonly #clock = new LedgerClock()
  readonly #cache: TeamCache

  constructor({ database, timeline, patienceMs, contended, committed }: BatchWriterOptions) {
    this.#database = database
    this.#timeline = timeline
    this.#patienceMs = patienceMs
    this.#contended = contended
    this.#committed = committed
    this.#cache = new TeamCache(timeline)
  }

  /** Each submission has its own result, in the order of the batch. */
  async write(connection: LaneConnection, batch: readonly Submission[]): Promise<readonly Settled[]> {
    const results: BatchResults = new Map()
    const unread = Map.groupBy(batch, ({ teamId }) => teamId)
    const now = this.#clock.now()
    if (now !== null && this.#timeline.knows(now)) {
      const assumed: Assumed[] = []
      for (const [teamId, submissions] of unread) {
        const state = this.#cache.stateFor(teamId, submissions, now)
        const one = state === null ? null : this.#assume(teamId, submissions, state, now)
        if (one !== null) assumed.push(one)
      }
      const written = await this.#writeAssumed(connection, assumed, now)
      for (const one of assumed) {
        if (this.#confirm(one, written, results)) unread.delete(one.teamId)
      }
    }
    for (const teamId of await this.#writeRead(connection, unread, results)) unread.delete(teamId)
    if (unread.size > 0) await this.#writeLocked([...unread.values()].flat(), results)
    return batch.map((submission) => results.get(submission) ?? rejected(new Error('A submission was not decided')))
  }

  /**
   * Reads the team's present state, so that batches on it need no reading. A team that another process has written since
   * is contended.
   */
  async readAgain(teamId: TeamId): Promise<void> {
    const before = this.#cache.versionOf(teamId)
    this.#cache.forget(teamId)
    const { teams, now } = await readTeams(this.#database.pool, [teamId], this.#timeline)
    this.#clock.read(now)
    const team = consistent(teams.get(teamId))
    if (team?.account?.version !== before) this.#contended(teamId)
    if (!team?.account) return
    this.#cache.learn(team.account, team.dueHolds, team, Math.max(now, team.account.lastAt))
  }

  /** Null: the stored result of a key has to be read first. */
  #assume(teamId: TeamId, submissions: readonly Submission[], state: TeamState, now: Instant): Assumed | null {
    const change = decideTeam(state, submissions, this.#timeline, now)
    if (refusesKey(change, submissions)) return null
    const version = newVersion()
    const onConfirmed = this.#cache.isConfirmed(teamId)
    if (isWritten(change)) this.#cache.assume(after(change, version), change.holds.values())
    return { teamId, change, version, submissions, state, onConfirmed }
  }

  /** The teams that were written; null: the whole statement failed. */
  async #writeAssumed(
    connection: LaneConnection,
    assumed: readonly Assumed[],
    now: Instant,
  ): Promise<ReadonlySet<TeamId> | null> {
    if (assumed.length === 0) return null
    try {
      return await writeTeams(connection, assumed, now)
    } catch (error) {
      if (!isExpected(error)) {
        this.#database.log.error({ error }, 'A batch could not be written without reading; deciding it again')
      }
      return null
    }
  }

  /** Whether the write took effect. If not, the team is forgotten and has to be decided on a reading. */
  #confirm(assumed: Assumed, written: ReadonlySet<TeamId> | null, results: BatchResults): boolean {
    const { teamId, change, version, submissions, state, onConfirmed } = assumed
    if (!written?.has(teamId)) {
      this.#cache.forget(teamId)
      if (written !== null && onConfirmed && isWritten(change)) this.#contended(teamId)
      return false
    }
    this.#cache.confirm(teamId, version)
    this.#answer(change, submissions, results)
    this.#committed({ account: after(change, version), checkpoint: state.checkpoint })
    return true
  }

  /**
   * Decides teams to which nothing but payments happens on a reading without a lock, because a payment comes while
   * nobody else writes its team. Returns the teams that were written; for the others, nothing is.
   */
  async #writeRead(
    connection: LaneConnection,
    unread: ReadonlyMap<TeamId, readonly Submission[]>,
    results: BatchResults,
  ): Promise<ReadonlySet<TeamId>> {
    const payments = [...unread.values()].filter((submissions) => submissions.every(({ posts }) => posts !== undefined))
    if (payments.length === 0) return new Set()
    try {
      const batch = payments.flat()
      const read = await readStates(connection.client, referencesOf(batch), this.#timeline)
      // The team's version refuses a write to a team that has changed since it was read.
      if (!read.inOrder) return new Set()
      const writes = this.#decide(read, batch).decided.filter(
        ({ change }) => change.before !== null && isWritten(change),
      )
      const written = await writeTeams(connection, writes, null)
      for (const decision of writes) {
        if (decision.change.account !== null && written.has(decision.change.account.teamId))
          this.#learn(decision, results)
      }
      return written
    } catch (error) {
      if (!isExpected(error))
        this.#database.log.error({ error }, 'Payments could not be written without a lock; deciding them again')
      return new Set()
    }
  }

  async #writeLocked(batch: readonly Submission[], results: BatchResults): Promise<void> {
    try {
      const { decided, refused } = await retryLostConnection(
        () => this.#database.transaction((client) => this.#decideLocked(client, batch)),
        this.#patienceMs,
      )
      for (const decision of decided) this.#learn(decision, results)
      for (const { submissions, error } of refused) {
        for (const submission of submissions) results.set(submission, rejected(error))
      }
    } catch (error) {
      // Commands that post facts together stay together: what was posted is all of them.
      const parts = Map.groupBy(batch, (submission) => submission.posts ?? submission)
      if (parts.size === 1 || error instanceof LedgerUnavailable) {
        for (const submission of batch) results.set(submission, rejected(error))
        return
      }
      // A command that the database refuses must not fail the others.
      this.#database.log.error({ error, size: batch.length }, 'A batch failed; deciding its commands one by one')
      for (const part of parts.values()) await this.#writeLocked(part, results)
    }
  }

  async #decideLocked(client: PoolClient, batch: readonly Submission[]): Promise<DecidedBatch> {
    const { decided, refused, now } = this.#decide(await loadTeams(client, referencesOf(batch), this.#timeline), batch)
    const created = decided.flatMap(({ change }) =>
      change.before === null && change.account !== null ? [change.account.teamId] : [],
    )
    if (!(await createTeams(client, created, now))) throw new TeamJustCreated()
    await writeTeams(client, decided, null)
    return { decided, refused }
  }

  #decide({ states, now }: LoadedTeams, batch: readonly Submission[]): DecidedBatch & { readonly now: Instant } {
    this.#clock.read(now)
    const decided: Decision[] = []
    const refused: DecidedBatch['refused'][number][] = []
    for (const [teamId, submissions] of Map.groupBy(batch, (submission) => submission.teamId)) {
      const state = states.get(teamId)
      if (state === undefined) continue
      if (state instanceof InconsistentTeam) {
        refused.push({ submissions, error: state })
        continue
      }
      const change = decideTeam(state, submissions, this.#timeline, now)
      decided.push({ change, version: newVersion(), submissions, state })
    }
    return { decided, refused, now }
  }

  /** Answers a decision whose transaction is committed. */
  #learn({ change, version, submissions, state }: Decision, results: BatchResults): void {
    this.#answer(change, submissions, results)
    if (change.account === null) return
    const account = after(change, isWritten(change) ? version : change.account.version)
    this.#cache.learn(account, [...state.holds.values(), ...change.holds.values()], state, change.at)
    if (change.account !== change.before) this.#committed({ account, checkpoint: state.checkpoint })
  }

  #answer(change: TeamChange, submissions: readonly Submission[], results: BatchResults): void {
    submissions.forEach((submission, index) => {
      const decided = change.decided[index]
      results.set(submission, decided === undefined ? rejected(new Error('Not decided')) : settledAs(decided))
      if (decided === undefined || !('defect' in decided)) return
      this.#database.log.error({ error: decided.defect, command: submission.command.kind }, 'A command failed')
    })
  }
}

/** Whether a write without a lock may fail so, because another process was faster or the database is out of reach. */
const isExpected = (error: unknown): boolean =>
  isUniqueViolation(error) || isRetryable(error) || isConnectionLost(error)

/** The team after a written change. */
function after({ account, at }: TeamChange, version: number): Account {
  if (account === null) throw new Error('A team that does not exist was written')
  return { ...account, version, grants: account.grants.filter((grant) => isOpen(grant, at)) }
}
