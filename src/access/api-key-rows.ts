import type { PoolClient } from 'pg'
import type { Database } from '../database/open.ts'
import type { Act, AuditFacts } from '../domain/audit.ts'
import { type Instant, type MemberId, memberId, type TeamId } from '../domain/identity.ts'
import { writeAuditRecord } from '../ledger/history/audit-records.ts'
import { ms } from '../ledger/rows/instants.ts'
import type { KeyScope } from './key-scope.ts'
import type { Secret } from './secret.ts'

/** A key as people see it, without the secret, which is not stored. `teamId` is '' for the operator's own keys. */
export type ApiKey = {
  readonly teamId: TeamId
  /** Keys of each team are numbered from 1. */
  readonly id: number
  readonly name: string
  /** The first characters of each of its secrets. */
  readonly prefix: string
  readonly scopes: readonly KeyScope[]
  readonly createdAt: Instant
  readonly lastUsedAt: Instant | null
  readonly expiresAt: Instant | null
  readonly revokedAt: Instant | null
  readonly rotatedAt: Instant | null
  /** The first instant at which none of its earlier secrets is accepted; null: none is now. */
  readonly previousSecretUntil: Instant | null
  /** The addresses and ranges from which it is accepted, as `canonicalRange` writes them; null: from every one. */
  readonly allowedAddresses: readonly string[] | null
  /** The last rotation or change of its addresses. */
  readonly changedAt: Instant | null
}

/** A key by one of its secrets. `secretUntil`: an earlier secret ends then; null: it is the present one. */
export type KeyBySecret = ApiKey & { readonly secretUntil: Instant | null }

export type KeyTerms = Pick<ApiKey, 'teamId' | 'name' | 'scopes' | 'expiresAt' | 'allowedAddresses'>

/** The member id of a key: in a team's history, and as `callerId` of a spending limit. */
export const actorOf = ({ prefix }: Pick<ApiKey, 'prefix'>): MemberId => memberId(prefix)

type Client = Pick<PoolClient, 'query'>

export const maxLiveKeys = 100
/** One owner creates at most this many keys in any 24 hours. */
export const maxKeysADay = 20
export type TooManyKeys = 'LIVE' | 'MADE_TODAY'
const maxListed = 200

const overlap = `(
  select max(until) from api_key_previous_secret previous
  where previous.team_id = api_key.team_id and previous.key_id = api_key.id and until > clock_timestamp()
    and api_key.revoked_at is null)`
export const columns = `
  api_key.team_id as "teamId", id, name, prefix, scopes, ${ms('created_at', '"createdAt"')},
  ${ms('last_used_at', '"lastUsedAt"')}, ${ms('expires_at', '"expiresAt"')}, ${ms('revoked_at', '"revokedAt"')},
  ${ms('rotated_at', '"rotatedAt"')}, ${ms(overlap, '"previousSecretUntil"')}, allowed_addresses as "allowedAddresses",
  ${ms('changed_at', '"changedAt"')}`
export const live = '(revoked_at is null and (expires_at is null or expires_at > clock_timestamp()))'

const lockOwner = "select pg_advisory_xact_lock(hashtextextended('api-keys:' || $1, 0))"
const readNext = `
  select coalesce(max(id), 0) + 1 as next, (count(*) filter (where ${live}))::int as live,
    (count(*) filter (where created_at > clock_timestamp() - interval '24 hours'))::int as "madeToday"
  from api_key where team_id = $1`
const insertKey = `
  insert into api_key (team_id, id, name, prefix, hash, scopes, created_at, expires_at, allowed_addresses)
  values ($1, $2, $3, $4, $5, $6, clock_timestamp(), to_timestamp($7::float8 / 1000), $8) returning ${columns}`
const listKeys = `
  select * from (
    select ${columns} from api_key where team_id = $1 order by ${live} desc, id desc limit ${maxListed}) listed
  order by id desc`
const readKey = `select ${columns} from api_key where team_id = $1 and id = $2::bigint`
const readByHash = `
  select encode(api_key.hash, 'hex') as hash, null::float8 as "secretUntil", ${columns}
  from api_key where hash = any ($1::bytea[])
  union all
  select encode(earlier.hash, 'hex'), ${ms('earlier.until', '"secretUntil"')}, ${columns}
  from api_key_previous_secret earlier join api_key on api_key.team_id = earlier.team_id and id = key_id
  where earlier.hash = any ($1::bytea[])`
