import type { PoolClient } from 'pg'
import { operatorId } from '../access/viewer.ts'
import { type AccountEventType, eventTypeOf } from '../domain/event-type.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { NoticeType } from '../domain/notice.ts'
import type { ActivityType } from '../domain/posting.ts'
import type { EventPosition } from '../ledger/history/account-events.ts'
import { instant, ms } from '../ledger/rows/instants.ts'
import type { Endpoint } from './endpoint.ts'
import type { Attempt } from './post.ts'

type Client = Pick<PoolClient, 'query'>

/** One endpoint's reading of one team's sequence. */
export type StreamKey = { readonly endpointId: number; readonly teamId: TeamId }

/** The failed attempts at the event behind the position. */
export type Failing = {
  readonly attempts: number
  /** The number of its delivery. */
  readonly delivery: number
  /** How long the next attempt has to wait; 0 or less: it is due. */
  readonly retryInMs: number
}

export type StreamEvent = EventPosition & { readonly type: AccountEventType; readonly at: Instant }

/** A part of a stream that is to be delivered. */
export type StreamPage = {
  readonly position: EventPosition
  readonly failing: Failing | null
  readonly events: readonly StreamEvent[]
}

const makePositions = `
  insert into webhook_position (endpoint_id, team_id, revision, number)
  select endpoint_id, team_id, 0, 0 from unnest($1::bigint[], $2::text[]) s(endpoint_id, team_id)
  where not exists (select from webhook_position p where p.endpoint_id = s.endpoint_id and p.team_id = s.team_id)
  on conflict do nothing`

// Lateral, with a limit: whatever
// the planner thinks of the number of streams, it can only look each one up.
const readPages = `
  select s.place::int, p.revision::float8, p.number, p.attempts, p.delivery::float8,
    ${ms('p.retry_at - clock_timestamp()', '"retryInMs"')}, e.revision::float8 as "eventRevision", e.number as "eventNumber",
    e.type, ${ms('e.effective_at', 'at')}
  from unnest($1::bigint[], $2::text[]) with ordinality s(endpoint_id, team_id, place)
  cross join lateral (
    select w.* from webhook_position w join webhook_endpoint h on h.id = w.endpoint_id
    where w.endpoint_id = s.endpoint_id and w.team_id = s.team_id and h.deleted_at is null and h.disabled_at is null
    limit 1) p
  left join lateral (
    (select revision, 0 as number, type, effective_at from entry
      where team_id = p.team_id and revision > p.revision and type is not null order by revision limit $3)
    union all
    (select revision, number, type, effective_at from account_notice
      where team_id = p.team_id and (revision, number) > (p.revision, p.number) order by revision, number limit $3)
    order by 1, 2 limit $3) e on true
  order by 1, 7, 8`

type PageRow = {
  readonly place: number
  readonly revision: number
  readonly number: number
  readonly attempts: number
  readonly delivery: number | null
  readonly retryInMs: number | null
  readonly eventRevision: number | null
  readonly eventNumber: number | null
  readonly type: ActivityType | NoticeType
  readonly at: Instant
}

/** The next events of each stream, at most `limit` of each. Null: there is no such stream, or its endpoint receives nothing. */
export async function readStreamPages(
  client: Client,
  streams: readonly StreamKey[],
  limit: number,
): Promise<readonly (StreamPage | null)[]> {
  const values = [streams.map(({ endpointId }) => endpointId), streams.map(({ teamId }) => teamId), limit]
  const { rows } = await client.query<PageRow>({ name: 'webhook-pages', text: readPages, values })
  const groups = Map.groupBy(rows, ({ place }) => place)
  return streams.map((_, index) => {
    const group = groups.get(index + 1)
    const first = group?.[0]
    return group === undefined || first === undefined ? null : pageOf(first, group)
  })
}

function pageOf({ revision, number, attempts, delivery, retryInMs }: PageRow, rows: readonly PageRow[]): StreamPage {
  const events = rows.flatMap(({ eventRevision, eventNumber, type, at }) =>
    eventRevision === null || eventNumber === null
      ? []
      : [{ revision: eventRevision, number: eventNumber, type: eventTypeOf(type), at }],
  )
  const failing = attempts === 0 ? null : { attempts, delivery: delivery ?? 0, retryInMs: retryInMs ?? 0 }
  return { position: { revision, number }, failing, events }
}

