import type { PoolClient } from 'pg'
import { operatorId } from '../access/viewer.ts'
import type { Database } from '../database/open.ts'
import type { Act, AuditFacts } from '../domain/audit.ts'
import type { TeamId } from '../domain/identity.ts'
import { writeAuditRecord } from '../ledger/history/audit-records.ts'
import { ms } from '../ledger/rows/instants.ts'
import { type Endpoint, maxEndpoints, maxEndpointsADay, rotationHours, type SendingEndpoint } from './endpoint.ts'
import type { FailedDelivery } from './position-rows.ts'
import type { SecretBox } from './signing-keys.ts'

type Client = Pick<PoolClient, 'query'>

/** A new endpoint's values. */
export type EndpointTerms = Pick<Endpoint, 'teamId' | 'url' | 'types' | 'selection'>
/** A new secret: sealed, and its public key. */
export type SealedSecret = { readonly sealed: Buffer; readonly publicKey: string }
export type TooManyEndpoints = 'LIVE' | 'MADE_TODAY'

const columns = `
  id::float8, team_id as "teamId", url, types, selection, public_key as "publicKey", ${ms('created_at', '"createdAt"')},
  ${ms('disabled_at', '"disabledAt"')}, ${ms('last_delivery_at', '"lastDeliveryAt"')}, last_failure as "lastFailure"`

const lockOwner = "select pg_advisory_xact_lock(hashtextextended('webhook-endpoints:' || $1, 0))"
const countOf = `
  select (count(*) filter (where deleted_at is null))::int as live,
    (count(*) filter (where created_at > clock_timestamp() - interval '24 hours'))::int as "madeToday"
  from webhook_endpoint where team_id = $1`
const insertEndpoint = `
  insert into webhook_endpoint (team_id, url, types, selection, secret, public_key, created_at)
  values ($1, $2, $3, $4, $5, $6, clock_timestamp()) returning ${columns}`
// A team that begins while this is under way has no row, and is read from its first event on.
const beginAtPresent = `
  insert into webhook_position (endpoint_id, team_id, revision, number)
  select $1, team_id, revision, case when last_event_revision = revision then last_event_number else 0 end
  from account where $2 = '${operatorId}' or team_id = $2`
const listEndpoints = `select ${columns} from webhook_endpoint where team_id = $1 and deleted_at is null order by id desc`
const readEndpoint = `select ${columns} from webhook_endpoint where team_id = $1 and id = $2 and deleted_at is null`
const deleteEndpoint = `
  update webhook_endpoint set deleted_at = clock_timestamp(), secret = '', previous_secret = null, previous_until = null
  where team_id = $1 and id = $2 and deleted_at is null returning ${columns}`
const rotateSecret = `
  update webhook_endpoint set previous_secret = secret, secret = $3, public_key = $4,
    previous_until = clock_timestamp() + interval '${rotationHours} hours'
  where team_id = $1 and id = $2 and deleted_at is null returning ${columns}`

const factsOf = ({ url, types, selection }: Endpoint): AuditFacts => ({ url: hostOf(url), types, selection })

/** The path may be a secret of the receiver. */
const hostOf = (url: string): string => URL.parse(url)?.origin ?? ''

/** The name of an endpoint in audit records. */
export const referenceOf = ({ id }: Pick<Endpoint, 'id'>): string => `webhook:${id}`

/** The new endpoint, which begins at the present; or the limit that its owner has reached. */
export const createEndpoint = (
  database: Database,
  { teamId, url, types, selection }: EndpointTerms,
  { sealed, publicKey }: SealedSecret,
  act: Act,
): Promise<Endpoint | TooManyEndpoints> =>
  database.transaction(async (client) => {
    await client.query(lockOwner, [teamId])
    const counted = await client.query<{ live: number; madeToday: number }>(countOf, [teamId])
    const { live = 0, madeToday = 0 } = counted.rows[0] ?? {}
    if (live >= maxEndpoints) return 'LIVE'
    if (madeToday >= maxEndpointsADay) return 'MADE_TODAY'
    const { rows } = await client.query<Endpoint>(insertEndpoint, [teamId, url, types, selection, sealed, publicKey])
    const [endpoint] = rows
    if (endpoint === undefined) throw new Error('The endpoint was not inserted')
    await client.query(beginAtPresent, [endpoint.id, teamId])
    await audited(client, endpoint, act, { before: null, after: factsOf(endpoint) })
    return endpoint
  })

const audited = (
  client: Client,
  endpoint: Endpoint,
  act: Act,
  change: { readonly before: AuditFacts | null; readonly after: AuditFacts | null },
) => writeAuditRecord(client, endpoint.teamId, { ...act, reference: referenceOf(endpoint) }, change)

