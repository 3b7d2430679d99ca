import type { PoolClient } from 'pg'
import { Lane } from '../concurrency/lane.ts'
import { isConnectionLost, isRetryable, isUniqueViolation } from '../database/errors.ts'
import type { Database } from '../database/open.ts'
import type { Account } from '../domain/account.ts'
import type { Answer } from '../domain/decisions/command.ts'
import { isOpen } from '../domain/grant.ts'
import type { Instant, Revision, TeamId } from '../domain/identity.ts'
import type { World } from '../domain/rules.ts'
import { LedgerClock } from './clock/ledger-clock.ts'
import type { RulesTimeline } from './clock/rules-timeline.ts'
import { type Decided, decideTeam, isWritten, refusesKey, type TeamChange } from './deciding/decide-batch.ts'
import { loadTeams } from './deciding/load-teams.ts'
import { referencesOf } from './deciding/references.ts'
import type { StoredCommand, Submission, TeamState } from './deciding/team-state.ts'
import { createReplays } from './idempotent-replays.ts'
import { LaneConnection } from './lanes/lane-connection.ts'
import { TeamCache } from './lanes/team-cache.ts'
import { ContendedTeams, underLease } from './lanes/team-lease.ts'
import { LedgerUnavailable, ledgerPatienceMs, retryLostConnection, TeamJustCreated } from './retry-lost-connection.ts'
import { readTeams } from './rows/read-teams.ts'
import { createTeams } from './writing/create-teams.ts'
import { newVersion, type TeamWrite, writeTeams } from './writing/write-teams.ts'

export type Committed = {
  readonly account: Account
  /** The last revision that has a checkpoint. */
  readonly checkpoint: Revision
}

export type Ledger = {
  /**
   * Decides the command and answers after commit. Each key has its effect once, however often it is sent. Rejects with
   * LedgerUnavailable or LaneFull; then the same key returns the result later.
   */
  submit(submission: Submission): Promise<Answer>
  /** Submits several commands at once, in this order. Each has its own result. */
  submitAll(submissions: readonly Submission[]): Promise<readonly PromiseSettledResult<Answer>[]>
  /** How many commands are accepted and not answered yet. */
  underWay(): number
  /** Resolves when everything accepted has been answered. */
  idle(): Promise<void>
}

type Decision = TeamWrite & { readonly submissions: readonly Submission[]; readonly state: TeamState }
/** A decision on a known team, whose write is sent. */
type Assumed = Decision & {
  readonly teamId: TeamId
  /** Whether the state that it builds on was committed then. If not, it may fail because the write before it did. */
  readonly onConfirmed: boolean
}
type Settled = PromiseSettledResult<Answer | { replay: StoredCommand }>

type TeamLane = Lane<Submission, Answer | { replay: StoredCommand }>

/** More lanes would only compete for the database's processors. */
const lanes = 2
/**
 * Teams take turns, and one team may have at most half of the waiting commands: a burst of one team delays another by a
 * batch or two.
 */
const limits = {
  batch: 96,
  largestBatch: 1_000,
  parallel: 2,
  capacity: 20_000,
  ownerOf: ({ teamId }: Submission) => teamId,
  capacityOfOwner: 10_000,
}

/** The ledger with its listeners, for the parts of the gateway that follow commits. */
export type WrittenLedger = Ledger & {
  /** The listener hears of every team that changed, after commit. It must not throw. */
  onCommitted(listener: (change: Committed) => void): void
}