/** Begins streams of teams that are younger than an endpoint of the operator, at their first event. */
export async function beginStreams(client: Client, streams: readonly StreamKey[]): Promise<void> {
  const values = [streams.map(({ endpointId }) => endpointId), streams.map(({ teamId }) => teamId)]
  await client.query({ name: 'webhook-begin', text: makePositions, values })
}

// First those of known positions, whose event may be due again; then teams that an operator's endpoint has not met. Each
// endpoint by itself: one that has failed for long hides no other.
const findDue = `
  with known as (
    select active.id as endpoint_id, due.team_id from unnest($1::bigint[]) active(id) cross join lateral (
      select p.team_id from webhook_position p join account a on a.team_id = p.team_id
      where p.endpoint_id = active.id and (p.retry_at is null or p.retry_at <= clock_timestamp()) and (a.revision > p.revision
        or (a.revision = p.revision and a.last_event_revision = a.revision and a.last_event_number > p.number))
      limit $3) due
  ),
  young as (
    select e.id as endpoint_id, a.team_id from unnest($2::bigint[]) e(id) cross join account a
    where not exists (select from webhook_position p where p.endpoint_id = e.id and p.team_id = a.team_id)
    limit $3)
  select endpoint_id::float8 as "endpointId", team_id as "teamId", false as "isYoung" from known
  union all select endpoint_id::float8, team_id, true from young`

export type DueStream = StreamKey & { readonly isYoung: boolean }

/** Streams that have something to deliver, at most `limit` of each endpoint, and as many of young teams. */
export async function findDueStreams(
  client: Client,
  endpoints: readonly Pick<Endpoint, 'id' | 'teamId'>[],
  limit: number,
): Promise<readonly DueStream[]> {
  const ids = endpoints.map(({ id }) => id)
  const ofOperator = endpoints.filter(({ teamId }) => teamId === operatorId).map(({ id }) => id)
  const values = [ids, ofOperator, limit]
  return (await client.query<DueStream>({ name: 'webhook-due', text: findDue, values })).rows
}

export type FailedAttempt = StreamKey & {
  readonly from: EventPosition
  readonly event: StreamEvent
  readonly attempt: Attempt
  /** When the event was first attempted now. */
  readonly at: Instant
  /** The failed attempts before this one; null: it is the first. */
  readonly failing: Failing | null
  /** The pause before the next attempt; null: there is none. */
  readonly pauseMs: number | null
}

const insertFailed = `
  with logged as (
    insert into webhook_delivery (endpoint_id, team_id, revision, place, type, attempts, delivered, status, latency_ms,
      answer, failure, at, next_attempt_at)
    values ($1, $2, $5, $6, $7, 1, false, $8, $9, $10, $11, ${instant('$12::float8')},
      clock_timestamp() + $13::float8 * interval '1 millisecond')
    returning number, next_attempt_at),
  noted as (update webhook_endpoint set last_failure = $11 where id = $1)
  update webhook_position p set attempts = 1, failing_since = clock_timestamp(),
    retry_at = coalesce(l.next_attempt_at, clock_timestamp()), delivery = l.number
  from logged l where p.endpoint_id = $1 and p.team_id = $2 and p.revision = $3 and p.number = $4 and p.attempts = 0`
const updateFailed = `
  with logged as (
    update webhook_delivery set attempts = attempts + 1, status = $6, latency_ms = $7, answer = $8, failure = $9,
      next_attempt_at = clock_timestamp() + $10::float8 * interval '1 millisecond'
    where number = $5 returning 1),
  noted as (update webhook_endpoint set last_failure = $9 where id = $1)
  update webhook_position set attempts = attempts + 1,
    retry_at = clock_timestamp() + coalesce($10::float8, 0) * interval '1 millisecond'
  where endpoint_id = $1 and team_id = $2 and revision = $3 and number = $4 and attempts > 0`

/** Notes a failed attempt, and when the next one is due. */
export async function recordFailed(client: Client, failed: FailedAttempt): Promise<void> {
  const { endpointId, teamId, from, event, attempt, at, failing, pauseMs } = failed
  const { status, latencyMs, answer, failure } = attempt
  const place = [endpointId, teamId, from.revision, from.number]
  const told = [status, latencyMs, answer, failure]
  if (failing === null) {
    const values = [...place, event.revision, event.number, event.type, ...told, at, pauseMs]
    await client.query({ name: 'webhook-failed', text: insertFailed, values })
    return
  }
  const values = [...place, failing.delivery, ...told, pauseMs]
  await client.query({ name: 'webhook-failed-again', text: updateFailed, values })
}

