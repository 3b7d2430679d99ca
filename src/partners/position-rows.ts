import type { PoolClient } from 'pg'
import { operatorId } from '../access/viewer.ts'
import { type AccountEventType, eventTypeOf } from '../domain/event-type.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { NoticeType } from '../domain/notice.ts'
import type { ActivityType } from '../domain/posting.ts'
import type { EventPosition } from '../ledger/history/account-events.ts'
import { instant, ms } from '../ledger/rows/instants.ts'
import type { Endpoint, SendingEndpoint } from './endpoint.ts'
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
  /** The secrets of the endpoint at the same moment. */
  readonly secrets: Pick<SendingEndpoint, 'secret' | 'previousSecret'>
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
    e.type, ${ms('e.effective_at', 'at')}, p.secret, p."previousSecret"
  from unnest($1::bigint[], $2::text[]) with ordinality s(endpoint_id, team_id, place)
  cross join lateral (
    select w.*, h.secret, case when h.previous_until > clock_timestamp() then h.previous_secret end as "previousSecret"
    from webhook_position w join webhook_endpoint h on h.id = w.endpoint_id
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
  readonly secret: Buffer
  readonly previousSecret: Buffer | null
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

function pageOf(first: PageRow, rows: readonly PageRow[]): StreamPage {
  const { revision, number, attempts, delivery, retryInMs, secret, previousSecret } = first
  const events = rows.flatMap(({ eventRevision, eventNumber, type, at }) =>
    eventRevision === null || eventNumber === null
      ? []
      : [{ revision: eventRevision, number: eventNumber, type: eventTypeOf(type), at }],
  )
  const failing = attempts === 0 ? null : { attempts, delivery: delivery ?? 0, retryInMs: retryInMs ?? 0 }
  return { position: { revision, number }, failing, events, secrets: { secret, previousSecret } }
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
  /** The failed attempts before this one; null: it is the first. */
  readonly failing: Failing | null
  /** The pause before the next attempt; null: there is none. */
  readonly pauseMs: number | null
}

/** The delivery that an endpoint's reading of a team waits for. */
export type FailedDelivery = { readonly teamId: TeamId; readonly delivery: number }

const atPlace = `
  select 1 from webhook_position
  where endpoint_id = $1 and team_id = $2 and revision = $3 and number = $4`
// The log gets a failed attempt only where the position is still where the attempt began: nothing else would end its retries.
const insertFailed = `
  with place as (${atPlace} and attempts = 0 for no key update),
  logged as (
    insert into webhook_delivery (endpoint_id, team_id, revision, place, type, attempts, delivered, status, latency_ms,
      answer, failure, at, next_attempt_at)
    select $1, $2, $5, $6, $7, 1, false, $8, $9, $10, $11, clock_timestamp() - $9::integer * interval '1 millisecond',
      clock_timestamp() + $12::float8 * interval '1 millisecond' from place
    returning number, next_attempt_at),
  noted as (update webhook_endpoint set last_failure = $11 where id = $1 and exists (select from place))
  update webhook_position p set attempts = 1, failing_since = clock_timestamp(),
    retry_at = coalesce(l.next_attempt_at, clock_timestamp()), delivery = l.number
  from logged l where p.endpoint_id = $1 and p.team_id = $2 returning p.delivery::float8`
const updateFailed = `
  with place as (${atPlace} and delivery = $5 and attempts = $6 for no key update),
  logged as (
    update webhook_delivery set attempts = attempts + 1, status = $7, latency_ms = $8, answer = $9, failure = $10,
      next_attempt_at = clock_timestamp() + $11::float8 * interval '1 millisecond'
    where number = $5 and exists (select from place)),
  noted as (update webhook_endpoint set last_failure = $10 where id = $1 and exists (select from place))
  update webhook_position p set attempts = p.attempts + 1,
    retry_at = clock_timestamp() + coalesce($11::float8, 0) * interval '1 millisecond'
  from place where p.endpoint_id = $1 and p.team_id = $2 returning p.delivery::float8`

/**
 * Notes a failed attempt, and when the next one is due. Returns the number of its delivery; null: the position was moved
 * meanwhile, and the attempt counts for nothing.
 */
export async function recordFailed(client: Client, failed: FailedAttempt): Promise<number | null> {
  const { endpointId, teamId, from, event, attempt, failing, pauseMs } = failed
  const { status, latencyMs, answer, failure } = attempt
  const place = [endpointId, teamId, from.revision, from.number]
  const outcome = [status, latencyMs, answer, failure, pauseMs]
  const query =
    failing === null
      ? { name: 'webhook-failed', text: insertFailed, of: [event.revision, event.number, event.type] }
      : { name: 'webhook-failed-again', text: updateFailed, of: [failing.delivery, failing.attempts] }
  const { name, text, of } = query
  const { rows } = await client.query<{ delivery: number }>({ name, text, values: [...place, ...of, ...outcome] })
  return rows[0]?.delivery ?? null
}

const stillFailing = `
  select 1 from webhook_position p join webhook_endpoint e on e.id = p.endpoint_id
  where p.endpoint_id = $1 and p.team_id = $2 and p.delivery = $3 and e.deleted_at is null and e.disabled_at is null`

/** Whether the endpoint receives events, and waits for this delivery. */
export async function isFailing(client: Client, endpointId: number, failed: FailedDelivery): Promise<boolean> {
  const values = [endpointId, failed.teamId, failed.delivery]
  return (await client.query({ name: 'webhook-still-failing', text: stillFailing, values })).rows.length > 0
}

const writeRecovered = `
  with logged as (
    update webhook_delivery set attempts = attempts + 1, delivered = true, status = $7, latency_ms = $8, answer = $9,
      failure = null, next_attempt_at = null where number = $5),
  noted as (update webhook_endpoint set last_delivery_at = clock_timestamp() where id = $1)
  update webhook_position set revision = $10, number = $11, attempts = 0, failing_since = null, retry_at = null, delivery = null
  where endpoint_id = $1 and team_id = $2 and revision = $3 and number = $4 and delivery = $5 and attempts = $6 returning 1`

/** Notes that an event was delivered after failed attempts. False: the position was moved meanwhile. */
export async function recordRecovered(
  client: Client,
  { endpointId, teamId, from, event, attempt, failing }: Omit<FailedAttempt, 'pauseMs'> & { readonly failing: Failing },
): Promise<boolean> {
  const { status, latencyMs, answer } = attempt
  const place = [endpointId, teamId, from.revision, from.number, failing.delivery, failing.attempts]
  const values = [...place, status, latencyMs, answer, event.revision, event.number]
  return ((await client.query({ name: 'webhook-recovered', text: writeRecovered, values })).rowCount ?? 0) > 0
}

/** Where an endpoint reads on in one team. */
export type TeamPosition = EventPosition & { readonly teamId: TeamId }

// Instants of a team rise with its revisions, and notices follow their revision. `offset 0` keeps the planner from
// repeating the search.
const positionsBefore = `
  select a.team_id as "teamId", b.revision::float8, coalesce((
    select max(number) from account_notice
    where team_id = a.team_id and revision = b.revision and effective_at < ${instant('$2::float8')}), 0) as number
  from account a cross join lateral (
    select revision_at(a.team_id, ${instant('$2::float8')} - interval '1 millisecond') as revision offset 0) b
  where $1 = '${operatorId}' or a.team_id = $1 order by a.team_id`
const countBehind = `
  select coalesce(sum(c.count), 0)::float8 as count
  from unnest($1::text[], $2::bigint[], $3::integer[]) p(team_id, revision, number) cross join lateral (
    select (select count(*) from entry where team_id = p.team_id and revision > p.revision and type = any($4::text[]))
      + (select count(*) from account_notice where team_id = p.team_id and (revision, number) > (p.revision, p.number)
        and type = any($4::text[])) as count) c`
const lockReplays = "select pg_advisory_xact_lock(hashtextextended('webhook-replay:' || $1, 0))"
const moveTo = `
  insert into webhook_position (endpoint_id, team_id, revision, number)
  select $1, team_id, revision, number from unnest($2::text[], $3::bigint[], $4::integer[]) p(team_id, revision, number)
  on conflict (endpoint_id, team_id) do update set revision = excluded.revision, number = excluded.number, attempts = 0,
    failing_since = null, retry_at = null, delivery = null`
const endFailures = `
  with failing as (
    select team_id, delivery from webhook_position where endpoint_id = $1 and attempts > 0 for no key update),
  logged as (update webhook_delivery set next_attempt_at = null where number in (select delivery from failing))
  update webhook_position p set attempts = 0, failing_since = null, retry_at = null, delivery = null
  from failing f where p.endpoint_id = $1 and p.team_id = f.team_id`

const columnsOf = (to: readonly TeamPosition[]) => [
  to.map(({ teamId }) => teamId),
  to.map(({ revision }) => revision),
  to.map(({ number }) => number),
]

/** The positions right before the first events from an instant on, in the teams of the owner. */
export async function readPositionsBefore(
  client: Client,
  { teamId }: Pick<Endpoint, 'teamId'>,
  since: Instant,
): Promise<readonly TeamPosition[]> {
  return (await client.query<TeamPosition>(positionsBefore, [teamId, since])).rows
}

/** How many events of these stored types are behind the positions. */
export async function countEventsBehind(
  client: Client,
  positions: readonly TeamPosition[],
  types: readonly string[],
): Promise<number> {
  const { rows } = await client.query<{ count: number }>(countBehind, [...columnsOf(positions), types])
  return rows[0]?.count ?? 0
}

/** Moves the endpoint, in the order of the teams. Its events that failed in other teams are due at once. */
export async function moveEndpoint(client: Client, id: number, to: readonly TeamPosition[]): Promise<void> {
  await client.query(lockReplays, [id])
  await client.query(endFailures, [id])
  await client.query(moveTo, [id, ...columnsOf(to)])
}
