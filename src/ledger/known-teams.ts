import { type Account, nextBoundary, type Policy } from '../domain/account.ts'
import type { Hold } from '../domain/hold.ts'
import type { HoldId, Instant, Revision, TeamId } from '../domain/identity.ts'
import type { RulesAt } from '../domain/rules.ts'
import { keepNewest } from './keep-newest.ts'
import type { Submission, TeamState } from './team-state.ts'

type Known = {
  readonly account: Account
  readonly holds: Map<HoldId, Hold>
  readonly checkpoint: Revision
  readonly knownSince: number
  /** The policy by which it was read: another one may count the team as low by what was not read. */
  readonly policy: Policy
  /** Whether it has been committed; else it is what a write under way will leave. */
  confirmed: boolean
}

const mostTeams = 20_000
const mostHolds = 1_000
/** What is known goes stale in small ways that no version tells, such as a threshold that follows the month's usage. */
const longestMs = 60_000
const clockSlackMs = 1_000

/**
 * Teams as this process last wrote them, or is about to: a decision on one of them needs no reading, and need not wait
 * for the write before it. The database takes it only if the team's version is the one it was made on.
 */
export class KnownTeams {
  readonly #teams = new Map<TeamId, Known>()
  readonly #rulesAt: RulesAt

  constructor(rulesAt: RulesAt) {
    this.#rulesAt = rulesAt
  }

  /** The team's state, if it is known well enough to decide these submissions at `now`. */
  stateFor(teamId: TeamId, submissions: readonly Submission[], now: Instant): TeamState | null {
    const known = this.#teams.get(teamId)
    if (known === undefined || performance.now() - known.knownSince > longestMs) return null
    if (!submissions.every(({ command }) => suffices(known, command))) return null
    const { account, holds, checkpoint } = known
    const boundary = nextBoundary(account)
    if (account.lastAt > now + clockSlackMs || (boundary !== null && boundary <= now)) return null
    if (this.#rulesAt(Math.max(now, account.lastAt)).policy !== known.policy) return null
    return {
      account,
      holds,
      checkpoint,
      nextHoldDeadline: account.nextHoldDeadline,
      charges: new Map(),
      stored: new Map(),
      usedBefore: new Map(),
      leftover: [],
    }
  }

  /** Whether the team is known as it was committed. */
  isConfirmed(teamId: TeamId): boolean {
    return this.#teams.get(teamId)?.confirmed ?? false
  }

  /** Null: not known. */
  versionOf(teamId: TeamId): number | null {
    return this.#teams.get(teamId)?.account.version ?? null
  }

  /** What a write on the state last given will leave, once it is committed: decisions may stand on it at once. */
  assume(account: Account, holds: Iterable<Hold>): void {
    const before = this.#teams.get(account.teamId)
    if (before !== undefined) this.#set({ ...before, account, confirmed: false }, holds)
  }

  /** The write that leaves this version is committed. */
  confirm(teamId: TeamId, version: number): void {
    const known = this.#teams.get(teamId)
    if (known?.account.version === version) known.confirmed = true
  }

  /** What was read at `at`, and written on it; `base` is the version that was read. */
  learn(account: Account, holds: Iterable<Hold>, checkpoint: Revision, base: number, at: Instant): void {
    const before = this.#teams.get(account.teamId)
    // Where somebody else wrote in between, a hold remembered open may have been closed.
    const kept = before?.account.version === base ? before.holds : new Map<HoldId, Hold>()
    const { policy } = this.#rulesAt(at)
    this.#set({ account, holds: kept, checkpoint, knownSince: performance.now(), policy, confirmed: true }, holds)
  }

  #set(known: Known, holds: Iterable<Hold>): void {
    const { teamId } = known.account
    for (const hold of holds) {
      known.holds.delete(hold.id)
      if (hold.state === 'OPEN') known.holds.set(hold.id, hold)
    }
    keepNewest(known.holds, mostHolds)
    this.#teams.delete(teamId)
    this.#teams.set(teamId, known)
    keepNewest(this.#teams, mostTeams)
  }

  /** Somebody else may have written this team. */
  forget(teamId: TeamId): void {
    this.#teams.delete(teamId)
  }
}

/** What a hold was charged at its start may have used up a grant, which is then not known any more. */
const hasGrantsOf = ({ grants }: Account, { charged }: Hold): boolean =>
  charged === null || charged.movements.every(({ grantId }) => grants.some(({ id }) => id === grantId))

/**
 * Whether a command can be decided on what is known. What refers to something else is read; so is what is stored, which
 * is set by the database's own clock: the time between two changes is what is charged.
 */
function suffices(known: Known, command: Submission['command']): boolean {
  switch (command.kind) {
    case 'charge-usage':
    case 'place-hold':
    case 'refuse':
      return true
    case 'extend-hold':
    case 'capture-hold':
    case 'settle-hold':
    case 'release-hold': {
      const hold = known.holds.get(command.holdId)
      return hold !== undefined && hasGrantsOf(known.account, hold)
    }
    default:
      return false
  }
}
