import type { PoolClient } from 'pg'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { SetSpendingLimit } from '../../domain/decisions/command.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import type { Worlds } from '../../domain/rules.ts'
import { windowAt } from '../../domain/spending-limit.ts'
import { instant } from '../rows/instants.ts'

export type LimitOfTeam = { readonly teamId: TeamId; readonly limit: SetSpendingLimit }

/** All that a group took and got back since `starts`, by the groups that its holds and charges name. */
const usedByGroup = (team: string, group: string, starts: string) => `
  select coalesce(sum(case when e.from_state = 'available' then e.amount else -e.amount end), 0)
  from entry p
  left join entry c on c.team_id = p.team_id and c.revision = p.charge_id
  left join hold h on h.team_id = p.team_id and h.id = coalesce(p.hold_id, c.hold_id)
  join entry e on e.team_id = p.team_id and e.revision > p.revision - p.size and e.revision <= p.revision
  where p.team_id = ${team} and p.revision > revision_at(${team}, ${starts} - interval '1 millisecond')
    and p.type in ('HOLD', 'CHARGE', 'RELEASE', 'REFUND') and coalesce(h.group_ids, c.group_ids, p.group_ids) ? ${group}
    and (e.from_state = 'available' and e.to_state in ('held', 'spent')
      or e.from_state in ('held', 'spent') and e.to_state = 'available'
        and coalesce(h.placed_at, c.effective_at) >= ${starts})`

// For a member, a hold that was charged when it was placed is counted by its charge. Entries don't name callers.
const readUsed = `
  select greatest(0, case when r.subject = 'GROUP' then (${usedByGroup('r.team_id', 'r.id', instant('r.starts'))}) else
    case r.subject when 'MEMBER' then (
      select coalesce(sum(u.credits), 0)
      from usage_between(r.team_id, ${instant('r.starts')}, ${instant('r.ends')}) u where u.member_id = r.id)
    else (
      select coalesce(sum((m ->> 'amount')::numeric), 0)
      from hold h cross join jsonb_array_elements(h.charged -> 'movements') m
      where h.team_id = r.team_id and h.state = 'OPEN' and h.caller_id = r.id and h.placed_at >= ${instant('r.starts')})
    end + (
      select coalesce(sum(h.remaining), 0) from hold h
      where h.team_id = r.team_id and h.state = 'OPEN' and h.placed_at >= ${instant('r.starts')}
        and r.id = case r.subject when 'MEMBER' then h.member_id else h.caller_id end) end)::text as used
  from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[])
    with ordinality r(team_id, subject, id, starts, ends, place)
  order by place`

/**
 * The credits that limits' subjects have used in the windows that run at `at`. For a member: its charges, net of
 * refunds, plus the credits in its open holds. For an API caller: only the latter. For a group: all that counts in it.
 */
export async function readUsageBeforeLimit(
  client: Pick<PoolClient, 'query'>,
  limits: readonly LimitOfTeam[],
  worlds: Worlds,
  at: (teamId: TeamId) => Instant,
): Promise<ReadonlyMap<SetSpendingLimit, Credits>> {
  if (limits.length === 0) return new Map()
  // The time zone is the same in all currencies.
  const { rulesAt } = worlds.in(null)
  const starts = limits.map(({ teamId, limit }) => {
    const instant = at(teamId)
    return windowAt(limit.per, rulesAt(instant).policy.timeZone, instant).windowStart
  })
  const values = [
    limits.map(({ teamId }) => teamId),
    limits.map(({ limit }) => limit.subject),
    limits.map(({ limit }) => limit.id),
    starts,
    limits.map(({ teamId }) => at(teamId) + 1),
  ]
  const { rows } = await client.query<{ used: string }>({ name: 'used-before', text: readUsed, values })
  return new Map(limits.map(({ limit }, index) => [limit, BigInt(rows[index]?.used ?? 0)]))
}
