import type { PoolClient } from 'pg'
import type { Account } from '../../domain/account.ts'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { SetSpendingLimit } from '../../domain/decisions/command.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import type { Worlds } from '../../domain/rules.ts'
import { isLimitOf, windowAt } from '../../domain/spending-limit.ts'
import { instant } from '../rows/instants.ts'

export type LimitOfTeam = { readonly teamId: TeamId; readonly limit: SetSpendingLimit }
/** The team at the instant of the decision; `account` null: there is no such team. */
export type TeamNow = { readonly account: Account | null; readonly at: Instant }

const hourMs = 3_600_000

// Nothing has happened after now. So all hours of the window are whole up to the last checkpoint, except a part of the
// first one in zones of half hours. For a member, a hold that was charged when it was placed is counted by its charge.
// Entries don't name callers.
const readUsed = `
  select greatest(0, case r.subject when 'MEMBER' then (
      select coalesce(sum(u.credits), 0) from usage_hour u
      where u.team_id = r.team_id and u.member_id = r.id and u.hour >= ${instant('r.first_hour')}) + (
      select coalesce(sum(u.credits), 0)
      from (select coalesce(max(k.revision), 0) as rolled, revision_at(r.team_id, ${instant('r.starts')} - interval '1 millisecond') as before
        from checkpoint k where k.team_id = r.team_id) k
      cross join lateral (
        select * from usage_of_entries(r.team_id, greatest(k.rolled, k.before), ${Number.MAX_SAFE_INTEGER})
        union all
        select * from usage_of_entries(r.team_id, k.before,
          least(k.rolled, revision_at(r.team_id, ${instant('r.first_hour')} - interval '1 millisecond')))) u
      where u.member_id = r.id)
    else (
      select coalesce(sum((m ->> 'amount')::numeric), 0)
      from hold h cross join jsonb_array_elements(h.charged -> 'movements') m
      where h.team_id = r.team_id and h.state = 'OPEN' and h.caller_id = r.id and h.placed_at >= ${instant('r.starts')})
    end + (
      select coalesce(sum(h.remaining), 0) from hold h
      where h.team_id = r.team_id and h.state = 'OPEN' and h.placed_at >= ${instant('r.starts')}
        and r.id = case r.subject when 'MEMBER' then h.member_id else h.caller_id end))::text as used
  from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[])
    with ordinality r(team_id, subject, id, starts, first_hour, place)
  order by place`

/**
 * The credits that the subjects of new limits have used in the windows that run now. For a member: its charges, net of
 * refunds, plus the credits in its open holds. For an API caller: only the latter. A limit that counts already needs no
 * reading, and neither does one of a group, which begins with nothing. Several commands on one limit share a reading.
 */
export async function readUsageBeforeLimit(
  client: Pick<PoolClient, 'query'>,
  limits: readonly LimitOfTeam[],
  worlds: Worlds,
  now: (teamId: TeamId) => TeamNow,
): Promise<ReadonlyMap<SetSpendingLimit, Credits>> {
  const begun = newLimits(limits, now)
  if (begun.length === 0) return new Map()
  // The time zone is the same in all currencies.
  const { rulesAt } = worlds.in(null)
  const starts = begun.map(({ teamId, limit }) => {
    const { at } = now(teamId)
    return windowAt(limit.per, rulesAt(at).policy.timeZone, at).windowStart
  })
  const values = [
    begun.map(({ teamId }) => teamId),
    begun.map(({ limit }) => limit.subject),
    begun.map(({ limit }) => limit.id),
    starts,
    starts.map((start) => Math.ceil(start / hourMs) * hourMs),
  ]
  const { rows } = await client.query<{ used: string }>({ name: 'used-before', text: readUsed, values })
  return new Map(
    begun.flatMap(({ commands }, index) =>
      commands.map((command) => [command, BigInt(rows[index]?.used ?? 0)] as const),
    ),
  )
}

type NewLimit = LimitOfTeam & { readonly commands: readonly SetSpendingLimit[] }

/** The limits that begin in this batch, each with all commands on it. */
export function newLimits(limits: readonly LimitOfTeam[], now: (teamId: TeamId) => TeamNow): NewLimit[] {
  const places = Map.groupBy(limits, ({ teamId, limit: { subject, id, per } }) => [teamId, subject, id, per].join('\n'))
  return [...places.values()].flatMap(([first, ...others]) => {
    if (first === undefined || first.limit.subject === 'GROUP') return []
    const commands = [first.limit, ...others.map(({ limit }) => limit)]
    const { account } = now(first.teamId)
    const counts = account?.limits.some((known) => known.credits !== null && isLimitOf(known, first.limit))
    const isLifted = commands.some(({ credits }) => credits === null)
    const isSet = commands.some(({ credits }) => credits !== null)
    return account !== null && isSet && (!counts || isLifted) ? [{ ...first, commands }] : []
  })
}
