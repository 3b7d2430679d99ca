import { type Invariant, net } from './invariant.ts'

const slices = `
  select h.team_id, h.id, h.state, (s ->> 'grantId')::bigint as grant_id, (s ->> 'amount')::bigint as amount
  from hold h cross join jsonb_array_elements(h.slices) s`

/** What holds keep is what grants have held, and what entries say of them. */
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
    says: 'the entries of a hold add up to what was reserved, what was captured and what remains',
    sql: `
      with moved as (
        select p.team_id, p.hold_id as id, coalesce(sum(e.amount) filter (where e.to_state = 'held'), 0) as amount,
          sum(${net('held')}) as remaining, coalesce(sum(e.amount) filter (where e.to_state = 'spent'), 0) as captured
        from entry p join entry e on e.team_id = p.team_id and e.posting = p.revision
        where p.hold_id is not null group by 1, 2)
      select team_id, id, h.amount, h.remaining, h.captured, to_jsonb(m) as moved
      from hold h left join moved m using (team_id, id)
      where (h.amount, h.remaining, h.captured) is distinct from (m.amount, m.remaining, m.captured)`,
  },
]
