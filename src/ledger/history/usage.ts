import type { PoolClient } from 'pg'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { Instant, MemberId, TeamId } from '../../domain/identity.ts'
import { instant } from '../rows/instants.ts'

/**
 * The credits charged in one window, less those given back of them. `rate` null: not grouped by rate. `memberId` null:
 * no member, or not grouped by member.
 */
export type UsageSum = {
  readonly startsAt: Instant
  readonly rate: string | null
  readonly memberId: MemberId | null
  readonly credits: Credits
  readonly count: number
}

export type UsageWindow = { readonly startsAt: Instant; readonly endsAt: Instant }

type Client = Pick<PoolClient, 'query'>

/** More sums than one report may have. */
export class TooManySums extends Error {
  override readonly name = 'TooManySums'
}

export type UsageGroups = { readonly byRate: boolean; readonly byMember: boolean }

/** Sums of one report: as many as 400 days of 50 rates have. */
const maxUsageSums = 20_000

/**
 * First the charges of a window less the refunds within it; then corrections that count each refund at the time of its
 * charge.
 */
const sums = ({ byRate, byMember }: UsageGroups) => `
  with w as (select starts_at, ${instant('starts_at')} as starts, ${instant('ends_at')} as ends
    from unnest($2::float8[], $3::float8[]) w(starts_at, ends_at)
  ), used as (
    select w.starts_at, u.rate, u.member_id, u.credits, u.count
    from w cross join lateral usage_between($1, w.starts, w.ends) u
    union all
    select w.starts_at, e.rate, coalesce(p.member_id, ''),
      o.sign * case when e.to_state in ('spent', 'owed') then e.amount when e.from_state = 'spent' then -e.amount else 0 end,
      o.sign * coalesce(e.count, 0)
    from entry p join entry c on c.team_id = p.team_id and c.revision = p.charge_id
    join w on (w.starts <= c.effective_at and c.effective_at < w.ends) <> (w.starts <= p.effective_at and p.effective_at < w.ends)
    cross join lateral (select case when w.starts <= c.effective_at and c.effective_at < w.ends then 1 else -1 end as sign) o
    cross join lateral (
      select * from entry s where s.team_id = p.team_id and s.revision <= p.revision order by s.revision desc limit p.size) e
    where p.team_id = $1 and p.type = 'REFUND' and p.effective_at >= (select min(starts) from w) and e.rate is not null
  )
  select starts_at, ${byRate ? 'rate' : 'null'} as rate, ${byMember ? 'member_id' : `''::text`} as member_id,
    sum(credits)::text as credits, sum(count)::float8 as count
  from used group by 1, 2, 3 having sum(credits) <> 0 or sum(count) <> 0 limit ${maxUsageSums + 1}`

/**
 * The sums, exact to the instant: startsAt ≤ charged at < endsAt, by window and, if requested, by rate and member. A
 * refund at any time counts at the time of its charge, so no sum is below 0.
 *
 * @throws {TooManySums} if there are more than `maxUsageSums`.
 */
export async function readUsageSums(
  client: Client,
  teamId: TeamId,
  windows: readonly UsageWindow[],
  groups: UsageGroups,
): Promise<UsageSum[]> {
  const { rows } = await client.query({
    name: `usage-sums${groups.byRate ? '-by-rate' : ''}${groups.byMember ? '-by-member' : ''}`,
    text: sums(groups),
    values: [teamId, windows.map(({ startsAt }) => startsAt), windows.map(({ endsAt }) => endsAt)],
  })
  if (rows.length > maxUsageSums) throw new TooManySums(`a report has at most ${maxUsageSums} sums`)
  return rows.map((row: SumRow) => ({
    startsAt: row.starts_at,
    rate: row.rate,
    memberId: row.member_id === '' ? null : (row.member_id as MemberId),
    credits: BigInt(row.credits),
    count: row.count,
  }))
}

const charged = `select coalesce(sum(credits), 0)::text as credits
  from usage_between($1, ${instant('$2::float8')}, ${instant('$3::float8')})`

/** The sum without groups. */
export async function readCharged(client: Client, teamId: TeamId, window: UsageWindow): Promise<Credits> {
  const values = [teamId, window.startsAt, window.endsAt]
  const { rows } = await client.query({ name: 'charged-between', text: charged, values })
  return BigInt(rows[0].credits)
}

type SumRow = { starts_at: Instant; rate: string | null; member_id: string; credits: string; count: number }
