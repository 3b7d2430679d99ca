import { keepNewest } from '../../concurrency/bounded-map.ts'
import { type Account, nextBoundary, type Policy } from '../../domain/account.ts'
import type { Hold } from '../../domain/hold.ts'
import type { HoldId, Instant, Revision, TeamId } from '../../domain/identity.ts'
import type { Worlds } from '../../domain/rules.ts'
import type { Submission, TeamState } from '../deciding/team-state.ts'
import type { TeamRead } from '../rows/read-teams.ts'

type Known = {
  readonly account: Account
  readonly holds: Map<HoldId, Hold>
  readonly checkpoint: Revision
  readonly knownSince: number
  /** The policy at the reading. Under another policy the team may count as low because of data that was not read. */
  readonly policy: Policy
  /** Whether the state is committed; else it is the result of a write under way. */
  confirmed: boolean
}

const maxTeams = 20_000
const maxHolds = 1_000
/**
 * How long a state is used. It grows stale in ways that no version shows, such as a threshold that follows the month's
 * usage.
 */
const maxMs = 60_000
const clockSlackMs = 1_000

/**
 * Teams as this process last wrote them, or is about to write them. A decision on a known team needs no reading, and
 * does not wait for the write before it. The database accepts it only if the team's version is the one that it was
 * decided on.
 */
export class TeamCache {
  readonly #teams = new Map<TeamId, Known>()
  readonly #worlds: Worlds

  constructor(worlds: Worlds) {
    this.#worlds = worlds
  }

  /** The team's state, if enough of it is known to decide these submissions at `now`. */
  stateFor(teamId: TeamId, submissions: readonly Submission[], now: Instant): TeamState | null {
    const known = this.#teams.get(teamId)
    if (known === undefined || performance.now() - known.knownSince > maxMs) return null
    if (!submissions.every(({ command }) => suffices(known, command))) return null
    const { account, holds, checkpoint } = known
    const boundary = nextBoundary(account)
    if (account.lastAt > now + clockSlackMs || (boundary !== null && boundary <= now)) return null
    if (this.#policyOf(account, Math.max(now, account.lastAt)) !== known.policy) return null
    return {
      account,
      holds,
      checkpoint,
      nextHoldDeadline: account.nextHoldDeadline,
      charges: new Map(),
      stored: new Map(),
      usedBefore: new Map(),
      leftover: [],
      hasPaid: false,
      posted: new Map(),
    }
  }

  /** Whether the known state is committed. */
  isConfirmed(teamId: TeamId): boolean {
    return this.#teams.get(teamId)?.confirmed ?? false
  }

  /** Null: not known. */
  versionOf(teamId: TeamId): number | null {
    return this.#teams.get(teamId)?.account.version ?? null
  }

  /**
   * The state that a write will leave, once it is committed. Decisions may build on it at once. The write was decided
   * on the state that `stateFor` returned last.
   */
  assume(account: Account, holds: Iterable<Hold>): void {
    const before = this.#teams.get(account.teamId)
    if (before !== undefined) this.#set({ ...before, account, confirmed: false }, holds)
  }

  /** The write of this version is committed. */
  confirm(teamId: TeamId, version: number): void {
    const known = this.#teams.get(teamId)
    if (known?.account.version === version) known.confirmed = true
  }

  /** The state after a reading at `at` and the write on it; `base` is the team that was read. */
  learn(account: Account, holds: Iterable<Hold>, base: Pick<TeamRead, 'account' | 'checkpoint'>, at: Instant): void {
    const before = this.#teams.get(account.teamId)
    // If another process has written meanwhile, a hold that is known as open may be closed.
    const kept = before?.account.version === (base.account?.version ?? 0) ? before.holds : new Map<HoldId, Hold>()
    const policy = this.#policyOf(account, at)
    const { checkpoint } = base
    this.#set({ account, holds: kept, checkpoint, knownSince: performance.now(), policy, confirmed: true }, holds)
  }

  #policyOf({ currency }: Account, at: Instant): Policy {
    return this.#worlds.in(currency).rulesAt(at).policy
  }

  #set(known: Known, holds: Iterable<Hold>): void {
    const { teamId } = known.account
    for (const hold of holds) {
      known.holds.delete(hold.id)
      if (hold.state === 'OPEN') known.holds.set(hold.id, hold)
    }
    keepNewest(known.holds, maxHolds)
    this.#teams.delete(teamId)
    this.#teams.set(teamId, known)
    keepNewest(this.#teams, maxTeams)
  }

  /** Another process may have written this team. */
  forget(teamId: TeamId): void {
    this.#teams.delete(teamId)
  }
}

/** A hold's charge at its start may have used up a grant, which is then no longer known. */
const hasGrantsOf = ({ grants }: Account, { charged }: Hold): boolean =>
  charged === null || charged.movements.every(({ grantId }) => grants.some(({ id }) => id === grantId))

/**
 * Whether a command can be decided on the known state. A command that refers to other objects needs a reading. So does
 * a change of stored amounts, whose time is the database's own clock: the time between two changes is charged.
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
