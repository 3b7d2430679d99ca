import type { PoolClient } from 'pg'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { ChargeLine } from '../../domain/charge.ts'
import type { GrantKind } from '../../domain/grant.ts'
import {
  type ChargeId,
  chargeId,
  type GrantId,
  grantId,
  type HoldId,
  holdId,
  type Instant,
  type MemberId,
  type Revision,
  type TeamId,
} from '../../domain/identity.ts'
import type { ActivityType } from '../../domain/posting.ts'
import { ms } from '../rows/instants.ts'
import { directionOf, newestFirst, type Span } from '../rows/span.ts'
import { readCharges } from './charges.ts'
import { readRevisionRange } from './revision-range.ts'

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
  /** The kind of grant that a GRANT deposited; null for every other activity. */
  readonly grantKind: GrantKind | null
  /** The hold that the posting placed, charged, gave back or released; null: none. */
  readonly holdId: HoldId | null
  /** The charge that a REFUND gives back. */
  readonly chargeId: ChargeId | null
  /** The grant that the posting's last entry moved; null: none. */
  readonly grantId: GrantId | null
}

export type ActivityFilter = {
  readonly from: Instant | null
  readonly to: Instant | null
  readonly types: readonly ActivityType[] | null
  readonly memberId: string | null
  readonly rate: string | null
  /** Postings with any of these references; null: all postings. */
  readonly references: readonly string[] | null
}

/** The activities of a team that are read: those in `span` that pass the filter, at most `limit`. */
export type ActivitySearch = {
  readonly filter: ActivityFilter
  readonly span: Span
  readonly limit: number
}

type Client = Pick<PoolClient, 'query'>

const columns = `p.revision::float8, p.type, ${ms('p.effective_at', 'at')}, p.change::text,
  p.available_after::text, p.member_id, p.reference, p.reason, p.rate_card_version,
  p.hold_id::float8, p.charge_id::float8, p.grant_id::float8,
  case p.type when 'GRANT' then (select g.kind from credit_grant g where g.team_id = p.team_id and g.id = p.grant_id) end
    as grant_kind`

/** The result of a bounded search. It may have fewer items than requested, and still not be complete. */
export type ActivityPage = {
  /** The newest first. */
  readonly items: readonly Activity[]
  /** The search continues below this revision; a search from the oldest end, above it. Null: the search is complete. */
  readonly rest: Revision | null
}

/** The most postings that one page searches. */
const maxSearchedPostings = 5_000
/** The first search is short, because most filters find enough in it. */
const firstSearchedPostings = 200

/**
 * Up to `limit` activities of a span, newest first. The cost is the same at any depth: each page starts at its place in
 * an index, or, among the newest, in the entries since the last checkpoint. A filter with few matches searches at most
 * `maxSearchedPostings`; then `rest` says where the next page continues.
 */
export async function readActivity(
  client: Client,
  teamId: TeamId,
  { filter, span, limit }: ActivitySearch,
): Promise<ActivityPage> {
  const { after, through } = await readRevisionRange(client, teamId, filter.from, filter.to)
  const range = { ...span, above: Math.max(span.above, after), below: Math.min(span.below, through + 1) }
  const { rows, rest } = await search(client, teamId, { filter, span: range, limit: limit + 1 })
  const items = await withLines(client, teamId, rows.slice(0, limit))
  const goesOn = rows.length > limit
  return { items: newestFirst(items, span), rest: goesOn ? (items.at(-1)?.revision ?? span.below) : rest }
}

/** Activities of a team by their revisions; unknown revisions are left out. */
export async function readActivities(
  client: Client,
  teamId: TeamId,
  revisions: readonly Revision[],
): Promise<Activity[]> {
  const text = `select ${columns} from entry p where p.team_id = $1 and p.revision = any($2) and p.type is not null order by p.revision`
  const { rows } = await client.query({ name: 'activities', text, values: [teamId, revisions] })
  return withLines(client, teamId, rows)
}

type FacetName = 'reference' | 'rate' | 'member' | 'type'
type Facet = { readonly name: FacetName; readonly values: readonly string[] }
type Found = { readonly rows: readonly PostingRow[]; readonly rest: Revision | null }

function facetsOf({ references, rate, memberId, types }: ActivityFilter): Facet[] {
  const facets: Facet[] = []
  if (references !== null) facets.push({ name: 'reference', values: references })
  if (rate !== null) facets.push({ name: 'rate', values: [rate] })
  if (memberId !== null) facets.push({ name: 'member', values: [memberId] })
  if (types !== null) facets.push({ name: 'type', values: types })
  return facets
}

