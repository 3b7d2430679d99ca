import type { PoolClient } from 'pg'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { Instant, MemberId, TeamId } from '../../domain/identity.ts'
import { instant, ms } from '../rows/instants.ts'
import { readRevisionRange } from './revision-range.ts'

/**
 * The credits charged in one window, less those given back of them. Each other field is null where the sums are not
 * grouped by it, and where the charges have none.
 */
export type UsageSum = {
  readonly startsAt: Instant
  /** The first instant of an hour in UTC. */
  readonly hour: Instant | null
  readonly rate: string | null
  readonly memberId: MemberId | null
  readonly callerId: MemberId | null
  readonly reference: string | null
  /** The values of the keys that the sums are grouped by, in their order; null: the line has no such tag. */
  readonly tags: readonly (string | null)[]
  readonly credits: Credits
  readonly count: number
}

export type UsageWindow = { readonly startsAt: Instant; readonly endsAt: Instant }

type Client = Pick<PoolClient, 'query'>

/** More sums than one report may have. */
export class TooManySums extends Error {
  override readonly name = 'TooManySums'
}

/** More entries than one report may read. */
export class TooManyEntries extends Error {
  override readonly name = 'TooManyEntries'
}

/** `tags`: up to three keys. */
export type UsageGroups = {
  readonly byHour?: boolean
  readonly byRate?: boolean
  readonly byMember?: boolean
  readonly byCaller?: boolean
  readonly byReference?: boolean
  readonly tags?: readonly string[]
}

/** Sums of one report: as many as 400 days of 50 rates have. */
export const maxUsageSums = 20_000
/** Entries that one report reads where no hour's usage has its sums. */
export const maxUsageEntries = 1_000_000

const chargedBy = (entry: string): string =>
  `case when ${entry}.to_state in ('spent', 'owed') then ${entry}.amount
    when ${entry}.from_state = 'spent' then -${entry}.amount else 0 end`

/**
 * First the charges of a window less the refunds within it; then corrections that count each refund at the time of its
 * charge.
 */
const sumsOfHours = ({ byHour, byRate, byMember }: UsageGroups) => `
  with w as (select starts_at, ${instant('starts_at')} as starts, ${instant('ends_at')} as ends
    from unnest($2::float8[], $3::float8[]) w(starts_at, ends_at)
  ), used as (
    select w.starts_at, u.hour, u.rate, u.member_id, u.credits, u.count
    from w cross join lateral usage_between($1, w.starts, w.ends) u
    union all
    select w.starts_at, date_trunc('hour', o.at, 'UTC'), e.rate, coalesce(p.member_id, ''),
      o.sign * ${chargedBy('e')}, o.sign * coalesce(e.count, 0)
    from entry p join entry c on c.team_id = p.team_id and c.revision = p.charge_id
    cross join lateral (values (1, c.effective_at, p.effective_at), (-1, p.effective_at, c.effective_at)) o(sign, at, other)
    join w on w.starts <= o.at and o.at < w.ends and not (w.starts <= o.other and o.other < w.ends
      ${byHour ? `and date_trunc('hour', o.at, 'UTC') = date_trunc('hour', o.other, 'UTC')` : ''})
    cross join lateral (
      select * from entry s where s.team_id = p.team_id and s.revision <= p.revision order by s.revision desc limit p.size) e
    where p.team_id = $1 and p.type = 'REFUND' and p.effective_at >= (select min(starts) from w) and e.rate is not null
  )
  select starts_at, ${byHour ? 'hour' : 'null::timestamptz'} as hour, ${byRate ? 'rate' : 'null'} as rate,
    ${byMember ? `nullif(member_id, '')` : 'null'} as member_id, null as caller_id, null as reference, '{}'::text[] as tags,
    sum(credits)::text as credits, sum(count)::float8 as count
  from used group by 1, 2, 3, 4 having sum(credits) <> 0 or sum(count) <> 0 limit ${maxUsageSums + 1}`

