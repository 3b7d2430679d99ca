import type { PoolClient } from 'pg'
import type { Credits } from '../domain/credits.ts'
import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import { instant } from './instants.ts'

/** What was charged in one window, net of refunds. `memberId` null: nobody, or not asked for. */
export type UsageSum = {
  readonly startsAt: Instant
  readonly rate: string
  readonly memberId: MemberId | null
  readonly credits: Credits
  readonly count: number
}

export type UsageWindow = { readonly startsAt: Instant; readonly endsAt: Instant }

type Client = Pick<PoolClient, 'query'>

const sums = (member: string) => `
  select w.starts_at, u.rate, ${member} as member_id, sum(u.credits)::text as credits, sum(u.count)::float8 as count
  from unnest($2::float8[], $3::float8[]) w(starts_at, ends_at)
  cross join lateral usage_between($1, ${instant('w.starts_at')}, ${instant('w.ends_at')}) u
  group by 1, 2, 3`

const statements = {
  everybody: { name: 'usage-sums', text: sums(`''::text`) },
  byMember: { name: 'usage-sums-by-member', text: sums('u.member_id') },
}

/** Exact to the instant: startsAt ≤ charged at < endsAt, by window, rate and, where asked for, member. */
export async function readUsageSums(
  client: Client,
  teamId: TeamId,
  windows: readonly UsageWindow[],
  byMember: boolean,
): Promise<UsageSum[]> {
  const { rows } = await client.query({
    ...(byMember ? statements.byMember : statements.everybody),
    values: [teamId, windows.map(({ startsAt }) => startsAt), windows.map(({ endsAt }) => endsAt)],
  })
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

/** The sum alone. */
export async function readCharged(client: Client, teamId: TeamId, window: UsageWindow): Promise<Credits> {
  const values = [teamId, window.startsAt, window.endsAt]
  const { rows } = await client.query({ name: 'charged-between', text: charged, values })
  return BigInt(rows[0].credits)
}

type SumRow = { starts_at: Instant; rate: string; member_id: string; credits: string; count: number }
