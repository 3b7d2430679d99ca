import type { Invariant } from './invariant.ts'

/** The credits that a charge burned and that its refunds gave back, each as consecutive stretches of its amount. */
const burned = `
  select c.team_id, c.revision as charge, e.revision, e.grant_id, e.amount,
    sum(e.amount) over (partition by c.team_id, c.revision order by e.revision desc) as through
  from entry c join entry e on e.team_id = c.team_id and e.posting = c.revision and e.to_state = 'spent'
  where c.type = 'CHARGE'`

const given = `
  select r.team_id, r.charge_id as charge, e.revision, e.grant_id, e.amount,
    sum(e.amount) over (partition by r.team_id, r.charge_id order by e.revision) as through
  from entry r join entry e on e.team_id = r.team_id and e.posting = r.revision and e.from_state = 'spent'
  where r.type = 'REFUND'`

export const burning: readonly Invariant[] = [
  {
    name: 'burn-order',
    says: 'credits are taken from the first grant in burn order that has any: priority, soonest expiry, oldest, id',
    // Both sides are stretches, not entries: a grant that has something available, and spending that stays on one grant
    // while no grant is filled. They change only when grants run out or fill up, so that joining them stays small.
    sql: `
      with ranked as (
        select team_id, id, row_number() over (
          partition by team_id order by priority, expires_at nulls last, starts_at, id) as rank from credit_grant),
      moved as (
        select e.team_id, e.revision, r.id, r.rank, e.from_state = 'available' and e.to_state in ('spent', 'held') as taken,
          sum(case when e.to_state = 'available' then e.amount when e.from_state = 'available' then -e.amount else 0 end)
            over (partition by e.team_id, r.id order by e.revision) as available
        from entry e join ranked r on r.team_id = e.team_id and r.id = e.grant_id),
      turns as (
        select *, available > 0 as has, lag(available, 1, 0::numeric) over (partition by team_id, id order by revision) > 0 as had,
          taken and lag(id) over (partition by team_id, taken order by revision) is distinct from id as switched
        from moved),
      filled as (
        select team_id, id, rank, has, revision as since, lead(revision) over (partition by team_id, id order by revision) as until
        from turns where had <> has),
      stretches as (
        select *, count(*) filter (where switched or (has and not had)) over (partition by team_id order by revision) as stretch
        from turns),
      runs as (
        select team_id, id, rank, min(revision) as first from stretches where taken group by team_id, id, rank, stretch)
      select r.team_id, r.first as revision, r.id as grant_id, f.id as earlier_grant
      from runs r join filled f on f.team_id = r.team_id and f.has and f.rank < r.rank
        and f.since < r.first and (f.until is null or f.until > r.first)`,
  },
  {
    name: 'refunds-within-charge',
    says: 'refunds give back no more than the charge took, in all and of each grant',
    sql: `
      with taken as (select team_id, charge, grant_id, sum(amount) as amount from (${burned}) b group by 1, 2, 3),
      back as (select team_id, charge, grant_id, sum(amount) as amount from (${given}) g group by 1, 2, 3)
      select team_id, charge, grant_id, t.amount as taken, b.amount as back
      from back b left join taken t using (team_id, charge, grant_id) where b.amount > coalesce(t.amount, 0)`,
  },
  {
    name: 'refunds-last-burned-first',
    says: 'refunds go back over a charge from its end: the grant that was burned last gets its own back first',
    sql: `
      select g.team_id, g.charge, g.revision as refunded_at, g.grant_id as given_to, b.grant_id as burned_from
      from (${given}) g join (${burned}) b using (team_id, charge)
      where g.grant_id <> b.grant_id and g.through - g.amount < b.through and b.through - b.amount < g.through`,
  },
]
