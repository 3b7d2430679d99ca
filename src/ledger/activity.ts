import type { PoolClient } from 'pg'
import type { ChargeLine } from '../domain/charge.ts'
import type { Credits } from '../domain/credits.ts'
import type { GrantKind } from '../domain/grant.ts'
import { chargeId, type Instant, type MemberId, type Revision, type TeamId } from '../domain/identity.ts'
import type { ActivityType } from '../domain/posting.ts'
import { readCharges } from './charges.ts'
import { instant, ms } from './instants.ts'

/** One posting as people see it. */
export type Activity = {
  readonly teamId: TeamId
  readonly revision: Revision
  readonly type: ActivityType
  readonly at: Instant
  readonly amount: Credits
  readonly balanceAfter: Credits
  readonly memberId: MemberId | null
  readonly lines: readonly ChargeLine[]
  readonly rateCardVersion: string | null
  readonly reference: string | null
  readonly reason: string | null
  /** Of a GRANT: what came; null for everything else. */
  readonly grantKind: GrantKind | null
}

export type ActivityFilter = {
  readonly from: Instant | null
  readonly to: Instant | null
  readonly types: readonly ActivityType[] | null
  readonly memberId: string | null
  readonly rate: string | null
}

type Client = Pick<PoolClient, 'query'>

const columns = `p.revision::float8, p.type, ${ms('p.effective_at', 'at')}, p.change::text,
  p.available_after::text, p.member_id, p.reference, p.reason, p.rate_card_version,
  case p.type when 'GRANT' then (select g.kind from credit_grant g where g.team_id = p.team_id and g.id = p.grant_id) end
    as grant_kind`

/**
 * Up to `limit` activities before revision `before`, newest first. Costs the same at any depth: each page starts at its
 * place in an index, or, among the newest, in the entries since the last checkpoint.
 */
export async function readActivity(
  client: Client,
  teamId: TeamId,
  filter: ActivityFilter,
  before: Revision | null,
  limit: number,
): Promise<Activity[]> {
  const { after, through } = await revisionRange(client, teamId, filter)
  const range = { after, below: Math.min(before ?? Infinity, through + 1, Number.MAX_SAFE_INTEGER) }
  const facet = rarestFacet(filter)
  const rows =
    facet === null
      ? await postingsBelow(client, teamId, range, limit)
      : await postingsOfFacet(client, teamId, filter, facet, range, limit)
  return withLines(client, teamId, rows)
}

/** Activities of a team by their revisions; those that exist. */
export async function readActivities(
  client: Client,
  teamId: TeamId,
  revisions: readonly Revision[],
): Promise<Activity[]> {
  const text = `select ${columns} from entry p where p.team_id = $1 and p.revision = any($2) and p.type is not null order by p.revision`
  const { rows } = await client.query({ name: 'activities', text, values: [teamId, revisions] })
  return withLines(client, teamId, rows)
}

async function revisionRange(client: Client, teamId: TeamId, { from, to }: ActivityFilter) {
  if (from === null && to === null) return { after: 0, through: Number.MAX_SAFE_INTEGER }
  const text = `select revision_at($1, ${instant('($2::float8 - 1)')})::float8 as after,
    revision_at($1, ${instant('($3::float8 - 1)')})::float8 as through`
  const { rows } = await client.query({
    name: 'revision-range',
    text,
    values: [teamId, from ?? 0, to ?? 253402300799000],
  })
  return rows[0] as { after: Revision; through: Revision }
}

type Range = { readonly after: Revision; readonly below: Revision }
type Facet = { readonly name: 'rate' | 'member' | 'type'; readonly values: readonly string[] }

/** What the filter is looked up by; the rest of it is checked on what is found. */
function rarestFacet({ rate, memberId, types }: ActivityFilter): Facet | null {
  if (rate !== null) return { name: 'rate', values: [rate] }
  if (memberId !== null) return { name: 'member', values: [memberId] }
  return types === null ? null : { name: 'type', values: types }
}

async function postingsBelow(client: Client, teamId: TeamId, range: Range, limit: number): Promise<PostingRow[]> {
  const text = `select ${columns} from entry p
    where p.team_id = $1 and p.revision > $2 and p.revision < $3 and p.type is not null
    order by p.revision desc limit $4`
  const values = [teamId, range.after, range.below, limit]
  return (await client.query({ name: 'postings-below', text, values })).rows
}

const entriesOf: Record<Facet['name'], string> = {
  rate: 'rate = any($2)',
  member: 'member_id = any($2)',
  type: 'type = any($2)',
}

/** Up to the last checkpoint from the facets, behind it from the entries, of which there are few. */
const facetPage = (name: Facet['name']) => `
  with checkpointed as (select coalesce(max(revision), 0) as through from checkpoint where team_id = $1)
  select posting::float8 from (
    (select distinct posting from entry where team_id = $1 and ${entriesOf[name]} and revision < $4
       and revision > greatest($3, (select through from checkpointed)) and posting < $4 order by posting desc limit $5)
    union all
    (select f.posting from unnest($2::text[]) v(value) cross join lateral (
       select posting from posting_facet where team_id = $1 and facet = '${name}' and value = v.value
         and posting > $3 and posting < $4 order by posting desc limit $5) f)
  ) found order by posting desc limit $5`

async function postingsOfFacet(
  client: Client,
  teamId: TeamId,
  filter: ActivityFilter,
  { name, values }: Facet,
  range: Range,
  limit: number,
): Promise<PostingRow[]> {
  const { where, values: conditionValues } = conditions(filter, 3)
  const matching = `select ${columns} from entry p where p.team_id = $1 and p.revision = any($2)${where} order by p.revision desc`
  const found: PostingRow[] = []
  let below = range.below
  while (found.length < limit) {
    const page = { name: `facet-${name}`, text: facetPage(name), values: [teamId, values, range.after, below, limit] }
    const postings: Revision[] = (await client.query(page)).rows.map((row) => row.posting)
    if (postings.length > 0) {
      const wanted = { text: matching, values: [teamId, postings, ...conditionValues] }
      found.push(...(await client.query(wanted)).rows)
    }
    if (postings.length < limit) break
    below = postings.at(-1) ?? 0
  }
  return found.slice(0, limit)
}

function conditions(filter: ActivityFilter, first: number): { where: string; values: unknown[] } {
  const values: unknown[] = []
  let where = ''
  if (filter.types !== null) {
    where += ` and p.type = any($${first + values.length})`
    values.push(filter.types)
  }
  if (filter.memberId !== null) {
    where += ` and p.member_id = $${first + values.length}`
    values.push(filter.memberId)
  }
  return { where, values }
}

async function withLines(client: Client, teamId: TeamId, rows: readonly PostingRow[]): Promise<Activity[]> {
  const ids = rows.filter((row) => row.type === 'CHARGE').map((row) => chargeId(row.revision))
  const charges = await readCharges(client, teamId, ids)
  return rows.map((row) => ({
    teamId,
    revision: row.revision,
    type: row.type,
    at: row.at,
    amount: BigInt(row.change),
    balanceAfter: BigInt(row.available_after),
    memberId: row.member_id as MemberId | null,
    lines: charges.get(chargeId(row.revision))?.lines ?? [],
    rateCardVersion: row.rate_card_version,
    reference: row.reference,
    reason: row.reason,
    grantKind: row.grant_kind,
  }))
}

type PostingRow = {
  revision: Revision
  type: ActivityType
  at: Instant
  change: string
  available_after: string
  member_id: string | null
  reference: string | null
  reason: string | null
  grant_kind: GrantKind | null
  rate_card_version: string | null
}
