import type { PoolClient } from 'pg'
import type { Credits } from '../domain/credits.ts'
import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import { instant } from './instants.ts'

/** What was charged in one window, net of refunds. `rate` null: not asked for. `memberId` null: nobody, or not asked for. */
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

const sums = ({ byRate, byMember }: UsageGroups) => `
  select w.starts_at, ${byRate ? 'u.rate' : 'null'} as rate, ${byMember ? 'u.member_id' : `''::text`} as member_id,
    sum(u.credits)::text as credits, sum(u.count)::float8 as count
  from unnest($2::float8[], $3::float8[]) w(starts_at, ends_at)
  cross join lateral usage_between($1, ${instant('w.starts_at')}, ${instant('w.ends_at')}) u
  group by 1, 2, 3 limit ${maxUsageSums + 1}`

/**
 * Exact to the instant: startsAt ≤ charged at < endsAt, by window and, where asked for, rate and member.
 *
 * @throws {TooManySums} where there are more than `maxUsageSums`.
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

/** The sum alone. */
export async function readCharged(client: Client, teamId: TeamId, window: UsageWindow): Promise<Credits> {
  const values = [teamId, window.startsAt, window.endsAt]
  const { rows } = await client.query({ name: 'charged-between', text: charged, values })
  return BigInt(rows[0].credits)
}

type SumRow = { starts_at: Instant; rate: string | null; member_id: string; credits: string; count: number }
