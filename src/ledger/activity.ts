import type { PoolClient } from 'pg'
import type { ChargeLine } from '../domain/charge.ts'
import type { Credits } from '../domain/credits.ts'
import { chargeId, type Instant, type MemberId, type Revision, type TeamId } from '../domain/identity.ts'
import type { ActivityType } from '../domain/posting.ts'
import { readCharges } from './charges.ts'

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
}

export type ActivityFilter = {
  readonly from: Instant | null
  readonly to: Instant | null
  readonly types: readonly ActivityType[] | null
  readonly memberId: string | null
  readonly rate: string | null
}

type Client = Pick<PoolClient, 'query'>

const columns = `p.revision::float8, p.type, (extract(epoch from p.effective_at) * 1000)::float8 as at, p.change::text,
  p.available_after::text, p.member_id, p.reference, p.reason, p.rate_card_version`

/**
 * Up to `limit` activities before revision `before`, newest first. Costs the same at any depth: each page starts at its
 * place in an index.
 */
export async function readActivity(
  client: Client,
  teamId: TeamId,
  filter: ActivityFilter,
  before: Revision | null,
  limit: number,
): Promise<Activity[]> {
  const range = await revisionRange(client, teamId, filter)
  const below = Math.min(before ?? Infinity, range.through + 1)
  const rows =
    filter.rate === null
      ? await postingsBelow(client, teamId, filter, range.after, below, limit)
      : await postingsOfRate(client, teamId, filter, filter.rate, range.after, below, limit)
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
  const text = `select revision_at($1, to_timestamp(($2::float8 - 1) / 1000.0))::float8 as after,
    revision_at($1, to_timestamp(($3::float8 - 1) / 1000.0))::float8 as through`
  const { rows } = await client.query({
    name: 'revision-range',
    text,
    values: [teamId, from ?? 0, to ?? 253402300799000],
  })
  return rows[0] as { after: Revision; through: Revision }
}

async function postingsBelow(
  client: Client,
  teamId: TeamId,
  filter: ActivityFilter,
  after: Revision,
  below: Revision,
  limit: number,
): Promise<PostingRow[]> {
  const { where, values } = conditions(filter, 4)
  const text = `select ${columns} from entry p
    where p.team_id = $1 and p.revision > $2 and p.revision < $3 and p.type is not null${where}
    order by p.revision desc limit ${limit}`
  return (await client.query({ text, values: [teamId, after, bounded(below), ...values] })).rows
}

/** By the entries of the rate first: however rare it is, only its own entries are looked at. */
async function postingsOfRate(
  client: Client,
  teamId: TeamId,
  filter: ActivityFilter,
  rate: string,
  after: Revision,
  below: Revision,
  limit: number,
): Promise<PostingRow[]> {
  const found: PostingRow[] = []
  const { where, values } = conditions(filter, 3)
  const chunk = 2 * limit
  let next = below
  while (found.length < limit) {
    const text = `select revision::float8, posting::float8 from entry
      where team_id = $1 and rate = $2 and revision > $3 and revision < $4 order by revision desc limit ${chunk}`
    const { rows } = await client.query({ text, values: [teamId, rate, after, bounded(next)] })
    const postings = new Set(rows.map((row) => row.posting as number).filter((posting) => posting < next))
    const seen = new Set(found.map((row) => row.revision))
    const wanted = [...postings].filter((posting) => !seen.has(posting))
    const matching = `select ${columns} from entry p where p.team_id = $1 and p.revision = any($2)${where} order by p.revision desc`
    if (wanted.length > 0)
      found.push(...(await client.query({ text: matching, values: [teamId, wanted, ...values] })).rows)
    if (rows.length < chunk) break
    next = rows.at(-1)?.revision
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
  }))
}

const bounded = (revision: number) => Math.min(revision, Number.MAX_SAFE_INTEGER)

type PostingRow = {
  revision: Revision
  type: ActivityType
  at: Instant
  change: string
  available_after: string
  member_id: string | null
  reference: string | null
  reason: string | null
  rate_card_version: string | null
}
