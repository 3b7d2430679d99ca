import type { Hold, HoldState } from '../../domain/hold.ts'
import { holdId, type Instant, type MemberId, type TeamId } from '../../domain/identity.ts'
import type { LiveSession } from '../../domain/live-session.ts'
import type { Role } from '../../domain/role.ts'
import {
  readCharged,
  readLine,
  readSlice,
  type StoredChargedHold,
  type StoredLine,
  type StoredSlice,
} from '../../entities/json/stored.ts'
import { ms } from './instants.ts'

export const holdColumns = `h.team_id, h.id::float8, h.state, h.amount::text, h.captured::text,
  ${ms('h.placed_at', 'placed_at')}, ${ms('h.expires_at', 'expires_at')}, h.reference, h.member_id, h.caller_id, h.caller_role, h.rate_card_version,
  h.lines, h.slices, h.charged, h.pace::text, ${ms('h.paced_at', 'paced_at')}`

export const sessionColumns = `h.id::float8, h.remaining::text, h.pace::text, ${ms('h.paced_at', 'paced_at')}`

/** The open holds `h` of a team whose deadline has passed at an instant. */
export const isDue = (team: string, at: string) => `h.team_id = ${team} and h.state = 'OPEN' and h.expires_at <= ${at}`

/** The grants that a hold burned when it was charged at its start; none where it reserves. */
export const burnedBy = (hold: string) => `jsonb_path_query(${hold}.charged, '$.movements[*].grantId') burned(grant_id)`

/** The grants `g` of a team that have closed since its due holds burned them. */
export const closedSinceBurned = (team: string, at: string) =>
  `g.team_id = ${team} and not g.open and g.id in (
    select burned.grant_id::bigint from hold h cross join lateral ${burnedBy('h')} where ${isDue(team, at)})`

export type HoldRow = {
  team_id: TeamId
  id: number
  state: HoldState
  amount: string
  captured: string
  placed_at: Instant
  expires_at: Instant
  reference: string | null
  member_id: string | null
  caller_id: string | null
  caller_role: Role
  rate_card_version: string
  lines: StoredLine[]
  slices: StoredSlice[]
  charged: StoredChargedHold | null
  pace: string | null
  paced_at: Instant | null
}

export type SessionRow = { id: number; remaining: string; pace: string; paced_at: Instant }

export const toHold = (row: HoldRow): Hold => ({
  id: holdId(row.id),
  state: row.state,
  amount: BigInt(row.amount),
  captured: BigInt(row.captured),
  slices: row.slices.map(readSlice),
  placedAt: row.placed_at,
  expiresAt: row.expires_at,
  reference: row.reference,
  memberId: row.member_id as MemberId | null,
  callerId: row.caller_id as MemberId | null,
  callerRole: row.caller_role,
  rateCardVersion: row.rate_card_version,
  lines: row.lines.map(readLine),
  charged: row.charged === null ? null : readCharged(row.charged),
  pace: row.pace === null || row.paced_at === null ? null : { rate: BigInt(row.pace), since: row.paced_at },
})

export const toSession = (row: SessionRow): LiveSession => ({
  holdId: holdId(row.id),
  held: BigInt(row.remaining),
  rate: BigInt(row.pace),
  since: row.paced_at,
})
