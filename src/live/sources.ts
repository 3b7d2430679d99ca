import type { Database } from '../database/open.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import type { Hints } from './hints/hints.ts'

export type LiveSources = {
  readonly database: Database
  readonly teams: TeamReader
  readonly hints: Hints
  /** The time between two looks for events of all teams that no hint told. */
  readonly pollEveryMs?: number | undefined
}