const revokeKey = `
  update api_key set revoked_at = clock_timestamp() where team_id = $1 and id = $2::bigint and revoked_at is null
  returning ${columns}`
const tellOfKey = `
  with turn as (update access_turn set number = number + 1 returning number)
  insert into revocation (team_id, kind, subject, revoked_at, number)
  select $1, 'KEY', $2, to_timestamp($3::float8 / 1000), number from turn`
const noteUses = `
  update api_key k set last_used_at = clock_timestamp()
  from unnest($1::text[], $2::integer[]) used(team_id, id)
  where k.team_id = used.team_id and k.id = used.id
    and (k.last_used_at is null or k.last_used_at <= clock_timestamp() - interval '1 minute')`

const instantText = (instant: Instant | null) => (instant === null ? null : new Date(instant).toISOString())

export const factsOf = (key: ApiKey): AuditFacts => ({
  name: key.name,
  scopes: key.scopes,
  expiresAt: instantText(key.expiresAt),
  revokedAt: instantText(key.revokedAt),
  rotatedAt: instantText(key.rotatedAt),
  previousSecretUntil: instantText(key.previousSecretUntil),
  allowedAddresses: key.allowedAddresses,
})

/** The new key; or the limit that the owner has reached. */
export const createKey = (
  database: Database,
  { teamId, name, scopes, expiresAt, allowedAddresses }: KeyTerms,
  { prefix, hash }: Secret,
  act: Act,
): Promise<ApiKey | TooManyKeys> =>
  database.transaction(async (client) => {
    await client.query(lockOwner, [teamId])
    const { rows } = await client.query<{ next: number; live: number; madeToday: number }>(readNext, [teamId])
    const [{ next, live, madeToday } = { next: 1, live: 0, madeToday: 0 }] = rows
    if (live >= maxLiveKeys) return 'LIVE'
    if (madeToday >= maxKeysADay) return 'MADE_TODAY'
    const values = [teamId, next, name, prefix, hash, scopes, expiresAt, allowedAddresses]
    const made = await client.query<ApiKey>(insertKey, values)
    const [key] = made.rows
    if (key === undefined) throw new Error('The key was not inserted')
    await writeAuditRecord(client, teamId, { ...act, reference: prefix }, { before: null, after: factsOf(key) })
    return key
  })

/** The newest first: every live key, and at least the newest 100 of the ended ones. */
export async function listKeysOf(client: Client, teamId: TeamId): Promise<readonly ApiKey[]> {
  return (await client.query<ApiKey>({ name: 'api-keys', text: listKeys, values: [teamId] })).rows
}

export async function findKey(client: Client, teamId: TeamId, id: number): Promise<ApiKey | null> {
  return (await client.query<ApiKey>({ name: 'api-key', text: readKey, values: [teamId, id] })).rows[0] ?? null
}

/** The API keys of which a secret has one of these hashes, by hash; hashes in hex. */
export async function keysByHash({ pool }: Database, hashes: readonly string[]): Promise<Map<string, KeyBySecret>> {
  const values = [[...new Set(hashes)].map((hash) => Buffer.from(hash, 'hex'))]
  const { rows } = await pool.query<KeyBySecret & { hash: string }>({ name: 'keys-by-hash', text: readByHash, values })
  return new Map(rows.map(({ hash, ...key }) => [hash, key]))
}

/** The key, revoked; null: the owner has no such key. A second call is harmless: the time of the first counts. */
export const revoke = (database: Database, teamId: TeamId, id: number, act: Act): Promise<ApiKey | null> =>
  database.transaction(async (client) => {
    const { rows } = await client.query<ApiKey>(revokeKey, [teamId, id])
    const [key] = rows
    if (key === undefined) return (await client.query<ApiKey>(readKey, [teamId, id])).rows[0] ?? null
    await client.query(tellOfKey, [teamId, `${id}`, key.revokedAt])
    const change = { before: factsOf({ ...key, revokedAt: null }), after: factsOf(key) }
    await writeAuditRecord(client, teamId, { ...act, reference: key.prefix }, change)
    return key
  })

/** Notes that the keys were used now. A key that was noted within the last minute is not written again. */
export async function noteKeyUses(database: Database, used: readonly Pick<ApiKey, 'teamId' | 'id'>[]): Promise<void> {
  const values = [used.map(({ teamId }) => teamId), used.map(({ id }) => id)]
  await database.transaction((client) => client.query({ name: 'note-key-uses', text: noteUses, values }))
}