async function search(client: Client, teamId: TeamId, { filter, span, limit }: ActivitySearch): Promise<Found> {
  const facets = facetsOf(filter)
  if (facets.length === 0) return { rows: await postingsIn(client, teamId, span, limit), rest: null }
  const facet = await rarestOf(client, teamId, facets, span)
  const first = await searchFacet(client, teamId, filter, { facet, span, limit, searched: firstSearchedPostings })
  if (first.rest === null || first.rows.length >= limit) return first
  return searchFacet(client, teamId, filter, { facet, span, limit, searched: maxSearchedPostings })
}

async function postingsIn(client: Client, teamId: TeamId, span: Span, limit: number): Promise<PostingRow[]> {
  const direction = directionOf(span)
  const text = `select ${columns} from entry p
    where p.team_id = $1 and p.revision > $2 and p.revision < $3 and p.type is not null
    order by p.revision ${direction} limit $4`
  const values = [teamId, span.above, span.below, limit]
  return (await client.query({ name: `postings-${direction}`, text, values })).rows
}

const countFacet = `
  select count(*)::int as size from (
    select from unnest($3::text[]) v(value) cross join lateral (
      select from posting_facet where team_id = $1 and facet = $2 and value = v.value
        and posting > $4 and posting < $5 limit $6) f limit $6) counted`

/**
 * The facet with the fewest postings within a search. The conditions of the other facets are checked on its results.
 */
async function rarestOf(client: Client, teamId: TeamId, facets: readonly Facet[], span: Span): Promise<Facet> {
  const [only] = facets
  if (only !== undefined && facets.length === 1) return only
  const sizes = await Promise.all(
    facets.map(async (facet) => {
      const values = [teamId, facet.name, facet.values, span.above, span.below, maxSearchedPostings]
      const { rows } = await client.query({ name: 'facet-size', text: countFacet, values })
      return { facet, size: rows[0].size as number }
    }),
  )
  return sizes.reduce((rarest, one) => (one.size < rarest.size ? one : rarest)).facet
}

/**
 * The candidates: up to the last checkpoint from the facet; after the checkpoint every posting, of which there are few.
 * `searched` limits the candidates, however many of them the conditions drop. `size` is the number of a posting's own
 * entries.
 */
const searchText = (direction: 'asc' | 'desc') => `
  with checkpointed as (select coalesce(max(revision), 0) as through from checkpoint where team_id = $1),
  searched as materialized (
    select posting from (
      (select revision as posting from entry where team_id = $1 and type is not null
         and revision > greatest($2, (select through from checkpointed)) and revision < $3
         order by revision ${direction} limit $4)
      union all
      (select f.posting from unnest($6::text[]) v(value) cross join lateral (
         select posting from posting_facet where team_id = $1 and facet = $5 and value = v.value
           and posting > $2 and posting < $3 order by posting ${direction} limit $4) f)
    ) candidate order by posting ${direction} limit $4)
  select s.searched, s.farthest::float8, found.* from (
    select count(*)::int as searched, ${direction === 'desc' ? 'min' : 'max'}(posting) as farthest from searched) s
  left join lateral (
    select ${columns} from searched c cross join lateral (
      select * from entry e where e.team_id = $1 and e.revision = c.posting limit 1) p
    where ($7::text is null or p.member_id = $7) and ($8::text[] is null or p.type = any($8))
      and ($11::text[] is null or p.reference = any($11))
      and ($9::text is null or exists (
        select from (select rate from entry e where e.team_id = $1 and e.revision <= p.revision
          order by e.revision desc limit p.size) own where own.rate = $9))
    order by p.revision ${direction} limit $10) found on true`

type FacetSearch = {
  readonly facet: Facet
  readonly span: Span
  readonly limit: number
  readonly searched: number
}

async function searchFacet(
  client: Client,
  teamId: TeamId,
  { memberId, types, rate, references }: ActivityFilter,
  { facet, span, limit, searched }: FacetSearch,
): Promise<Found> {
  const direction = directionOf(span)
  const { rows } = await client.query({
    name: `search-postings-${direction}`,
    text: searchText(direction),
    values: [
      ...[teamId, span.above, span.below, searched, facet.name, facet.values],
      ...[memberId, types, rate, limit, references],
    ],
  })
  const found: readonly SearchRow[] = rows
  const [first] = found
  if (first === undefined) throw new Error('A search tells at least how far it came')
  return {
    rows: found.filter((row): row is SearchRow & PostingRow => row.revision !== null),
    rest: first.searched < searched ? null : first.farthest,
  }
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
    holdId: row.hold_id === null ? null : holdId(row.hold_id),
    chargeId: row.charge_id === null ? null : chargeId(row.charge_id),
    grantId: row.grant_id === null ? null : grantId(row.grant_id),
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
  hold_id: number | null
  charge_id: number | null
  grant_id: number | null
}

type SearchRow = Omit<PostingRow, 'revision'> & {
  /** Null: nothing was found. */
  revision: Revision | null
  searched: number
  farthest: Revision | null
}