/** The only writer of teams. Commands of a team queue in one lane; all that wait become one write. */
export function createLedger(
  database: Database,
  world: World & RulesTimeline,
  patienceMs = ledgerPatienceMs,
): WrittenLedger {
  const { log } = database
  const listeners: ((change: Committed) => void)[] = []
  const committed = (change: Committed) => {
    for (const listener of listeners) listener(change)
  }
  const clock = new LedgerClock()
  const cache = new TeamCache(world.rulesAt)
  const replays = createReplays(database, world)

  /**
   * Decides and sends at once the commands that need no reading: the next batch may build on them before the database
   * has answered. Everything else is decided on a reading: other commands, writes that the database did not accept, and
   * all commands while an unknown catalog may be in force.
   */
  async function work(connection: LaneConnection, batch: readonly Submission[]): Promise<readonly Settled[]> {
    const results = new Map<Submission, Settled>()
    const unread = Map.groupBy(batch, ({ teamId }) => teamId)
    const now = clock.now()
    if (now !== null && world.knows(now)) {
      const assumed: Assumed[] = []
      for (const [teamId, submissions] of unread) {
        const state = cache.stateFor(teamId, submissions, now)
        const one = state === null ? null : assume(teamId, submissions, state, now)
        if (one !== null) assumed.push(one)
      }
      const written = await writeAssumed(connection, assumed, now)
      for (const { teamId, change, version, submissions, state, onConfirmed } of assumed) {
        if (written?.has(teamId)) {
          unread.delete(teamId)
          cache.confirm(teamId, version)
          answer(change, submissions, results)
          committed({ account: after(change, version), checkpoint: state.checkpoint })
        } else {
          cache.forget(teamId)
          if (written !== null && onConfirmed && isWritten(change)) contended.mark(teamId)
        }
      }
    }
    if (unread.size > 0) await workLocked([...unread.values()].flat(), results)
    return batch.map((submission) => results.get(submission) ?? rejected(new Error('A submission was not decided')))
  }

  /** Null: the stored result of a key has to be read first. */
  function assume(teamId: TeamId, submissions: readonly Submission[], state: TeamState, now: Instant): Assumed | null {
    const change = decideTeam(state, submissions, world, now)
    if (refusesKey(change, submissions)) return null
    const version = newVersion()
    const onConfirmed = cache.isConfirmed(teamId)
    if (isWritten(change)) cache.assume(after(change, version), change.holds.values())
    return { teamId, change, version, submissions, state, onConfirmed }
  }

  /** The teams that were written; null: the whole statement failed. */
  async function writeAssumed(
    connection: LaneConnection,
    assumed: readonly Assumed[],
    now: Instant,
  ): Promise<ReadonlySet<TeamId> | null> {
    if (assumed.length === 0) return null
    try {
      return await writeTeams(connection, assumed, now)
    } catch (error) {
      const expected = isUniqueViolation(error) || isRetryable(error) || isConnectionLost(error)
      if (!expected) log.error({ error }, 'A batch could not be written without reading; deciding it again')
      return null
    }
  }

  async function workLocked(batch: readonly Submission[], results: Map<Submission, Settled>): Promise<void> {
    try {
      const decided = await retryLostConnection(
        () => database.transaction((client) => decideLocked(client, batch)),
        patienceMs,
      )
      for (const { change, version, submissions, state } of decided) {
        answer(change, submissions, results)
        if (change.account === null) continue
        const account = after(change, isWritten(change) ? version : change.account.version)
        const holds = [...state.holds.values(), ...change.holds.values()]
        cache.learn(account, holds, state.checkpoint, state.account?.version ?? 0, change.at)
        if (change.account !== change.before) committed({ account, checkpoint: state.checkpoint })
      }
    } catch (error) {
      if (batch.length === 1 || error instanceof LedgerUnavailable) {
        for (const submission of batch) results.set(submission, rejected(error))
        return
      }
      // A command that the database refuses must not fail the others.
      log.error({ error, size: batch.length }, 'A batch failed; deciding its commands one by one')
      for (const submission of batch) await workLocked([submission], results)
    }
  }

  async function decideLocked(client: PoolClient, batch: readonly Submission[]): Promise<Decision[]> {
    const { states, now } = await loadTeams(client, referencesOf(batch), world)
    clock.read(now)
    const decided = [...Map.groupBy(batch, (submission) => submission.teamId)].flatMap(([teamId, submissions]) => {
      const state = states.get(teamId)
      if (state === undefined) return []
      return [{ change: decideTeam(state, submissions, world, now), version: newVersion(), submissions, state }]
    })
    const created = decided.flatMap(({ change }) =>
      change.before === null && change.account !== null ? [change.account.teamId] : [],
    )
    if (!(await createTeams(client, created, now))) throw new TeamJustCreated()
    await writeTeams(client, decided, null)
    return decided
  }

  function answer(change: TeamChange, submissions: readonly Submission[], results: Map<Submission, Settled>): void {
    submissions.forEach((submission, index) => {
      const decided = change.decided[index]
      results.set(submission, decided === undefined ? rejected(new Error('Not decided')) : settledAs(decided))
      if (decided === undefined || !('defect' in decided)) return
      log.error({ error: decided.defect, command: submission.command.kind }, 'A command failed')
    })
  }

  const connections = Array.from({ length: lanes }, () => new LaneConnection(database.pool))
  const workOf = (teamId: TeamId) => {
    const connection = connections[hashOf(teamId) % lanes] ?? new LaneConnection(database.pool)
    return (batch: readonly Submission[]) => work(connection, batch)
  }
  const queues = connections.map((connection): TeamLane => new Lane((batch) => work(connection, batch), limits))
  const contended = new ContendedTeams<TeamLane>(
    (teamId) =>
      new Lane(
        underLease(database, teamId, () => readAgain(teamId), workOf(teamId)),
        limits,
      ),
  )
  const laneOf = (teamId: TeamId): TeamLane => contended.laneOf(teamId) ?? (queues[hashOf(teamId) % lanes] as TeamLane)

  /**
   * Reads the team's present state, so that the rest of the turn needs no reading. If another process has written the
   * team since, the team is marked as contended, and turns continue.
   */
  async function readAgain(teamId: TeamId): Promise<void> {
    const before = cache.versionOf(teamId)
    cache.forget(teamId)
    const { teams, now } = await readTeams(database.pool, [teamId], world)
    clock.read(now)
    const team = teams.get(teamId)
    if (team?.account?.version !== before) contended.mark(teamId)
    if (!team?.account) return
    const { account, dueHolds, checkpoint } = team
    cache.learn(account, dueHolds, checkpoint, account.version, Math.max(now, account.lastAt))
  }

  const complete = (submission: Submission, result: Answer | { replay: StoredCommand }): Promise<Answer> | Answer =>
    'replay' in result ? replays.answer(submission.teamId, result.replay) : result

  let underWay = 0

  return {
    async submit(submission) {
      underWay += 1
      try {
        return await complete(submission, await laneOf(submission.teamId).one(submission))
      } finally {
        underWay -= 1
      }
    },
    async submitAll(submissions) {
      underWay += submissions.length
      const results = new Map<Submission, PromiseSettledResult<Answer>>()
      const groups = Map.groupBy(submissions, ({ teamId }) => laneOf(teamId))
      await Promise.all(
        [...groups].map(async ([lane, group]) => {
          const settled = await lane.push(group).catch((error) => group.map(() => rejected(error)))
          const completed = group.map(async (submission, index) => {
            const result = settled[index]
            if (result?.status === 'fulfilled') return complete(submission, result.value)
            throw result?.reason
          })
          for (const [index, result] of (await Promise.allSettled(completed)).entries()) {
            const submission = group[index]
            if (submission) results.set(submission, result)
          }
        }),
      )
      underWay -= submissions.length
      return submissions.map((submission) => results.get(submission) ?? rejected(new Error('Not decided')))
    },
    underWay: () => underWay,
    onCommitted(listener) {
      listeners.push(listener)
    },
    async idle() {
      await Promise.all([contended.idle(), ...queues.map((lane) => lane.idle())])
    },
  }
}

/** The team after a written change. */
function after({ account, at }: TeamChange, version: number): Account {
  if (account === null) throw new Error('A team that does not exist was written')
  return { ...account, version, grants: account.grants.filter((grant) => isOpen(grant, at)) }
}

/** Spreads teams over lanes; the same team always comes to the same lane. */
function hashOf(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0
  return hash
}

const rejected = (reason: unknown): PromiseRejectedResult => ({ status: 'rejected', reason })

const settledAs = (decided: Decided): Settled =>
  'defect' in decided
    ? rejected(decided.defect)
    : { status: 'fulfilled', value: 'answer' in decided ? decided.answer : decided }
