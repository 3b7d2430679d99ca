import { type Invariant, net } from './invariant.ts'

const slices = `
  select h.team_id, h.id, h.state, (s ->> 'grantId')::bigint as grant_id, (s ->> 'amount')::bigint as amount
  from hold h cross join jsonb_array_elements(h.slices) s`

/** The credits in holds agree with the held credits of grants, and with the entries. */
export const holds: readonly Invariant[] = [
  {
    name: 'hold-equals-slices',
    says: 'what remains of a hold is the sum of its slices, and a closed hold has none',
    sql: `
      with kept as (select team_id, id, sum(amount) as sliced, min(amount) as least from (${slices}) s group by 1, 2)
      select team_id, id, state, remaining, sliced
      from hold left join kept using (team_id, id)
      where remaining <> coalesce(sliced, 0) or least <= 0 or (state <> 'OPEN' and (sliced is not null or remaining <> 0))`,
  },
  {
    name: 'grant-held-equals-slices',
    says: 'what a grant has held is what open holds keep of it',
    sql: `
      with kept as (select team_id, grant_id as id, sum(amount) as amount from (${slices}) s where state = 'OPEN' group by 1, 2)
      select team_id, id, held, amount as sliced
      from credit_grant full join kept using (team_id, id) where coalesce(held, 0) <> coalesce(amount, 0)`,
  },
  {
    name: 'hold-equals-entries',
    says: 'the entries of a hold add up to what was reserved or charged at its start, what was captured and what remains',
    sql: `
      with moved as (
        select p.team_id, p.hold_id as id,
          coalesce(sum(e.amount) filter (where e.to_state = 'held' or (e.to_state = 'spent' and p.revision = p.hold_id)), 0) as amount,
          sum(${net('held')}) as remaining, sum(${net('spent')}) as captured
        from entry p join entry e on e.team_id = p.team_id and e.posting = p.revision
        where p.hold_id is not null group by 1, 2)
      select team_id, id, h.amount, h.remaining, h.captured, to_jsonb(m) as moved
      from hold h left join moved m using (team_id, id)
      where (h.amount, h.remaining, h.captured) is distinct from (m.amount, m.remaining, m.captured)`,
  },
  {
    name: 'live-session-was-measured',
    says: 'a hold that tells how fast it is used is open, reserves, and was captured at the instant from which it tells it',
    sql: `
      select h.team_id, h.id, h.state, h.pace, h.paced_at from hold h
      where h.pace is not null and (h.state <> 'OPEN' or h.charged is not null or not exists (
        select from entry p where p.team_id = h.team_id and p.hold_id = h.id and p.type = 'CHARGE'
          and p.effective_at = h.paced_at))`,
  },
  {
    name: 'charged-hold-stands-or-falls',
    says: 'a hold charged at its start names its charge and what it burned; the charge stands while the hold is open or settled, every other charge of it was given back by it in full',
    sql: `
      with charges as (
        select h.team_id, h.id, h.state, h.charged -> 'movements' as told, p.revision as charge, moved.*, given.*,
          p.revision = (h.charged ->> 'id')::bigint as named
        from hold h join entry p on p.team_id = h.team_id and p.hold_id = h.id and p.type = 'CHARGE'
        cross join lateral (
          select coalesce(sum(e.amount), 0) as taken, coalesce(jsonb_agg(
            jsonb_build_object('grantId', e.grant_id, 'amount', e.amount::text, 'rate', e.rate)
              || case when e.tags is null then '{}' else jsonb_build_object('tags', e.tags) end order by e.revision), '[]') as moved
          from entry e where e.team_id = p.team_id and e.revision > p.revision - p.size and e.revision <= p.revision
            and e.to_state = 'spent') moved
        cross join lateral (
          select coalesce(sum(r.change), 0) as refunded, coalesce(sum(r.change) filter (where r.hold_id = h.id), 0) as back
          from entry r where r.team_id = p.team_id and r.charge_id = p.revision and r.type = 'REFUND') given
        where h.charged is not null)
      select team_id, id, state, charge, taken, refunded, back from charges
        where case when named and state in ('OPEN', 'SETTLED') then back <> 0 or (state = 'OPEN' and refunded <> 0)
          else back <> taken end or (named and moved <> told)
      union all
      select team_id, id, state, (charged ->> 'id')::bigint, null, null, null from hold h
        where charged is not null
          and not exists (select from charges c where c.team_id = h.team_id and c.id = h.id and c.named)
      union all
      select team_id, h.id, h.state, p.revision, null, null, null from hold h join entry p using (team_id)
        where p.hold_id = h.id and p.revision = h.id and p.type = 'CHARGE' and h.charged is null`,
  },
]
