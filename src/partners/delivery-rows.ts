import type { PoolClient } from 'pg'
import type { AccountEventType } from '../domain/event-type.ts'
import type { TeamId } from '../domain/identity.ts'
import { ms } from '../ledger/rows/instants.ts'
import { directionOf, newestFirst, type Span } from '../ledger/rows/span.ts'
import type { Delivery } from './delivery.ts'
import { keptDays } from './endpoint.ts'
import type { Attempt } from './post.ts'

type Client = Pick<PoolClient, 'query'>

const columns = `
  d.number::float8, d.endpoint_id::float8 as "endpointId", d.team_id as "teamId", d.revision::float8, d.place, d.type,
  d.attempts, d.delivered, d.status, d.latency_ms as "latencyMs", d.answer, d.failure, ${ms('d.at', 'at')},
  ${ms('d.next_attempt_at', '"nextAttemptAt"')}`

const between = (direction: 'asc' | 'desc') => `
  select ${columns} from webhook_delivery d
  where d.endpoint_id = $1 and d.number > $2 and d.number < $3 order by d.number ${direction} limit $4`
const readOne = `
  select ${columns} from webhook_delivery d join webhook_endpoint e on e.id = d.endpoint_id
  where d.number = $2 and e.team_id = $1 and e.deleted_at is null`
const insertTest = `
  insert into webhook_delivery (endpoint_id, team_id, type, attempts, delivered, at)
  values ($1, $2, $3, 1, false, clock_timestamp()) returning number::float8`
const writeAttempt = `
  with noted as (
    update webhook_endpoint e set last_failure = coalesce($7::text, e.last_failure),
      last_delivery_at = case when $3 then clock_timestamp() else e.last_delivery_at end
    from webhook_delivery sent where sent.number = $1 and e.id = sent.endpoint_id
  )
  update webhook_delivery d set attempts = d.attempts + $2, delivered = d.delivered or $3, status = $4, latency_ms = $5,
    answer = $6, failure = $7 where d.number = $1 returning ${columns}`

type Row = Omit<Delivery, 'position'> & { readonly revision: number | null; readonly place: number | null }

const toDelivery = ({ revision, place, ...row }: Row): Delivery => ({
  ...row,
  position: revision === null || place === null ? null : { revision, number: place },
})

/** Up to `limit` deliveries of an endpoint, the newest first. */
export async function readDeliveries(
  client: Client,
  endpointId: number,
  span: Span,
  limit: number,
): Promise<readonly Delivery[]> {
  const direction = directionOf(span)
  const { rows } = await client.query<Row>({
    name: `webhook-deliveries-${direction}`,
    text: between(direction),
    values: [endpointId, span.above, span.below, limit],
  })
  return newestFirst(rows.map(toDelivery), span)
}

/** A delivery of an endpoint that this owner has; null: there is none. */
export async function findDelivery(client: Client, owner: TeamId, number: number): Promise<Delivery | null> {
  const values = [owner, number]
  const [row] = (await client.query<Row>({ name: 'webhook-delivery', text: readOne, values })).rows
  return row === undefined ? null : toDelivery(row)
}

/** The number of a delivery that is about to be attempted. */
export async function insertTestDelivery(
  client: Client,
  { endpointId, teamId, type }: Pick<Delivery, 'endpointId' | 'teamId' | 'type'>,
): Promise<number> {
  const { rows } = await client.query<{ number: number }>(insertTest, [endpointId, teamId, type])
  if (rows[0] === undefined) throw new Error('The delivery was not inserted')
  return rows[0].number
}

/** Writes what an attempt came to. `more`: by how many the count of attempts grows. Null: the log has been cleared of it. */
export async function writeAttemptOf(
  client: Client,
  number: number,
  { status, latencyMs, answer, failure }: Attempt,
  more: 0 | 1,
): Promise<Delivery | null> {
  const values = [number, more, failure === null, status, latencyMs, answer, failure]
  const [row] = (await client.query<Row>({ name: 'webhook-attempt', text: writeAttempt, values })).rows
  return row === undefined ? null : toDelivery(row)
}

/** A stream that moves from one place to another, past the events of `sent`. */
export type Passed = {
  readonly endpointId: number
  readonly teamId: TeamId
  readonly from: { readonly revision: number; readonly number: number }
  readonly to: { readonly revision: number; readonly number: number }
  readonly sent: readonly Sent[]
}

