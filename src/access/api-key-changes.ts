import type { PoolClient } from 'pg'
import type { Database } from '../database/open.ts'
import type { Act } from '../domain/audit.ts'
import type { TeamId } from '../domain/identity.ts'
import { writeAuditRecord } from '../ledger/history/audit-records.ts'
import { type ApiKey, columns, factsOf, live } from './api-key-rows.ts'
import { renewedSecret } from './secret.ts'

/** How long the earlier secrets of a key may be accepted after a rotation: a week. */
export const maxOverlapSeconds = 604_800
/** How many earlier secrets of a key may be accepted at once. */
export const maxPreviousSecrets = 5

export type Rotation = { readonly teamId: TeamId; readonly id: number; readonly overlapSeconds: number }
export type RotatedKey = { readonly key: ApiKey; readonly secret: string }
/** `ENDED`: the key was revoked or has expired. */
export type NotRotated = 'ENDED' | 'TOO_MANY_SECRETS'
export type Allowed = { readonly teamId: TeamId; readonly id: number; readonly addresses: readonly string[] | null }

const lockKey = `select ${columns}, hash, ${live} as "isLive" from api_key where team_id = $1 and id = $2::bigint for update`
const endSecrets = `
  delete from api_key_previous_secret
  where team_id = $1 and key_id = $2 and ($3::int = 0 or until <= clock_timestamp())`
/** A secret never gains time by a later rotation. */
const shortenSecrets = `
  update api_key_previous_secret set until = least(until, clock_timestamp() + make_interval(secs => $3::int))
  where team_id = $1 and key_id = $2`
const keepSecret = `
  insert into api_key_previous_secret (hash, team_id, key_id, until)
  values ($4, $1, $2, clock_timestamp() + make_interval(secs => $3::int))`
/** Later than the change before, also where the clock is not. */
const changed = `changed_at = greatest(clock_timestamp(), changed_at + interval '1 millisecond')`
const replaceSecret = `
  update api_key set hash = $3, rotated_at = clock_timestamp(), ${changed}
  where team_id = $1 and id = $2::bigint returning ${columns}`
const setAddresses = `
  update api_key set allowed_addresses = $3, ${changed} where team_id = $1 and id = $2::bigint returning ${columns}`
const tellOfChange = `
  with turn as (update access_turn set number = number + 1 returning number)
  insert into revocation (team_id, kind, subject, revoked_at, number)
  select $1, 'KEY_CHANGED', $2, to_timestamp($3::float8 / 1000), number from turn
  on conflict (team_id, kind, subject) do update set revoked_at = excluded.revoked_at, number = excluded.number`

type Locked = ApiKey & { readonly hash: Buffer; readonly isLive: boolean }

async function locked(client: PoolClient, teamId: TeamId, id: number): Promise<Locked | undefined> {
  return (await client.query<Locked>(lockKey, [teamId, id])).rows[0]
}

/** The key as it is now, which other gateways hear of and the audit log records. */
async function changedKey(client: PoolClient, before: ApiKey, after: ApiKey | undefined, act: Act): Promise<ApiKey> {
  if (after === undefined) throw new Error('The key was not changed')
  const { teamId, id, prefix, changedAt } = after
  await client.query(tellOfChange, [teamId, `${id}`, changedAt])
  const change = { before: factsOf(before), after: factsOf(after) }
  await writeAuditRecord(client, teamId, { ...act, reference: prefix }, change)
  return after
}

/**
 * The key with a new secret of the same prefix, which is returned only here. Its earlier secrets end after the overlap,
 * or when they would have ended anyway. Null: the owner has no such key.
 */
export const rotate = (
  database: Database,
  { teamId, id, overlapSeconds }: Rotation,
  act: Act,
): Promise<RotatedKey | NotRotated | null> =>
  database
    .transaction(async (client) => {
      const before = await locked(client, teamId, id)
      if (before === undefined) return null
      if (!before.isLive) return 'ENDED'
      const overlap = [teamId, id, overlapSeconds]
      await client.query(endSecrets, overlap)
      if (overlapSeconds > 0) {
        const { rowCount } = await client.query(shortenSecrets, overlap)
        if ((rowCount ?? 0) >= maxPreviousSecrets) throw new TooManySecrets()
        await client.query(keepSecret, [...overlap, before.hash])
      }
      const secret = renewedSecret(before.prefix)
      const { rows } = await client.query<ApiKey>(replaceSecret, [teamId, id, secret.hash])
      return { key: await changedKey(client, before, rows[0], act), secret: secret.text }
    })
    .catch((error) => {
      if (error instanceof TooManySecrets) return 'TOO_MANY_SECRETS' as const
      throw error
    })

/** Rolls the transaction back: a refused rotation shortens nothing. */
class TooManySecrets extends Error {}

/** The key, which is accepted from these addresses alone. The same ones again change nothing. */
export const allowAddresses = (
  database: Database,
  { teamId, id, addresses }: Allowed,
  act: Act,
): Promise<ApiKey | null> =>
  database.transaction(async (client) => {
    const before = await locked(client, teamId, id)
    if (before === undefined) return null
    const { hash: _, isLive: __, ...key } = before
    if (JSON.stringify(key.allowedAddresses) === JSON.stringify(addresses)) return key
    const { rows } = await client.query<ApiKey>(setAddresses, [teamId, id, addresses])
    return changedKey(client, key, rows[0], act)
  })
