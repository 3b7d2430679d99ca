import type { Pool } from 'pg'
import type { Catalog } from '../../catalog/catalog.ts'
import { InvalidPublication } from '../../domain/errors.ts'
import type { Instant } from '../../domain/identity.ts'
import { whenceOf, whoOf } from '../history/audit-records.ts'
import { ms } from '../rows/instants.ts'
import type { Publishing } from './publication.ts'

const publishCatalog = `
  select result, ${ms('effective')} from publish_catalog($1, $2, $3, $4, $5)`
/**
 * Publishes a catalog and writes the audit record, if this had an effect. Each version follows the one that was in
 * force before it.
 */
const publishAudited = `
  with publication as materialized (select result, effective from publish_catalog($1, $2, $3, $4, $5)),
    audited as (
      insert into audit_record
        (team_id, caller_id, caller_role, credential, mutation, reference, address, trace_id, before, after)
      select '', $6, $7, $8, $9, $1, $10, $11,
        (select jsonb_build_object('version', p.version) from catalog_publication p
          where p.effective_from < effective order by p.effective_from desc limit 1),
        jsonb_build_object('version', $1::text, 'effectiveFrom',
          to_char(effective at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      from publication where result = 'published')
  select result, ${ms('effective')} from publication`

const refusals = {
  late: 'it would take effect before every gateway can know it: give an instant at least 3 seconds from now, or none for as soon as may be',
  taken: 'another catalog takes effect at that very instant: give another instant',
} as const

type Row = { readonly result: keyof typeof refusals | 'published' | 'repeated'; readonly effective: number }

/** Stores the catalog under `version`. Returns the instant from which it is in force, or why it can't be published. */
export async function storePublication(
  pool: Pool,
  version: string,
  { source }: Pick<Catalog, 'source'>,
  { origin, publishedBy, effectiveFrom, act }: Publishing,
): Promise<Instant | InvalidPublication> {
  const wanted = effectiveFrom === null ? null : new Date(effectiveFrom)
  const { rows } = await pool.query<Row>(act === undefined ? publishCatalog : publishAudited, [
    version,
    source,
    origin,
    publishedBy,
    wanted,
    ...(act === undefined ? [] : [...whoOf(act), ...whenceOf(act)]),
  ])
  const [row] = rows
  if (row === undefined) throw new Error('A publication had no result')
  if (row.result === 'taken' || row.result === 'late') return new InvalidPublication({ reason: refusals[row.result] })
  return Math.round(row.effective)
}