/** One event that was delivered by its first attempt. */
export type Sent = {
  readonly revision: number
  readonly number: number
  readonly type: AccountEventType
  readonly status: number | null
  readonly latencyMs: number
  readonly answer: string | null
}

// A position that was moved meanwhile, or is being moved, stays where it is: this statement is of all endpoints, and waits
// for none. The log has what was sent, in any case. The time of the last delivery is written once a second at most.
const writePassed = `
  with passed as (
    select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::integer[], $5::bigint[], $6::integer[])
      p(endpoint_id, team_id, from_revision, from_number, revision, number)
  ),
  sent as (
    select * from unnest($7::bigint[], $8::text[], $9::bigint[], $10::integer[], $11::text[], $12::integer[],
      $13::integer[], $14::text[]) s(endpoint_id, team_id, revision, place, type, status, latency_ms, answer)
  ),
  logged as (
    insert into webhook_delivery (endpoint_id, team_id, revision, place, type, attempts, delivered, status, latency_ms, answer, at)
    select endpoint_id, team_id, revision, place, type, 1, true, status, latency_ms, answer,
      clock_timestamp() - latency_ms * interval '1 millisecond' from sent
  ),
  noted as (
    update webhook_endpoint e set last_delivery_at = clock_timestamp()
    where e.id in (
      select id from webhook_endpoint where id in (select endpoint_id from sent)
        and (last_delivery_at is null or last_delivery_at < clock_timestamp() - interval '1 second')
      for no key update skip locked)
  ),
  free as (
    select w.endpoint_id, w.team_id, p.revision, p.number from webhook_position w join passed p
      on w.endpoint_id = p.endpoint_id and w.team_id = p.team_id and w.revision = p.from_revision
        and w.number = p.from_number
    where w.attempts = 0 for no key update of w skip locked
  )
  update webhook_position w set revision = p.revision, number = p.number
  from free p where w.endpoint_id = p.endpoint_id and w.team_id = p.team_id
  returning w.endpoint_id::float8 as "endpointId", w.team_id as "teamId"`

/** Moves positions and logs deliveries, in one statement. Returns the streams whose position was where they believed. */
export async function recordPassed(
  client: Client,
  passed: readonly Passed[],
): Promise<readonly Pick<Passed, 'endpointId' | 'teamId'>[]> {
  const sent = passed.flatMap(({ endpointId, teamId, sent }) => sent.map((one) => ({ endpointId, teamId, ...one })))
  const values = [
    passed.map(({ endpointId }) => endpointId),
    passed.map(({ teamId }) => teamId),
    passed.map(({ from }) => from.revision),
    passed.map(({ from }) => from.number),
    passed.map(({ to }) => to.revision),
    passed.map(({ to }) => to.number),
    sent.map(({ endpointId }) => endpointId),
    sent.map(({ teamId }) => teamId),
    sent.map(({ revision }) => revision),
    sent.map(({ number }) => number),
    sent.map(({ type }) => type),
    sent.map(({ status }) => status),
    sent.map(({ latencyMs }) => latencyMs),
    sent.map(({ answer }) => answer),
  ]
  return (await client.query({ name: 'webhook-passed', text: writePassed, values })).rows
}

const deleteOld = `
  delete from webhook_delivery where number in (
    select number from webhook_delivery order by number limit 5000
  ) and at < clock_timestamp() - interval '${keptDays} days'`
const deletePositions = `
  delete from webhook_position w using (
    select p.endpoint_id, p.team_id from webhook_endpoint e join webhook_position p on p.endpoint_id = e.id
    where e.deleted_at is not null limit 5000) gone
  where w.endpoint_id = gone.endpoint_id and w.team_id = gone.team_id`
const deleteDeliveries = `
  delete from webhook_delivery where number in (
    select d.number from webhook_endpoint e join webhook_delivery d on d.endpoint_id = e.id
    where e.deleted_at is not null limit 5000)`
// For a day the endpoint counts among those that its owner has made.
const deleteEmpty = `
  delete from webhook_endpoint e where deleted_at < clock_timestamp() - interval '1 day'
    and not exists (select from webhook_position p where p.endpoint_id = e.id)
    and not exists (select from webhook_delivery d where d.endpoint_id = e.id)`

/** Deletes some of the log that is older than 30 days, and of what deleted endpoints have left. Whether there is more. */
export async function clearLog(client: Client): Promise<boolean> {
  let cleared = 0
  for (const text of [deleteOld, deletePositions, deleteDeliveries]) cleared += (await client.query(text)).rowCount ?? 0
  await client.query(deleteEmpty)
  return cleared > 0
}
