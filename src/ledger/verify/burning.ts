import { type Invariant, net } from './invariant.ts'

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

/** The grants in burn order, which is total within a team. */
const ranked = `
  select team_id, id, scope, coalesce(scope::text, '') as pays_for, row_number() over (
    partition by team_id order by case when scope is null then 2 when jsonb_array_length(scope -> 'categories') > 0 then 1 else 0 end,
      priority, expires_at nulls last, starts_at, id) as rank from credit_grant`

/** Whether the scope of a grant includes a rate or its category. */
const includes = (scope: string, rate: string, category: string) =>
  `(coalesce(${scope} -> 'rates' ? ${rate}, false) or coalesce(${scope} -> 'categories' ? ${category}, false))`

export const burning: readonly Invariant[] = [
  {
    name: 'burn-order',
    says: 'of the grants that pay for the same, credits are taken from the first in burn order that has any: priority, soonest expiry, oldest, id',
    // Both sides are stretches, not entries: a grant that has something available, and spending that stays on one grant
    // while no grant is filled. They change only when grants run out or fill up, so that joining them stays small.
    sql: `
      with ranked as (${ranked}),
      moved as (
        select e.team_id, e.revision, r.id, r.rank, r.pays_for, e.from_state = 'available' and e.to_state in ('spent', 'held') as taken,
          sum(case when e.to_state = 'available' then e.amount when e.from_state = 'available' then -e.amount else 0 end)
            over (partition by e.team_id, r.id order by e.revision) as available
        from entry e join ranked r on r.team_id = e.team_id and r.id = e.grant_id),
      turns as (
        select *, available > 0 as has, lag(available, 1, 0::numeric) over (partition by team_id, id order by revision) > 0 as had,
          taken and lag(id) over (partition by team_id, taken order by revision) is distinct from id as switched
        from moved),
      filled as (
        select team_id, id, rank, pays_for, has, revision as since, lead(revision) over (partition by team_id, id order by revision) as until
        from turns where had <> has),
      stretches as (
        select *, count(*) filter (where switched or (has and not had)) over (partition by team_id order by revision) as stretch
        from turns),
      runs as (
        select team_id, id, rank, pays_for, min(revision) as first from stretches where taken
        group by team_id, id, rank, pays_for, stretch)
      select r.team_id, r.first as revision, r.id as grant_id, f.id as earlier_grant
      from runs r join filled f on f.team_id = r.team_id and f.pays_for = r.pays_for and f.has and f.rank < r.rank
        and f.since < r.first and (f.until is null or f.until > r.first)`,
  },
  {
    name: 'narrowest-first',
    says: 'a grant pays for a line only where no scoped grant that comes before it could have paid, and has credits left',
    // Only charges that compared scopes tell a category. What is left is counted after the whole charge, because other
    // lines may need it.
    sql: `
      with ranked as (${ranked}),
      moved as (
        select e.team_id, e.revision, r.id, sum(${net('available')}) over (partition by e.team_id, r.id order by e.revision) as available
        from entry e join ranked r on r.team_id = e.team_id and r.id = e.grant_id where r.scope is not null),
      left_over as (
        select team_id, id, available, revision as since, lead(revision) over (partition by team_id, id order by revision) as until
        from moved)
      select e.team_id, e.revision, e.grant_id, e.rate, e.category, h.id as narrower_grant
      from entry e join ranked g on g.team_id = e.team_id and g.id = e.grant_id
      join ranked h on h.team_id = e.team_id and h.rank < g.rank and h.scope is not null
      join left_over l on l.team_id = h.team_id and l.id = h.id and l.available > 0
        and l.since <= e.posting and (l.until is null or l.until > e.posting)
      where e.category is not null and (e.from_state, e.to_state) = ('available', 'spent')
        and ${includes('h.scope', 'e.rate', 'e.category')}`,
  },
  {
    name: 'scope-kept',
    says: 'scoped credits are spent on lines of their scope, reserved for holds that have such a line, and repay no debt',
    sql: `
      select e.team_id, e.revision, e.grant_id, e.to_state, e.rate, e.category, g.scope
      from credit_grant g join entry e on e.team_id = g.team_id and e.grant_id = g.id
      where g.scope is not null and (e.to_state = 'repaid'
        or (e.to_state = 'spent' and not ${includes('g.scope', 'e.rate', 'e.category')})
        or (e.to_state = 'held' and not exists (
          select from entry p join hold h on h.team_id = p.team_id and h.id = p.hold_id
          cross join jsonb_array_elements(h.lines) held(line)
          where p.team_id = e.team_id and p.revision = e.posting
            and ${includes('g.scope', "(held.line ->> 'rate')", "(held.line ->> 'category')")})))`,
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
