import { type Account, nextBoundary } from '../domain/account.ts'
import type { Hold } from '../domain/hold.ts'
import type { HoldId, Instant, Revision, TeamId } from '../domain/identity.ts'
import type { Submission, TeamState } from './team-state.ts'

type Known = {
  account: Account
  holds: Map<HoldId, Hold>
  checkpoint: Revision
  readonly knownSince: number
}

const mostTeams = 20_000
const mostHolds = 1_000
/** What is known goes stale in small ways that no version tells, such as a threshold that follows the month's usage. */
const longestMs = 60_000
const clockSlackMs = 1_000

/**
 * Teams as this process last wrote them. A decision on one of them needs no reading: the database takes it only if the
 * team's version is still the same.
 */
export class KnownTeams {
  readonly #teams = new Map<TeamId, Known>()

  /** The team's state, if it is known well enough to decide these submissions at `now`. */
  stateFor(teamId: TeamId, submissions: readonly Submission[], now: Instant): TeamState | null {
    const known = this.#teams.get(teamId)
    if (known === undefined || performance.now() - known.knownSince > longestMs) return null
    if (!submissions.every(({ command }) => suffices(known, command))) return null
    const { account, holds, checkpoint } = known
    const boundary = nextBoundary(account)
    if (account.lastAt > now + clockSlackMs || (boundary !== null && boundary <= now)) return null
    return {
      account,
      holds,
      checkpoint,
      nextHoldDeadline: account.nextHoldDeadline,
      charges: new Map(),
      stored: new Map(),
    }
  }

  /** Remembers what was just committed. `read`: the state came from the database, not from here. */
  remember(account: Account, holds: Iterable<Hold>, checkpoint: Revision, read: boolean): void {
    const { teamId } = account
    const before = this.#teams.get(teamId)
    this.#teams.delete(teamId)
    // Where somebody else wrote in between, a hold remembered open may have been closed.
    const unbroken = before !== undefined && before.account.version === account.version - 1
    const open = unbroken ? before.holds : new Map<HoldId, Hold>()
    for (const hold of holds) {
      open.delete(hold.id)
      if (hold.state === 'OPEN') open.set(hold.id, hold)
    }
    keepNewest(open, mostHolds)
    const knownSince = read || before === undefined ? performance.now() : before.knownSince
    this.#teams.set(teamId, { account, holds: open, checkpoint, knownSince })
    keepNewest(this.#teams, mostTeams)
  }

  /** Somebody else may have written this team. */
  forget(teamId: TeamId): void {
    this.#teams.delete(teamId)
  }
}

/** A map keeps the order in which keys were set. */
function keepNewest<Key>(map: Map<Key, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return
    map.delete(oldest)
  }
}

function suffices(known: Known, command: Submission['command']): boolean {
  switch (command.kind) {
    case 'charge-usage':
    case 'place-hold':
    case 'refuse':
      return true
    case 'extend-hold':
    case 'capture-hold':
    case 'settle-hold':
    case 'release-hold':
      return known.holds.has(command.holdId)
    default:
      return false
  }
}
