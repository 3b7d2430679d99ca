import type { Database } from '../database/open.ts'
import type { Act } from '../domain/audit.ts'
import { type Instant, type MemberId, memberId, type TeamId } from '../domain/identity.ts'
import { writeAuditRecord } from '../ledger/history/audit-records.ts'
import { ms } from '../ledger/rows/instants.ts'

/** A revocation, or a change of a key that has to be read again. `teamId` is '' for the operator's own credentials; a `memberId` of null stands for every member. */
export type Revocation =
  | { readonly kind: 'TOKENS'; readonly teamId: TeamId; readonly memberId: MemberId | null; readonly at: Instant }
  | { readonly kind: 'KEY'; readonly teamId: TeamId; readonly id: number }
  | { readonly kind: 'KEY_CHANGED'; readonly teamId: TeamId; readonly id: number; readonly at: Instant }

/**
 * The most members whose tokens are revoked one by one: every gateway keeps them in memory. Revoking the tokens of the
 * whole team forgets them.
 */
export const maxMembersRevoked = 10_000

const pageSize = 10_000

type Row = { number: string; team_id: TeamId; kind: Revocation['kind']; subject: string; at: number }

const readSince = `
  select number, team_id, kind, subject, ${ms('revoked_at', 'at')} from revocation
  where number > $1 and kind = any ($2::text[]) order by number limit ${pageSize}`
const countOthers = `
  select count(*)::int as others from revocation
  where team_id = $1 and kind = 'TOKENS' and subject not in ('', $2)`
const forgetMembers = `delete from revocation where team_id = $1 and kind = 'TOKENS' and subject <> ''`
const readRevoked = `
  select ${ms('revoked_at', 'at')} from revocation where team_id = $1 and kind = 'TOKENS' and subject = $2`
const revoke = `
  with turn as (update access_turn set number = number + 1 returning number)
  insert into revocation as known (team_id, kind, subject, revoked_at, number)
  select $1, 'TOKENS', $2, clock_timestamp(), number from turn
  on conflict (team_id, kind, subject)
    do update set revoked_at = greatest(known.revoked_at, excluded.revoked_at), number = excluded.number
  returning ${ms('revoked_at', 'at')}`

/** The number of the latest revocation. */
export async function readPosition({ pool }: Database): Promise<bigint> {
  const { rows } = await pool.query<{ number: string }>('select number from access_turn')
  return BigInt(rows[0]?.number ?? 0)
}

/** Hands over what was revoked behind `position`, in order and in pages; resolves to the position of the last. */
export async function readRevocations(
  { pool }: Database,
  position: bigint,
  kinds: readonly Revocation['kind'][],
  take: (revocations: readonly Revocation[]) => void,
): Promise<bigint> {
  for (let last = position; ; ) {
    const { rows } = await pool.query<Row>({ name: 'read-revocations', text: readSince, values: [last, kinds] })
    if (rows.length > 0) take(rows.map(revocationOf))
    last = BigInt(rows.at(-1)?.number ?? last)
    if (rows.length < pageSize) return last
  }
}

function revocationOf({ team_id: teamId, kind, subject, at }: Row): Revocation {
  if (kind === 'KEY') return { kind, teamId, id: Number(subject) }
  if (kind === 'KEY_CHANGED') return { kind, teamId, id: Number(subject), at }
  return { kind, teamId, memberId: subject === '' ? null : memberId(subject), at }
}

const factsOf = ({ at }: { at: number }) => ({ revokedAt: new Date(at).toISOString() })

/**
 * Revokes the tokens of a member, or of all members (null), made until now. Null: too many members' tokens were revoked
 * one by one.
 */
export const revokeTokens = (
  database: Database,
  teamId: TeamId,
  member: MemberId | null,
  act: Act,
): Promise<Extract<Revocation, { kind: 'TOKENS' }> | null> =>
  database.transaction(async (client) => {
    await client.query('select number from access_turn for update')
    const [before] = (await client.query<{ at: number }>(readRevoked, [teamId, member ?? ''])).rows
    if (member === null) await client.query(forgetMembers, [teamId])
    else {
      const { rows } = await client.query<{ others: number }>(countOthers, [teamId, member])
      if ((rows[0]?.others ?? 0) >= maxMembersRevoked) return null
    }
    const { rows } = await client.query<{ at: number }>(revoke, [teamId, member ?? ''])
    const [row] = rows
    if (row === undefined) throw new Error('A revocation was not written')
    const change = { before: before === undefined ? null : factsOf(before), after: factsOf(row) }
    await writeAuditRecord(client, teamId, { ...act, reference: member }, change)
    return { kind: 'TOKENS', teamId, memberId: member, at: row.at }
  })
