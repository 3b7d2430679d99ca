import type { Invariant } from './invariant.ts'

/** The plans' allowances with a running period, and the pattern of their changes' sources, after the plan's name. */
const running = `
  select w.*, (case when w.id = 'week' then '' else ':' || w.id end) || ':\\d{4}-\\d\\d-\\d\\d'
      || (case when w.first_period = 0 then '' else ':' || w.first_period end) || ':change:\\d+$' as changes
  from allowance w join account a using (team_id) where w.kind = 'INCLUDED' and w.next_at > a.last_at`

/** The credits given to each allowance for that period, less those that changes took back. */
const given = `
  select r.team_id, r.id, r.next_at,
    coalesce(sum(g.granted) filter (where g.allowance_id = r.id), 0) as deposited,
    coalesce(sum(g.granted) filter (where g.allowance_id is distinct from r.id || ':rollover'), 0)
      - coalesce(sum(taken.amount), 0) as given,
    case when jsonb_typeof(r.total) = 'object' then (r.total ->> 'highest')::numeric end as highest
  from (${running}) r left join credit_grant g on g.team_id = r.team_id and g.expires_at = r.next_at and g.kind = 'INCLUDED'
    and ((g.allowance_id in (r.id, r.id || ':rollover') and g.allowance_period = r.next_period - 1)
      or (g.allowance_id is null and g.source ~ ('^plan:[^:]+' || r.changes)))
  left join lateral (
    select sum(e.amount) as amount from entry e join entry p on p.team_id = e.team_id and p.revision = e.posting
    where e.team_id = g.team_id and e.grant_id = g.id and e.to_state = 'revoked' and p.reference ~ '^plan:.*:change$') taken on true
  group by r.team_id, r.id, r.next_at, r.total`

/** Changes of plan and seats create no credits. */
export const periods: readonly Invariant[] = [
  {
    name: 'period-within-plan',
    says: 'a running period gave, less what changes took back, at most what its largest plan and number of seats deposit, in sum of all allowances that end with it',
    sql: `
      select team_id, next_at, sum(given) as given, sum(coalesce(highest, deposited)) as highest
      from (${given}) p group by team_id, next_at having sum(given) > sum(coalesce(highest, deposited))
      union all
      select team_id, next_at, (total ->> 'base')::numeric + (total ->> 'given')::numeric, (total ->> 'highest')::numeric
      from allowance where jsonb_typeof(total) = 'object'
        and (total ->> 'base')::numeric + (total ->> 'given')::numeric not between 0 and (total ->> 'highest')::numeric`,
  },
  {
    name: 'trial-once',
    says: "a team has at most one trial's grant, which is the one that it keeps in mind; none lasts beyond its end",
    sql: `
      select team_id, g.id as grant_id, a.trial::text as trial
      from (select * from credit_grant where source ~ '^plan:[^:]+:trial$') g
        full join (select * from account where trial ->> 'grantId' is not null) a using (team_id)
      where (a.trial ->> 'grantId')::bigint is distinct from g.id or (a.trial ->> 'credits')::numeric is distinct from g.granted
        or (a.trial ->> 'endsAt')::numeric is distinct from round(extract(epoch from g.expires_at) * 1000)
        or (a.trial ->> 'endedAt')::numeric > (a.trial ->> 'endsAt')::numeric`,
  },
]
