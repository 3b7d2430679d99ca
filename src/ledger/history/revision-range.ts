import type { PoolClient } from 'pg'
import type { Instant, Revision, TeamId } from '../../domain/identity.ts'
import { instant } from '../rows/instants.ts'

/** The revisions above `after`, up to and including `through`. */
export type RevisionRange = { readonly after: Revision; readonly through: Revision }

const text = `select revision_at($1, ${instant('($2::float8 - 1)')})::float8 as after,
  revision_at($1, ${instant('($3::float8 - 1)')})::float8 as through`

const end = Date.parse('9999-12-31T23:59:59Z')

/** The revisions of a team that are effective from `from` on and before `to`; null: without that bound. */
export async function readRevisionRange(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  from: Instant | null,
  to: Instant | null,
): Promise<RevisionRange> {
  if (from === null && to === null) return { after: 0, through: Number.MAX_SAFE_INTEGER }
  const { rows } = await client.query({ name: 'revision-range', text, values: [teamId, from ?? 0, to ?? end] })
  return rows[0]
}
