import type { PoolClient } from 'pg'
import type { TeamId } from '../../domain/identity.ts'
import { ms } from '../rows/instants.ts'
import { type AccountEvent, type EventPosition, type EventRow, toEvent } from './account-events.ts'

/**
 * A place in the order of all teams. `platformPosition` follows the commits of transactions: events of one position are
 * ordered by team, and those of a team by their own order. 0: the event is older than the order.
 */
export type PlatformPlace = EventPosition & { readonly platformPosition: number; readonly teamId: TeamId }

export type PlatformEvent = AccountEvent & PlatformPlace

export type PlatformPage = {
  readonly events: readonly PlatformEvent[]
  /** Whether more is written than a transaction that still runs lets through. */
  readonly isHeldBack: boolean
}

type Client = Pick<PoolClient, 'query'>

/** Before every event. */
export const platformStart = (platformPosition = 0): PlatformPlace => ({
  platformPosition,
  teamId: '' as TeamId,
  revision: 0,
  number: 0,
})

/** Behind every event. */
export const behindAll: PlatformPlace = platformStart(Number.MAX_SAFE_INTEGER)

/** The place alone, its parts in the order in which they are compared. */
export const placeOf = ({ platformPosition, teamId, revision, number }: PlatformPlace): PlatformPlace => ({
  platformPosition,
  teamId,
  revision,
  number,
})

/** A part of the order, strictly between two places. `from`: the end that is read first. */
export type PlatformSpan = {
  readonly after: PlatformPlace
  readonly before: PlatformPlace
  readonly from: 'oldest' | 'newest'
}

/** Up to the horizon the order is complete: nothing is written into it any more. */
const eventsIn = (direction: 'asc' | 'desc') => `
  (select platform_position::float8 as "platformPosition", team_id as "teamId", revision::float8, 0 as number, type,
      ${ms('effective_at', 'at')}, change::text as amount, reason
    from entry where type is not null and (platform_position, team_id, revision) > ($1, $2, $3)
      and (platform_position, team_id, revision, 0) < ($5, $6, $7, $8) and platform_position < platform_horizon()
    order by platform_position ${direction}, team_id ${direction}, revision ${direction} limit $9)
  union all
  (select platform_position::float8, team_id, revision::float8, number, type, ${ms('effective_at', 'at')}, amount::text,
      reason
    from account_notice where (platform_position, team_id, revision, number) > ($1, $2, $3, $4)
      and (platform_position, team_id, revision, number) < ($5, $6, $7, $8) and platform_position < platform_horizon()
    order by platform_position ${direction}, team_id ${direction}, revision ${direction}, number ${direction} limit $9)
  order by 1 ${direction}, 2 ${direction}, 3 ${direction}, 4 ${direction} limit $9`

/** The first events of a span that are complete, at most `limit`, each exactly once. */
export async function readPlatformSpan(
  client: Client,
  { after, before, from }: PlatformSpan,
  limit: number,
): Promise<PlatformEvent[]> {
  const direction = from === 'oldest' ? 'asc' : 'desc'
  const values = [...[after, before].flatMap((place) => Object.values(placeOf(place))), limit]
  const named = { name: `platform-events-${direction}`, text: eventsIn(direction), values }
  const { rows } = await client.query<EventRow & PlatformPlace>(named)
  return rows.map((row) => ({ ...toEvent(row.teamId, row), platformPosition: row.platformPosition }))
}

const heldBack = `select
  exists (select from entry where type is not null and platform_position >= platform_horizon())
  or exists (select from account_notice where platform_position >= platform_horizon()) as "isHeldBack"`

/** A notice has no time of its own, and mostly follows an entry. */
const heldBackFor = `select greatest(extract(epoch from clock_timestamp() - (
  select posted_at from entry where type is not null and platform_position >= platform_horizon()
  order by platform_position, team_id, revision limit 1)), 0)::float8 as seconds`

/** For how long the oldest posting that is committed has been held back, in seconds; 0: none is. */
export async function platformHeldBackSeconds(client: Client): Promise<number> {
  const { rows } = await client.query<{ seconds: number | null }>({ name: 'platform-held-back', text: heldBackFor })
  return rows[0]?.seconds ?? 0
}

/** The next events of all teams behind a place, at most `limit`, each exactly once and in order. Call it in a snapshot. */
export async function readPlatformEvents(client: Client, after: PlatformPlace, limit: number): Promise<PlatformPage> {
  const [events, held] = await Promise.all([
    readPlatformSpan(client, { after, before: behindAll, from: 'oldest' }, limit),
    client.query<{ isHeldBack: boolean }>({ name: 'platform-events-held', text: heldBack }),
  ])
  return { events, isHeldBack: held.rows[0]?.isHeldBack === true }
}

/** The place behind everything that is complete now. Whatever is committed later stands behind it. */
export async function platformEnd(client: Client): Promise<PlatformPlace> {
  const text = 'select platform_horizon()::float8 as horizon'
  const { rows } = await client.query<{ horizon: number }>({ name: 'platform-end', text })
  if (rows[0] === undefined) throw new Error('The horizon was not read')
  return platformStart(rows[0].horizon)
}

/** Whether an event stands at this very place. */
export async function isPlatformEvent(client: Client, place: PlatformPlace): Promise<boolean> {
  const { platformPosition, teamId, revision, number } = place
  const text =
    number === 0
      ? `select from entry where team_id = $1 and revision = $2 and platform_position = $3 and type is not null
          and platform_position < platform_horizon() and $4 = 0`
      : `select from account_notice where team_id = $1 and revision = $2 and platform_position = $3 and number = $4
          and platform_position < platform_horizon()`
  const values = [teamId, revision, platformPosition, number]
  return ((await client.query({ text, values })).rowCount ?? 0) > 0
}

/**
 * Lets the order continue where the database was restored into another cluster, whose transaction ids are lower. Call it
 * before anything is written there. True: the order was behind.
 */
export async function continuePlatformOrder(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ continued: boolean }>('select continue_platform_order() as continued')
  return rows[0]?.continued === true
}
