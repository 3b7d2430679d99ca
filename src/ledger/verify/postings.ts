import { availableToAll, type Invariant, net } from './invariant.ts'

/** Entries follow on each other without a gap, and each belongs to one whole posting. */
export const postings: readonly Invariant[] = [
  {
    name: 'revisions-gapless',
    says: 'a team has the entries 1, 2, 3 … up to its revision',
    sql: `
      select team_id, a.revision, count(e.revision) as entries, min(e.revision) as first, max(e.revision) as last
      from account a left join entry e using (team_id) group by team_id
      having count(e.revision) <> a.revision or coalesce(min(e.revision), 1) <> 1
        or coalesce(max(e.revision), 0) <> a.revision`,
  },
  {
    name: 'running-balances',
    says: 'the balances after an entry are the ones before it, and its movement; what is available is without scoped grants',
    sql: `
      select team_id, revision, available_after, held_after, owed_after from (
        select e.*,
          coalesce(lag(available_after) over team, 0) + ${availableToAll} as available,
          coalesce(lag(held_after) over team, 0) + ${net('held')} as held,
          coalesce(lag(owed_after) over team, 0) + ${net('owed')} as owed
        from entry e left join credit_grant g on g.team_id = e.team_id and g.id = e.grant_id
        window team as (partition by e.team_id order by e.revision)) chained
      where (available_after, held_after, owed_after) <> (available, held, owed)`,
  },
  {
    name: 'postings-whole',
    says: 'the entries of a posting stand together, and its last one says how many they are',
    sql: `
      with parts as (
        select team_id, posting, count(*) as entries, min(revision) as first, max(revision) as last
        from entry group by 1, 2)
      select p.team_id, p.posting, p.entries, c.size, p.first, p.last
      from parts p left join entry c on c.team_id = p.team_id and c.revision = p.posting
      where c.type is null or c.size is distinct from p.entries
        or p.last <> p.posting or p.first <> p.posting - p.entries + 1`,
  },
  {
    name: 'posting-change',
    says: 'a posting states by how much it changed available + held',
    sql: `
      select p.team_id, p.revision, p.change, sum(${net('available')} + ${net('held')}) as moved
      from entry p join entry e on e.team_id = p.team_id and e.posting = p.revision
      where p.type is not null group by p.team_id, p.revision
      having p.change is distinct from sum(${net('available')} + ${net('held')})`,
  },
  {
    name: 'posting-moves',
    says: 'a posting moves credits only as its type may',
    sql: `
      select p.team_id, e.revision, p.type, e.from_state, e.to_state
      from entry p join entry e on e.team_id = p.team_id and e.posting = p.revision
      where p.type is not null and (p.type, e.from_state, e.to_state) not in (
        ('GRANT', 'none', 'available'), ('GRANT', 'available', 'locked'), ('GRANT', 'locked', 'available'),
        ('ADJUSTMENT', 'none', 'available'), ('CHARGE', 'none', 'available'),
        ('CHARGE', 'available', 'spent'), ('CHARGE', 'held', 'spent'), ('CHARGE', 'held', 'available'),
        ('CHARGE', 'none', 'none'), ('CHARGE', 'none', 'owed'), ('CHARGE', 'owed', 'none'), ('REFUND', 'spent', 'available'), ('REFUND', 'none', 'none'),
        ('EXPIRY', 'available', 'expired'),
        ('CLAWBACK', 'available', 'revoked'), ('CLAWBACK', 'locked', 'revoked'), ('CLAWBACK', 'none', 'owed'), ('CLAWBACK', 'available', 'repaid'),
        ('CLAWBACK', 'owed', 'none'), ('CLAWBACK', 'none', 'none'),
        ('ADJUSTMENT', 'revoked', 'available'), ('ADJUSTMENT', 'revoked', 'locked'), ('ADJUSTMENT', 'owed', 'none'), ('ADJUSTMENT', 'none', 'none'),
        ('HOLD', 'available', 'held'), ('HOLD', 'none', 'none'),
        ('RELEASE', 'held', 'available'), ('RELEASE', 'none', 'none'))`,
  },
  {
    name: 'tags-of-lines',
    says: 'only lines have tags, and every entry of a line of a charge has the same ones',
    sql: `
      select e.team_id, e.posting, e.line, count(*) as entries from entry e
      group by e.team_id, e.posting, e.line
      having bool_or(e.tags is not null and e.rate is null)
        or bool_or(e.type = 'CHARGE' or e.to_state = 'spent') and count(distinct coalesce(e.tags, '{}')) > 1 and e.line is not null`,
  },
  {
    name: 'caller-of-charge',
    says: 'a charge names its caller only where no hold names it',
    sql: `
      select team_id, revision, type, hold_id, caller_id from entry
      where caller_id is not null and (type is distinct from 'CHARGE' or hold_id is not null)`,
  },
  {
    name: 'refund-names-its-charge',
    says: 'a refund has the reference and the member of its charge',
    sql: `
      select r.team_id, r.revision, r.reference, c.reference as of_charge, r.member_id, c.member_id as member_of_charge
      from entry r join entry c on c.team_id = r.team_id and c.revision = r.charge_id
      where r.type = 'REFUND' and (r.reference, r.member_id) is distinct from (c.reference, c.member_id)`,
  },
  {
    name: 'entries-have-owners',
    says: 'what entries, grants, holds and outcomes refer to exists in their team',
    sql: `
      select e.team_id, e.revision, 'grant' as missing from entry e
        where grant_id is not null
          and not exists (select from credit_grant g where g.team_id = e.team_id and g.id = e.grant_id)
      union all select e.team_id, e.revision, 'hold' from entry e
        where hold_id is not null and not exists (select from hold h where h.team_id = e.team_id and h.id = e.hold_id)
      union all select e.team_id, e.revision, 'charge' from entry e
        where charge_id is not null and not exists (
          select from entry c where c.team_id = e.team_id and c.revision = e.charge_id and c.type = 'CHARGE')
      union all select team_id, null, 'account' from (
        select team_id from entry union select team_id from credit_grant union select team_id from hold
        union select team_id from command union select team_id from allowance union select team_id from stored_amount) t
        where not exists (select from account a where a.team_id = t.team_id)`,
  },
  {
    name: 'notices-in-place',
    says: 'notices stand at positions that the team has reached, numbered 1, 2, 3 …, and the account knows the last',
    sql: `
      with placed as (
        select n.*, row_number() over (partition by team_id, revision order by number) as expected,
          lead(revision) over (partition by team_id order by revision, number) is null as latest from account_notice n)
      select p.team_id, p.revision, p.number, a.revision as account_revision
      from placed p left join account a using (team_id)
      where a.team_id is null or p.revision > a.revision or p.number <> p.expected
        or (p.latest and (a.last_event_revision, a.last_event_number) <> (p.revision, p.number))`,
  },
  {
    name: 'platform-order-kept',
    says: 'the order of all teams keeps the order of the events of each team',
    sql: `
      with events as (
        select team_id, revision, 0 as number, platform_position from entry where type is not null
        union all select team_id, revision, number, platform_position from account_notice),
      followed as (
        select *, lag(platform_position) over (partition by team_id order by revision, number) as before from events)
      select team_id, revision, number, platform_position, before from followed where platform_position < before`,
  },
]
