import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Revision, TeamId } from '../../domain/identity.ts'
import type { Hints } from './hints.ts'

/**
 * Hints between processes: commits of other processes are published to this process's hints. A hint is a reason to
 * read, never the truth. Nothing here throws, or blocks or slows a commit, also while other gateways can't be reached.
 * After such a time every watched team is read again.
 */
export type HintBus = {
  /** Other gateways hear of it within some tens of milliseconds, or after an outage of what carries hints. */
  announce(teamId: TeamId, revision: Revision): void
  /** The database knows of credentials that were revoked: all other gateways read them now. */
  announceRevocations(): void
  /** Whether other gateways are heard. */
  readonly connected: boolean
  /** Sends what is left and hangs up. */
  close(): Promise<void>
}

export type HintBusOptions = {
  readonly pool: Pool
  readonly hints: Hints
  /** Another gateway announced revocations, or may have while nobody was heard. */
  revoked(): void
  readonly log: Logger
  /** See `keepConnected`. Default: 4,000. */
  readonly proofMs?: number
  /** How long a team that nobody watches stays subscribed, at least; on Redis. Default: 5,000. */
  readonly lingerMs?: number
}
