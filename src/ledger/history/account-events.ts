import type { PoolClient } from 'pg'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { Instant, Revision, TeamId } from '../../domain/identity.ts'
import type { NoticeType } from '../../domain/notice.ts'
import type { ActivityType } from '../../domain/posting.ts'
import { ms } from '../rows/instants.ts'

/** A place in a team's own order of events: behind `number` 0, the posting at a revision, stand its notices. */
export type EventPosition = { readonly revision: Revision; readonly number: number }

export type AccountEvent = EventPosition & {
  readonly teamId: TeamId
  readonly type: ActivityType | NoticeType
  readonly at: Instant
  readonly amount: Credits | null
  /** Why, for people; null: the type says it all. */
  readonly reason: string | null
}

type Client = Pick<PoolClient, 'query'>

const eventsBehind = `
  (select revision::float8, 0 as number, type, ${ms('effective_at', 'at')}, change::text as amount, reason
    from entry where team_id = $1 and revision > $2 and type is not null order by revision limit $4)
  union all
  (select revision::float8, number, type, ${ms('effective_at', 'at')}, amount::text, reason
    from account_notice where team_id = $1 and (revision, number) > ($2, $3) order by revision, number limit $4)
  order by 1, 2 limit $4`

/** The next events behind a position, at most `limit`, each exactly once and in order. */
export async function readEvents(
  client: Client,
  teamId: TeamId,
  after: EventPosition,
  limit: number,
): Promise<AccountEvent[]> {
  const { rows } = await client.query({
    name: 'account-events',
    text: eventsBehind,
    values: [teamId, after.revision, after.number, limit],
  })
  return rows.map((row: EventRow) => toEvent(teamId, row))
}

/** Behind all that a revision has. */
const lastNumber = 2 ** 31 - 1

/** The event at a position; null: the team has none there. */
export async function readEventAt(client: Client, teamId: TeamId, at: EventPosition): Promise<AccountEvent | null> {
  const { revision, number } = at
  const before = number === 0 ? { revision: revision - 1, number: lastNumber } : { revision, number: number - 1 }
  const [event] = await readEvents(client, teamId, before, 1)
  return event?.revision === revision && event.number === number ? event : null
}

const noticesBehind = `
  select revision::float8, number, type, ${ms('effective_at', 'at')}, amount::text, reason
  from account_notice where team_id = $1 and (revision, number) > ($2, $3) and type = any($4)
  order by revision, number limit $5`

/** The notices of a team that are read: those of `types` after the position, at most `limit`. */
export type NoticeSearch = {
  readonly types: readonly NoticeType[]
  readonly after: EventPosition
  readonly limit: number
}

/** The next notices of a search, however many other events lie between. */
export async function readNotices(
  client: Client,
  teamId: TeamId,
  { types, after, limit }: NoticeSearch,
): Promise<AccountEvent[]> {
  const values = [teamId, after.revision, after.number, types, limit]
  const { rows } = await client.query({ name: 'notices', text: noticesBehind, values })
  return rows.map((row: EventRow) => toEvent(teamId, row))
}

/** Whether a team has had an event at this position. */
export async function hasEvent(client: Client, teamId: TeamId, { revision, number }: EventPosition): Promise<boolean> {
  const text =
    number === 0
      ? 'select 1 from entry where team_id = $1 and revision = $2 and type is not null and $3 = 0'
      : 'select 1 from account_notice where team_id = $1 and revision = $2 and number = $3'
  return ((await client.query({ text, values: [teamId, revision, number] })).rowCount ?? 0) > 0
}

const newestEvent = `
  (select revision::float8, 0 as number from entry where team_id = $1 and type is not null order by revision desc limit 1)
  union all
  (select revision::float8, number from account_notice where team_id = $1 order by revision desc, number desc limit 1)
  order by 1 desc, 2 desc limit 1`

/**
 * The last event of a team; null: there is no such team, because each team begins with an event. Effects of time since
 * then are posted after it.
 */
export async function lastEvent(client: Client, teamId: TeamId): Promise<EventPosition | null> {
  const { rows } = await client.query<EventPosition>({ name: 'last-event', text: newestEvent, values: [teamId] })
  return rows[0] ?? null
}

export type EventRow = EventPosition & {
  type: ActivityType | NoticeType
  at: Instant
  amount: string | null
  reason: string | null
}

export const toEvent = (teamId: TeamId, { revision, number, type, at, amount, reason }: EventRow): AccountEvent => ({
  teamId,
  revision,
  number,
  type,
  at,
  amount: amount === null ? null : BigInt(amount),
  reason,
})