const writeRecovered = `
  with logged as (
    update webhook_delivery set attempts = attempts + 1, delivered = true, status = $6, latency_ms = $7, answer = $8,
      failure = null, next_attempt_at = null where number = $5),
  noted as (update webhook_endpoint set last_delivery_at = clock_timestamp() where id = $1)
  update webhook_position set revision = $9, number = $10, attempts = 0, failing_since = null, retry_at = null, delivery = null
  where endpoint_id = $1 and team_id = $2 and revision = $3 and number = $4 and attempts > 0 returning 1`

/** Notes that an event was delivered after failed attempts. False: the position was moved meanwhile. */
export async function recordRecovered(
  client: Client,
  { endpointId, teamId, from, event, attempt, failing }: Omit<FailedAttempt, 'at' | 'pauseMs'>,
): Promise<boolean> {
  const { status, latencyMs, answer } = attempt
  const place = [endpointId, teamId, from.revision, from.number, failing?.delivery ?? null]
  const values = [...place, status, latencyMs, answer, event.revision, event.number]
  return ((await client.query({ name: 'webhook-recovered', text: writeRecovered, values })).rowCount ?? 0) > 0
}

// The events before an instant end with a posting or with one of its notices, whichever is later in the sequence.
const lateralBefore = `
  left join lateral (
    select revision, number from (
      (select revision, 0 as number from entry where team_id = a.team_id and type is not null
        and effective_at < ${instant('$3::float8')} order by revision desc limit 1)
      union all
      (select revision, number from account_notice where team_id = a.team_id
        and effective_at < ${instant('$3::float8')} order by revision desc, number desc limit 1)) found
    order by revision desc, number desc limit 1) b on true`
const movedSince = `
  insert into webhook_position as p (endpoint_id, team_id, revision, number)
  select $1, a.team_id, coalesce(b.revision, 0), coalesce(b.number, 0)
  from account a ${lateralBefore}
  where $2 = '${operatorId}' or a.team_id = $2
  on conflict (endpoint_id, team_id) do update set revision = excluded.revision, number = excluded.number, attempts = 0,
    failing_since = null, retry_at = null, delivery = null`
const movedBehind = `
  insert into webhook_position (endpoint_id, team_id, revision, number) values ($1, $2, $3, $4)
  on conflict (endpoint_id, team_id) do update set revision = excluded.revision, number = excluded.number, attempts = 0,
    failing_since = null, retry_at = null, delivery = null`
const endFailures = `
  update webhook_position set attempts = 0, failing_since = null, retry_at = null, delivery = null
  where endpoint_id = $1 and attempts > 0`
const countBehind = `
  select coalesce(sum(c.count), 0)::float8 as count
  from webhook_position p cross join lateral (
    select (select count(*) from entry where team_id = p.team_id and revision > p.revision and type = any($2::text[]))
      + (select count(*) from account_notice where team_id = p.team_id and (revision, number) > (p.revision, p.number)
        and type = any($2::text[])) as count) c
  where p.endpoint_id = $1 and ($3::text is null or p.team_id = $3)`

/** Moves the endpoint to its first events from an instant on. */
export async function moveSince(client: Client, { id, teamId }: Pick<Endpoint, 'id' | 'teamId'>, since: Instant) {
  await client.query(movedSince, [id, teamId, since])
}

/** Moves the endpoint to right behind an event of a team. */
export async function moveBehind(client: Client, id: number, teamId: TeamId, { revision, number }: EventPosition) {
  await client.query(movedBehind, [id, teamId, revision, number])
}

/** The events that failed are due at once. */
export async function forgetFailures(client: Client, id: number): Promise<void> {
  await client.query(endFailures, [id])
}

/** How many events of these stored types are behind the endpoint's positions, of one team or of all (null). */
export async function countEventsBehind(
  client: Client,
  id: number,
  types: readonly string[],
  teamId: TeamId | null,
): Promise<number> {
  const { rows } = await client.query<{ count: number }>(countBehind, [id, types, teamId])
  return rows[0]?.count ?? 0
}
