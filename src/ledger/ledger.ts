import { Lane } from '../concurrency/lane.ts'
import type { Database } from '../database/open.ts'
import type { Answer } from '../domain/decisions/command.ts'
import type { TeamId } from '../domain/identity.ts'
import type { RulesTimeline } from './clock/rules-timeline.ts'
import type { Submission } from './deciding/team-state.ts'
import { createReplays, type Replays } from './idempotent-replays.ts'
import { type LaneResult, rejected } from './lanes/batch-results.ts'
import { BatchWriter, type Committed } from './lanes/batch-writer.ts'
import { LaneConnection } from './lanes/lane-connection.ts'
import { ContendedTeams, underLease } from './lanes/team-lease.ts'
import { ledgerPatienceMs } from './retry-lost-connection.ts'

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

/** The ledger with its listeners, for the parts of the gateway that follow commits. */
export type WrittenLedger = Ledger & {
  /** The listener hears of every team that changed, after commit. It must not throw. */
  onCommitted(listener: (change: Committed) => void): void
}

type TeamLane = Lane<Submission, LaneResult>

/** More lanes would only compete for the database's processors. */
const lanes = 2
const largestBatch = 1_000
/** The most readings of a subject's usage in one batch: other teams wait for them. */
const maxUsageReadings = 4
const mayReadUsage = (command: Submission['command']): boolean =>
  command.kind === 'set-spending-limit' && command.subject !== 'GROUP' && command.credits !== null

/**
 * Teams take turns, and one team may have at most half of the waiting commands: a burst of one team delays another by a
 * batch or two.
 */
const limits = {
  batch: 96,
  largestBatch,
  weightOf: ({ command }: Submission) => (mayReadUsage(command) ? largestBatch / maxUsageReadings : 1),
  parallel: 2,
  capacity: 20_000,
  ownerOf: ({ teamId }: Submission) => teamId,
  capacityOfOwner: 10_000,
}

/** The only writer of teams. Commands of a team queue in one lane; all that wait become one write. */
export const createLedger = (
  database: Database,
  timeline: RulesTimeline,
  patienceMs = ledgerPatienceMs,
): WrittenLedger => new LaneLedger(database, timeline, patienceMs)

class LaneLedger implements WrittenLedger {
  readonly #database: Database
  readonly #replays: Replays
  readonly #batches: BatchWriter
  readonly #connections: readonly LaneConnection[]
  readonly #queues: readonly TeamLane[]
  readonly #contended: ContendedTeams<TeamLane>
  readonly #listeners: ((change: Committed) => void)[] = []
  #underWay = 0

  constructor(database: Database, timeline: RulesTimeline, patienceMs: number) {
    this.#database = database
    this.#replays = createReplays(database, timeline)
    this.#batches = new BatchWriter({
      database,
      timeline,
      patienceMs,
      contended: (teamId) => this.#contended.mark(teamId),
      committed: (change) => {
        for (const listener of this.#listeners) listener(change)
      },
    })
    this.#connections = Array.from({ length: lanes }, () => new LaneConnection(database.pool))
    this.#queues = this.#connections.map(
      (connection) => new Lane((batch) => this.#batches.write(connection, batch), limits),
    )
    this.#contended = new ContendedTeams((teamId) => this.#contendedLane(teamId))
  }

  async submit(submission: Submission): Promise<Answer> {
    this.#underWay += 1
    try {
      return await this.#complete(submission, await this.#laneOf(submission.teamId).one(submission))
    } finally {
      this.#underWay -= 1
    }
  }

  async submitAll(submissions: readonly Submission[]): Promise<readonly PromiseSettledResult<Answer>[]> {
    this.#underWay += submissions.length
    const results = new Map<Submission, PromiseSettledResult<Answer>>()
    const lanesOf = new Map([...new Set(submissions.map(({ teamId }) => teamId))].map((id) => [id, this.#laneOf(id)]))
    // A team's lane may change at any moment; its submissions of one call are decided in one.
    const groups = Map.groupBy(submissions, ({ teamId }) => lanesOf.get(teamId) ?? this.#laneOf(teamId))
    await Promise.all([...groups].map(([lane, group]) => this.#push(lane, group, results)))
    this.#underWay -= submissions.length
    return submissions.map((submission) => results.get(submission) ?? rejected(new Error('Not decided')))
  }

  underWay(): number {
    return this.#underWay
  }

  onCommitted(listener: (change: Committed) => void): void {
    this.#listeners.push(listener)
  }

  async idle(): Promise<void> {
    await Promise.all([this.#contended.idle(), ...this.#queues.map((lane) => lane.idle())])
  }

  async #push(
    lane: TeamLane,
    group: readonly Submission[],
    results: Map<Submission, PromiseSettledResult<Answer>>,
  ): Promise<void> {
    const settled = await lane.push(group).catch((error) => group.map(() => rejected(error)))
    const completed = group.map(async (submission, index) => {
      const result = settled[index]
      if (result?.status === 'fulfilled') return this.#complete(submission, result.value)
      throw result?.reason
    })
    for (const [index, result] of (await Promise.allSettled(completed)).entries()) {
      const submission = group[index]
      if (submission) results.set(submission, result)
    }
  }

  #complete(submission: Submission, result: LaneResult): Promise<Answer> | Answer {
    return 'replay' in result ? this.#replays.answer(submission.teamId, result.replay) : result
  }

  #laneOf(teamId: TeamId): TeamLane {
    return this.#contended.laneOf(teamId) ?? (this.#queues[hashOf(teamId) % lanes] as TeamLane)
  }

  /** A lane of the team alone. Each of its turns begins with a reading, so that the rest of the turn needs none. */
  #contendedLane(teamId: TeamId): TeamLane {
    const connection = this.#connections[hashOf(teamId) % lanes] ?? new LaneConnection(this.#database.pool)
    const work = underLease(
      this.#database,
      teamId,
      () => this.#batches.readAgain(teamId),
      (batch: readonly Submission[]) => this.#batches.write(connection, batch),
    )
    return new Lane(work, limits)
  }
}

/** Spreads teams over lanes; the same team always comes to the same lane. */
function hashOf(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0
  return hash
}