/** The charges of a range of revisions, less what was given back of them at any time. */
const sumsOfEntries = ({ byHour, byRate, byMember, byCaller, byReference, tags = [] }: UsageGroups) => `
  with used as (
    select e.effective_at as at, e.rate, e.tags, ${chargedBy('e')} as credits, coalesce(e.count, 0) as count,
      c.member_id, c.caller_id, c.hold_id, c.reference
    from entry e join entry c on c.team_id = e.team_id and c.revision = e.posting
    where e.team_id = $1 and e.revision > $2 and e.revision <= $3 and e.rate is not null and c.type <> 'REFUND'
    union all
    select c.effective_at, e.rate, e.tags, ${chargedBy('e')}, coalesce(e.count, 0),
      c.member_id, c.caller_id, c.hold_id, c.reference
    from entry p join entry c on c.team_id = p.team_id and c.revision = p.charge_id
    cross join lateral (
      select * from entry s where s.team_id = p.team_id and s.revision <= p.revision order by s.revision desc limit p.size) e
    where p.team_id = $1 and p.charge_id > $2 and p.charge_id <= $3 and e.rate is not null
  )
  select ($4::float8[])[width_bucket((extract(epoch from at) * 1000)::float8, $4::float8[])] as starts_at,
    ${byHour ? `date_trunc('hour', at, 'UTC')` : 'null::timestamptz'} as hour, ${byRate ? 'rate' : 'null'} as rate,
    ${byMember ? 'member_id' : 'null'} as member_id,
    ${byCaller ? 'coalesce(caller_id, (select h.caller_id from hold h where h.team_id = $1 and h.id = hold_id))' : 'null'} as caller_id,
    ${byReference ? 'reference' : 'null'} as reference,
    array[${tags.map((_, index) => `tags ->> $${index + 5}`).join(', ')}]::text[] as tags,
    sum(credits)::text as credits, sum(count)::float8 as count
  from used group by 1, 2, 3, 4, 5, 6, 7 having sum(credits) <> 0 or sum(count) <> 0 limit ${maxUsageSums + 1}`

/**
 * The sums, exact to the instant: startsAt ≤ charged at < endsAt, by window and the other groups. The windows follow on
 * each other without a gap. A refund at any time counts at the time of its charge, so no sum is below 0. Callers,
 * references and tags are read from the entries, everything else from the sums of whole hours where there are any.
 *
 * @throws {TooManySums} if there are more than `maxUsageSums`.
 * @throws {TooManyEntries} if more than `maxUsageEntries` have to be read.
 */
export async function readUsageSums(
  client: Client,
  teamId: TeamId,
  windows: readonly UsageWindow[],
  groups: UsageGroups,
): Promise<UsageSum[]> {
  const { byCaller, byReference, tags = [] } = groups
  const rows =
    byCaller || byReference || tags.length > 0
      ? await readFromEntries(client, teamId, windows, groups)
      : await readFromHours(client, teamId, windows, groups)
  if (rows.length > maxUsageSums) throw new TooManySums(`a report has at most ${maxUsageSums} sums`)
  return rows.map((row) => ({
    startsAt: row.starts_at,
    hour: row.hour,
    rate: row.rate,
    memberId: row.member_id,
    callerId: row.caller_id,
    reference: row.reference,
    tags: row.tags,
    credits: BigInt(row.credits),
    count: row.count,
  }))
}

async function readFromHours(
  client: Client,
  teamId: TeamId,
  windows: readonly UsageWindow[],
  groups: UsageGroups,
): Promise<SumRow[]> {
  const { rows } = await client.query({
    name: nameOf('usage-sums', groups),
    text: withHours(sumsOfHours(groups)),
    values: [teamId, windows.map(({ startsAt }) => startsAt), windows.map(({ endsAt }) => endsAt)],
  })
  return rows
}

async function readFromEntries(
  client: Client,
  teamId: TeamId,
  windows: readonly UsageWindow[],
  groups: UsageGroups,
): Promise<SumRow[]> {
  const starts = windows.map(({ startsAt }) => startsAt)
  const { after, through } = await readRevisionRange(client, teamId, starts[0] ?? null, windows.at(-1)?.endsAt ?? null)
  const entries = through - after
  if (entries > maxUsageEntries) {
    throw new TooManyEntries(
      `the range has ${entries} ledger entries, and such a report reads at most ${maxUsageEntries}`,
    )
  }
  const { rows } = await client.query({
    name: nameOf('usage-of-entries', groups),
    text: withHours(sumsOfEntries(groups)),
    values: [teamId, after, through, starts, ...(groups.tags ?? [])],
  })
  return rows
}

/** The statement with its hours in milliseconds, which are grouped by as they are. */
const withHours = (sums: string): string => `
  select starts_at, ${ms('hour', 'hour')}, rate, member_id, caller_id, reference, tags, credits, count from (${sums}) s`

const nameOf = (name: string, { tags = [], ...by }: UsageGroups): string =>
  [name, ...Object.entries(by).flatMap(([group, is]) => (is ? [group] : [])), tags.length].join('-')

const charged = `select coalesce(sum(credits), 0)::text as credits
  from usage_between($1, ${instant('$2::float8')}, ${instant('$3::float8')})`

/** The sum without groups. */
export async function readCharged(client: Client, teamId: TeamId, window: UsageWindow): Promise<Credits> {
  const values = [teamId, window.startsAt, window.endsAt]
  const { rows } = await client.query({ name: 'charged-between', text: charged, values })
  return BigInt(rows[0].credits)
}

type SumRow = {
  starts_at: Instant
  hour: Instant | null
  rate: string | null
  member_id: MemberId | null
  caller_id: MemberId | null
  reference: string | null
  tags: (string | null)[]
  credits: string
  count: number
}
