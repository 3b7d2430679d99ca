import type { PoolClient } from 'pg'
import type { Hold } from '../domain/hold.ts'
import type { HoldId, TeamId } from '../domain/identity.ts'
import { type HoldRow, holdColumns, toHold } from './hold-rows.ts'

type Client = Pick<PoolClient, 'query'>

const readOpen = `select ${holdColumns} from hold h
  where h.team_id = $1 and h.state = 'OPEN' and h.id < $2 and h.expires_at > ledger_now() order by h.id desc limit $3`

const readOne = `select ${holdColumns}, h.expires_at <= ledger_now() as is_due from hold h where h.team_id = $1 and h.id = $2`

/** Up to `limit` holds that are open now, newest first, below `before`. */
export async function readOpenHolds(
  client: Client,
  teamId: TeamId,
  before: number | null,
  limit: number,
): Promise<Hold[]> {
  const values = [teamId, before ?? Number.MAX_SAFE_INTEGER, limit]
  const { rows } = await client.query({ name: 'open-holds', text: readOpen, values })
  return rows.map((row: HoldRow) => toHold(row))
}

/** The hold as it is now: one whose deadline has passed has expired, whether that is posted yet or not. */
export async function readHold(client: Client, teamId: TeamId, id: HoldId): Promise<Hold | null> {
  const { rows } = await client.query({ name: 'one-hold', text: readOne, values: [teamId, id] })
  const row: (HoldRow & { is_due: boolean }) | undefined = rows[0]
  if (row === undefined) return null
  const hold = toHold(row)
  if (hold.state !== 'OPEN' || !row.is_due) return hold
  return { ...hold, state: 'EXPIRED', slices: [], pace: null, captured: hold.charged === null ? hold.captured : 0n }
}
