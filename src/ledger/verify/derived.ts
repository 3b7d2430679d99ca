import { type Invariant, net } from './invariant.ts'

const states = ['available', 'locked', 'held', 'spent', 'expired', 'revoked'] as const

const totals = (of: string) =>
  ['credits', 'count', 'quantity', 'money'].map((total) => `coalesce(${of}.${total}, 0)`).join(', ')

/** The tables that exist only for speed agree with the entries. */
export const derived: readonly Invariant[] = [
  {
    name: 'checkpoint-equals-entries',
    says: "a checkpoint's grants are those of the checkpoint before it and the entries since",
    sql: `
      with spans as (
        select team_id, revision as checkpoint, lag(revision, 1, 0::bigint) over (partition by team_id order by revision) as before
        from checkpoint),
      told as (
        select c.team_id, c.revision as checkpoint, (g ->> 'id')::bigint as id,
          ${states.map((state) => `coalesce((g ->> '${state}')::bigint, 0) as ${state}`).join(', ')}
        from checkpoint c cross join jsonb_array_elements(c.grants) g),
      moved as (
        select s.team_id, s.checkpoint, e.grant_id as id, ${states.map((state) => `sum(${net(state)}) as ${state}`).join(', ')}
        from spans s join entry e on e.team_id = s.team_id and e.revision > s.before and e.revision <= s.checkpoint
        where e.grant_id is not null group by 1, 2, 3),
      expected as (
        select team_id, checkpoint, id, ${states.map((state) => `sum(${state}) as ${state}`).join(', ')} from (
          select * from moved
          union all
          select s.team_id, s.checkpoint, t.id, ${states.map((state) => `t.${state}`).join(', ')}
          from spans s join told t on t.team_id = s.team_id and t.checkpoint = s.before) parts
        group by 1, 2, 3)
      select team_id, checkpoint, id, to_jsonb(t) as told, to_jsonb(x) as expected
      from told t full join expected x using (team_id, checkpoint, id)
      where case when t.available is null then x.available <> 0 or x.locked <> 0 or x.held <> 0
        else (${states.map((state) => `t.${state}`).join(', ')}) is distinct from (${states.map((state) => `x.${state}`).join(', ')}) end`,
  },
  {
    name: 'usage-equals-entries',
    says: 'the hours of usage add up the entries up to the last checkpoint',
    sql: `
      with rolled as (select team_id, max(revision) as through from checkpoint group by 1),
      used as (
        select e.team_id, date_trunc('hour', e.effective_at, 'UTC') as hour, e.rate, coalesce(p.member_id, '') as member_id,
          coalesce(e.money_currency, '') as currency,
          sum(case when e.to_state in ('spent', 'owed') then e.amount when e.from_state = 'spent' then -e.amount else 0 end) as credits,
          coalesce(sum(e.count), 0) as count, coalesce(sum(e.quantity::numeric * e.count), 0) as quantity,
          coalesce(sum(e.money_amount), 0) as money
        from rolled r join entry e on e.team_id = r.team_id and e.revision <= r.through and e.rate is not null
        join entry p on p.team_id = e.team_id and p.revision = e.posting
        group by 1, 2, 3, 4, 5)
      select team_id, hour, rate, member_id, currency, to_jsonb(u) as kept, to_jsonb(x) as used
      from usage_hour u full join used x using (team_id, hour, rate, member_id, currency)
      where (${totals('u')}) <> (${totals('x')})`,
  },
  {
    name: 'facets-equal-entries',
    says: 'postings are found by rate, member, type, reference and grant exactly up to the last checkpoint',
    sql: `
      with rolled as (select team_id, max(revision) as through from checkpoint group by 1),
      e as (select e.* from rolled r join entry e on e.team_id = r.team_id and e.revision <= r.through),
      expected as (
        select distinct team_id, 'rate' as facet, rate as value, posting from e where rate is not null
        union all select team_id, 'member', member_id, revision from e where member_id is not null
        union all select team_id, 'type', type, revision from e where type is not null
        union all select team_id, 'reference', reference, revision from e where reference is not null
        union all select distinct team_id, 'grant', grant_id::text, posting from e where to_state = 'spent')
      select team_id, facet, value, posting, k.kept is not null as kept, x.told is not null as told
      from (select *, true as kept from posting_facet) k
      full join (select *, true as told from expected) x using (team_id, facet, value, posting)
      where k.kept is null or x.told is null`,
  },
]
