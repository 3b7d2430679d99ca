import type { Invariant } from './invariant.ts'

/** The use that limits have counted agrees with what their subjects took from the balance. */
export const limits: readonly Invariant[] = [
  {
    name: 'limit-equals-entries',
    says: "a member's limit has counted at least what was reserved and charged for it in its window, less what was given back of that",
    // It counts more where the member acted on the holds of others: entries don't tell who acted.
    // In the window in which a limit was set, the first part was counted from sums. Later windows are exact.
    sql: `
      with taken as (
        select l.team_id, l.subject_id, l.per,
          sum(case when e.from_state = 'available' then e.amount else -e.amount end) as amount
        from spending_limit l
        join entry p on p.team_id = l.team_id and p.member_id = l.subject_id and p.effective_at >= l.window_start
        join entry e on e.team_id = p.team_id and e.posting = p.revision
        left join entry c on c.team_id = p.team_id and c.revision = p.charge_id
        left join hold h on h.team_id = p.team_id and h.id = coalesce(p.hold_id, c.hold_id)
        where l.subject = 'MEMBER' and (
          (e.from_state = 'available' and e.to_state in ('held', 'spent'))
          or (e.from_state in ('held', 'spent') and e.to_state = 'available' and p.effective_at < l.resets_at
            and coalesce(h.placed_at, c.effective_at) >= l.window_start))
        group by 1, 2, 3)
      select team_id, subject_id, per, window_start, used, amount as taken
      from spending_limit l left join taken t using (team_id, subject_id, per)
      where l.subject = 'MEMBER' and credits is not null and window_start > set_at and used < coalesce(amount, 0)`,
  },
  {
    name: 'group-limit-equals-entries',
    says: "a group's limit has counted at least what its holds and charges took in its window, less what was given back of that",
    // The count is higher, as that of members is, where a member acted on the holds of others. The first window begins when the limit
    // is set; a use of that very millisecond may be older.
    sql: `
      with taken as (
        select l.team_id, l.subject_id, l.per,
          sum(case when e.from_state = 'available' then e.amount else -e.amount end) as amount
        from spending_limit l
        join entry p on p.team_id = l.team_id and p.type is not null
          and p.effective_at >= l.window_start and p.effective_at > l.set_at
        join entry e on e.team_id = p.team_id and e.posting = p.revision
        left join entry c on c.team_id = p.team_id and c.revision = p.charge_id
        left join hold h on h.team_id = p.team_id and h.id = coalesce(p.hold_id, c.hold_id)
        where l.subject = 'GROUP' and coalesce(h.group_ids, c.group_ids, p.group_ids) ? l.subject_id and (
          (e.from_state = 'available' and e.to_state in ('held', 'spent'))
          or (e.from_state in ('held', 'spent') and e.to_state = 'available' and p.effective_at < l.resets_at
            and coalesce(h.placed_at, c.effective_at) >= l.window_start))
        group by 1, 2, 3)
      select team_id, subject_id, per, window_start, used, amount as taken
      from spending_limit l left join taken t using (team_id, subject_id, per)
      where l.subject = 'GROUP' and credits is not null and used < coalesce(amount, 0)`,
  },
  {
    name: 'groups-form-trees',
    says: 'each group has a parent that exists, is at most 5 levels deep, and shares no member with another; each limited group exists',
    sql: `
      with recursive path as (
        select team_id, id, id as above, parent_id, 1 as level from member_group where not is_deleted
        union all
        select p.team_id, p.id, g.id, g.parent_id, p.level + 1
        from path p join member_group g on g.team_id = p.team_id and g.id = p.parent_id and not g.is_deleted
        where p.level < 6)
      select team_id, id, 'it has no root within 5 levels' as fault from member_group g where not is_deleted
        and not exists (select from path p where p.team_id = g.team_id and p.id = g.id and p.parent_id is null and p.level <= 5)
      union all
      select team_id, member, 'it is in several groups' from member_group, jsonb_array_elements_text(member_ids) member
        group by 1, 2 having count(*) > 1
      union all
      select team_id, subject_id, 'it has a limit and does not exist' from spending_limit l
        where subject = 'GROUP' and credits is not null and not exists (
          select from member_group g where g.team_id = l.team_id and g.id = l.subject_id and not g.is_deleted)`,
  },
  {
    name: 'limit-covers-holds',
    says: "an API caller's limit has counted at least what its open holds of the window keep",
    sql: `
      select team_id, subject_id, per, used, sum(h.remaining) as kept
      from spending_limit l join hold h using (team_id)
      where l.subject = 'CALLER' and h.caller_id = l.subject_id and h.state = 'OPEN' and credits is not null
        and h.placed_at >= window_start and h.placed_at < resets_at
      group by team_id, subject_id, per, used having used < sum(h.remaining)`,
  },
]