/** Leaves a record of an act that changes nothing of the endpoint itself, in the transaction of the act. */
export const auditInside = (client: Client, endpoint: Endpoint, act: Act, after: AuditFacts): Promise<void> =>
  audited(client, endpoint, act, { before: null, after })

/** The same, in a transaction of its own. */
export const auditEndpointAct = (database: Database, endpoint: Endpoint, act: Act, after: AuditFacts): Promise<void> =>
  database.transaction((client) => auditInside(client, endpoint, act, after))

/** Those that are not deleted, the newest first. */
export async function listEndpointsOf(client: Client, teamId: TeamId): Promise<readonly Endpoint[]> {
  const { rows } = await client.query<Endpoint>({ name: 'webhook-endpoints', text: listEndpoints, values: [teamId] })
  return rows
}

/** Null: the owner has no such endpoint. */
export async function findEndpoint(client: Client, teamId: TeamId, id: number): Promise<Endpoint | null> {
  const { rows } = await client.query<Endpoint>({ name: 'webhook-endpoint', text: readEndpoint, values: [teamId, id] })
  return rows[0] ?? null
}

/** The deleted endpoint, whose secrets are gone. Null: the owner has no such endpoint. */
export const removeEndpoint = (database: Database, teamId: TeamId, id: number, act: Act): Promise<Endpoint | null> =>
  database.transaction(async (client) => {
    const { rows } = await client.query<Endpoint>(deleteEndpoint, [teamId, id])
    const [endpoint] = rows
    if (endpoint === undefined) return null
    await audited(client, endpoint, act, { before: factsOf(endpoint), after: null })
    return endpoint
  })

/** Gives the endpoint a new secret. Null: the owner has no such endpoint. */
export const replaceSecret = (
  database: Database,
  { teamId, id }: Pick<Endpoint, 'teamId' | 'id'>,
  { sealed, publicKey }: SealedSecret,
  act: Act,
): Promise<Endpoint | null> =>
  database.transaction(async (client) => {
    const { rows } = await client.query<Endpoint>(rotateSecret, [teamId, id, sealed, publicKey])
    const [endpoint] = rows
    if (endpoint === undefined) return null
    await audited(client, endpoint, act, { before: null, after: { publicKey } })
    return endpoint
  })

const withSecrets = `${columns}, secret,
  case when previous_until > clock_timestamp() then previous_secret end as "previousSecret"`
const readActive = `select ${withSecrets} from webhook_endpoint where deleted_at is null and disabled_at is null`
const readSending = `select ${withSecrets} from webhook_endpoint where id = $1 and deleted_at is null`

/** Every endpoint that events are sent to. */
export async function readActiveEndpoints(client: Client): Promise<readonly SendingEndpoint[]> {
  return (await client.query<SendingEndpoint>({ name: 'webhook-active', text: readActive })).rows
}

export async function readSendingEndpoint(client: Client, id: number): Promise<SendingEndpoint | null> {
  return (
    (await client.query<SendingEndpoint>({ name: 'webhook-sending', text: readSending, values: [id] })).rows[0] ?? null
  )
}

const readSecrets = `
  select id::float8, secret, previous_secret as "previousSecret" from webhook_endpoint where deleted_at is null`
const reseal = 'update webhook_endpoint set secret = $3 where id = $1 and secret = $2'
const resealPrevious = 'update webhook_endpoint set previous_secret = $3 where id = $1 and previous_secret = $2'

/** Seals with the gateway's present secret what its previous one sealed, so that the previous one may go. */
export async function resealSecrets(client: Client, box: SecretBox): Promise<void> {
  if (!box.hasPrevious) return
  const { rows } = await client.query<Pick<SendingEndpoint, 'id' | 'secret' | 'previousSecret'>>(readSecrets)
  for (const { id, secret, previousSecret } of rows) {
    for (const [sealed, text] of [[secret, reseal] as const, [previousSecret, resealPrevious] as const]) {
      const opened = sealed && box.open(sealed)
      if (opened?.isOld) await client.query(text, [id, sealed, box.seal(opened.seed)])
    }
  }
}

const disable = `
  update webhook_endpoint set disabled_at = clock_timestamp(), last_failure = $2
  where id = $1 and disabled_at is null and deleted_at is null and exists (
    select from webhook_position where endpoint_id = $1 and team_id = $3 and delivery = $4)`

/** Changes nothing where the endpoint no longer waits for the delivery, because it was replayed. */
export async function disableEndpoint(
  client: Client,
  id: number,
  failure: string,
  { teamId, delivery }: FailedDelivery,
): Promise<void> {
  await client.query(disable, [id, failure, teamId, delivery])
}

const enable = 'update webhook_endpoint set disabled_at = null where id = $1 and deleted_at is null'

export async function enableEndpoint(client: Client, id: number): Promise<void> {
  await client.query(enable, [id])
}
