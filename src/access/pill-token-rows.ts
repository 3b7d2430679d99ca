import type { Database } from '../database/open.ts'
import type { Act } from '../domain/audit.ts'
import { type Instant, type MemberId, memberId, type TeamId } from '../domain/identity.ts'
import { writeAuditRecord } from '../ledger/history/audit-records.ts'
import { ms } from '../ledger/rows/instants.ts'
import type { Secret } from './secret.ts'
import type { PillMaker, PillUse } from './viewer.ts'

/** A pill token as it is stored; the secret is not kept. */
export type PillToken = {
  readonly teamId: TeamId
  readonly memberId: MemberId
  readonly use: PillUse
  /** Null: it is taken from everywhere. */
  readonly origin: string | null
  readonly maker: PillMaker
  readonly prefix: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

export type PillTerms = Pick<PillToken, 'teamId' | 'memberId' | 'use' | 'origin' | 'maker'> & {
  readonly seconds: number
  /** The token ends at this instant at the latest: the end of the credential that makes it. */
  readonly endsBy: Instant
}

type Row = Omit<PillToken, 'maker'> & {
  readonly hash: string
  readonly makerKind: PillMaker['kind']
  readonly makerOwner: TeamId
  readonly makerSubject: string
  readonly isMakerRevoked: boolean
}

/** Each new token removes up to two that have ended, so the table follows the number of live ones. */
const insertToken = `
  with ended as (
    delete from pill_token where hash in (
      select hash from pill_token where expires_at < clock_timestamp() - interval '1 hour'
      order by expires_at limit 2 for update skip locked))
  insert into pill_token (hash, prefix, team_id, member_id, use, origin, maker_kind, maker_owner, maker_subject, created_at,
    expires_at)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9, now, least(now + make_interval(secs => $10::float8), to_timestamp($11::float8 / 1000))
  from clock_timestamp() now
  returning ${ms('expires_at', 'at')}`

const readByHash = `
  select encode(p.hash, 'hex') as hash, p.prefix, p.team_id as "teamId", p.member_id as "memberId", p.use, p.origin,
    p.maker_kind as "makerKind", p.maker_owner as "makerOwner", p.maker_subject as "makerSubject",
    ${ms('p.created_at', '"createdAt"')}, ${ms('p.expires_at', '"expiresAt"')}, k.revoked_at is not null as "isMakerRevoked"
  from pill_token p
    left join api_key k on p.maker_kind = 'KEY' and k.team_id = p.maker_owner and k.id::text = p.maker_subject
  where p.hash = any ($1::bytea[])`

const subjectOf = (maker: PillMaker): string => (maker.kind === 'KEY' ? `${maker.id}` : maker.memberId)

/** When the new token ends. */
export const createPillToken = (
  database: Database,
  terms: PillTerms,
  { prefix, hash }: Secret,
  act: Act,
): Promise<Instant> =>
  database.transaction(async (client) => {
    const { teamId, memberId: member, use, origin, maker, seconds, endsBy } = terms
    const made = [maker.kind, maker.owner, subjectOf(maker)]
    const values = [hash, prefix, teamId, member, use, origin, ...made, seconds, endsBy === Infinity ? null : endsBy]
    const { rows } = await client.query<{ at: Instant }>({ name: 'create-pill-token', text: insertToken, values })
    const [row] = rows
    if (row === undefined) throw new Error('The pill token was not inserted')
    const after = { memberId: member, use, origin, expiresAt: new Date(row.at).toISOString() }
    await writeAuditRecord(client, teamId, { ...act, reference: prefix }, { before: null, after })
    return row.at
  })

export type StoredPillToken = PillToken & { readonly isMakerRevoked: boolean }

/** The pill token whose secret has this hash, in hex. */
export async function pillTokensByHash(
  { pool }: Database,
  hashes: readonly string[],
): Promise<Map<string, StoredPillToken>> {
  const values = [[...new Set(hashes)].map((hash) => Buffer.from(hash, 'hex'))]
  const { rows } = await pool.query<Row>({ name: 'pill-tokens-by-hash', text: readByHash, values })
  return new Map(rows.map(({ hash, ...row }) => [hash, { ...row, maker: makerOf(row) }]))
}

const makerOf = ({ makerKind: kind, makerOwner: owner, makerSubject: subject }: Omit<Row, 'hash'>): PillMaker =>
  kind === 'KEY' ? { kind, owner, id: Number(subject) } : { kind, owner, memberId: memberId(subject) }
