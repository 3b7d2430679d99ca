import type { Hold, HoldState } from '../../domain/hold.ts'
import { holdId, type Instant, type MemberId, type TeamId } from '../../domain/identity.ts'
import type { LiveSession } from '../../domain/live-session.ts'
import { noGroups } from '../../domain/member-group.ts'
import type { Role } from '../../domain/role.ts'
import type { HoldEntity } from '../../entities/hold.ts'
import {
  readCharged,
  readLine,
  readSlice,
  readWaiting,
  type StoredChargedHold,
  type StoredLine,
  type StoredSlice,
  type StoredWaitingExtension,
} from '../../entities/json/stored.ts'
import { asAmount, asInstant, asJson, asNumber, asText, columnsOf, listOf, type RowOf } from './columns.ts'

const hold = columnsOf<typeof HoldEntity>()({
  team_id: asText<TeamId>(),
  id: asNumber(),
  state: asText<HoldState>(),
  amount: asAmount(),
  captured: asAmount(),
  placed_at: asInstant(),
  expires_at: asInstant(),
  reference: asText<string | null>(),
  member_id: asText<string | null>(),
  caller_id: asText<string | null>(),
  group_ids: asJson<string[] | null>(),
  caller_role: asText<Role>(),
  rate_card_version: asText(),
  lines: asJson<StoredLine[]>(),
  fitted: asAmount<string | null>(),
  slices: asJson<StoredSlice[]>(),
  charged: asJson<StoredChargedHold | null>(),
  pace: asAmount<string | null>(),
  paced_at: asInstant<Instant | null>(),
  waiting: asJson<StoredWaitingExtension | null>(),
})

/** The columns of an open hold that is metered by time. */
const session = columnsOf<typeof HoldEntity>()({
  id: asNumber(),
  remaining: asAmount(),
  pace: asAmount(),
  paced_at: asInstant(),
})

export const holdColumns = listOf('h', hold)
export const sessionColumns = listOf('h', session)

export type HoldRow = RowOf<typeof hold>
export type SessionRow = RowOf<typeof session>

/** The open holds `h` of a team whose deadline has passed at an instant. */
export const isDue = (team: string, at: string) => `h.team_id = ${team} and h.state = 'OPEN' and h.expires_at <= ${at}`

/** The grants that a hold burned when it was charged at its start; none where it reserves. */
export const burnedBy = (hold: string) => `jsonb_path_query(${hold}.charged, '$.movements[*].grantId') burned(grant_id)`

/** The grants `g` of a team that have closed since its due holds burned them. */
export const closedSinceBurned = (team: string, at: string) =>
  `g.team_id = ${team} and not g.open and g.id in (
    select burned.grant_id::bigint from hold h cross join lateral ${burnedBy('h')} where ${isDue(team, at)})`

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
  groupIds: row.group_ids ?? noGroups,
  callerRole: row.caller_role,
  rateCardVersion: row.rate_card_version,
  lines: row.lines.map(readLine),
  fitted: row.fitted === null ? null : BigInt(row.fitted),
  charged: row.charged === null ? null : readCharged(row.charged),
  waiting: row.waiting === null ? null : readWaiting(row.waiting),
  pace: row.pace === null || row.paced_at === null ? null : { rate: BigInt(row.pace), since: row.paced_at },
})

export const toSession = (row: SessionRow): LiveSession => ({
  holdId: holdId(row.id),
  held: BigInt(row.remaining),
  rate: BigInt(row.pace),
  since: row.paced_at,
})
