import type { PoolClient } from 'pg'
import type { Hold } from '../../domain/hold.ts'
import type { HoldId, TeamId } from '../../domain/identity.ts'
import { type HoldRow, holdColumns, toHold } from '../rows/hold-rows.ts'
import { directionOf, newestFirst, type Span } from '../rows/span.ts'

type Client = Pick<PoolClient, 'query'>

const isOpen = `h.team_id = $1 and h.state = 'OPEN' and h.expires_at > ledger_now()`
const readOpen = (direction: 'asc' | 'desc') => `select ${holdColumns} from hold h
  where ${isOpen} and h.id > $2 and h.id < $3 order by h.id ${direction} limit $4`
const countOpen = `select count(*)::float8 as count from hold h where ${isOpen}`

const readOne = `select ${holdColumns}, h.expires_at <= ledger_now() as is_due from hold h where h.team_id = $1 and h.id = $2`

/** Up to `limit` holds that are open now, newest first. */
export async function readOpenHolds(
  client: Client,
  teamId: TeamId,
  span: Span,
  limit: number,
): Promise<readonly Hold[]> {
  const direction = directionOf(span)
  const values = [teamId, span.above, span.below, limit]
  const { rows } = await client.query({ name: `open-holds-${direction}`, text: readOpen(direction), values })
  const holds = rows.map((row: HoldRow) => toHold(row))
  return newestFirst(holds, span)
}

const readSome = `select ${holdColumns} from hold h where h.team_id = $1 and h.id = any($2) order by h.id desc`

/** Holds as they were last written, the newest first. */
export async function readHolds(client: Client, teamId: TeamId, ids: readonly HoldId[]): Promise<readonly Hold[]> {
  const { rows } = await client.query({ name: 'some-holds', text: readSome, values: [teamId, ids] })
  return rows.map((row: HoldRow) => toHold(row))
}

/** How many holds are open now. */
export async function countOpenHolds(client: Client, teamId: TeamId): Promise<number> {
  const { rows } = await client.query({ name: 'count-open-holds', text: countOpen, values: [teamId] })
  return rows[0].count
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
