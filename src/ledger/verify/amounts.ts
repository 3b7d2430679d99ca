import { creditLineRate, lentSource } from '../../domain/credit-line.ts'
import { lockedColumn } from '../rows/grant-rows.ts'
import { availableToAll, type Invariant, net, restored } from './invariant.ts'

/** Whether an entry bills in money what the credit line lent. */
const isBilled = `(e.rate is not distinct from '${creditLineRate}' and (e.from_state, e.to_state) = ('owed', 'none'))`

/** Grants, accounts and entries tell the same amounts three times over. */
export const amounts: readonly Invariant[] = [
  {
    name: 'grant-conserved',
    says: 'every grant is available, locked, held, spent, expired or revoked, to the last micro-credit; locked is the part of a lock that is not revoked, until the lock ends',
    sql: `
      select team_id, id, granted, g.available, g.held, spent, expired, revoked, lock_amount, unlocks_at
      from credit_grant g left join account a using (team_id)
      where ${lockedColumn('g')} <> case when unlocks_at > last_at then greatest(0, lock_amount - revoked) else 0 end
        or least(g.available, g.held, spent, expired, revoked) < 0`,
  },
  {
    name: 'closed-grant-empty',
    says: 'a closed grant has nothing available, nothing locked and nothing held',
    sql: `
      select team_id, id, available, held, ${lockedColumn('g')} as locked from credit_grant g
      where not open and (available <> 0 or held <> 0 or ${lockedColumn('g')} <> 0)`,
  },
  {
    name: 'account-sums-grants',
    says: 'an account has available what its grants without a scope have, held what all of them have, and nothing below zero',
    sql: `
      select team_id, a.available, a.held, sum(g.available) filter (where g.scope is null) as grants_available,
        sum(g.held) as grants_held
      from account a left join credit_grant g using (team_id) group by team_id
      having a.available <> coalesce(sum(g.available) filter (where g.scope is null), 0) or a.held <> coalesce(sum(g.held), 0)
        or least(a.available, a.held, a.owed) < 0`,
  },
  {
    name: 'grant-equals-entries',
    says: 'the entries of a grant add up to each of its states',
    sql: `
      with moved as (
        select team_id, grant_id as id, sum(${net('available')}) as available, sum(${net('held')}) as held,
          sum(${net('spent')}) as spent, sum(${net('expired')}) as expired, sum(${net('revoked')}) as revoked,
          sum(${net('locked')}) as locked
        from entry e where grant_id is not null group by 1, 2)
      select team_id, id, to_jsonb(g) as stored, to_jsonb(m) as moved
      from credit_grant g left join moved m using (team_id, id)
      where (g.available, g.held, g.spent, g.expired, g.revoked, ${lockedColumn('g')})
        is distinct from (m.available, m.held, m.spent, m.expired, m.revoked, m.locked)`,
  },
  {
    name: 'account-equals-entries',
    says: 'the entries of a team add up to its available and held, without scoped grants in what is available',
    sql: `
      select a.team_id, a.available, a.held, sum(${availableToAll}) as moved_available, sum(${net('held')}) as moved_held
      from account a left join entry e using (team_id)
      left join credit_grant g on g.team_id = e.team_id and g.id = e.grant_id group by a.team_id
      having a.available <> sum(${availableToAll}) or a.held <> sum(${net('held')})`,
  },
  {
    name: 'owed-equals-entries',
    says: 'a team owes what was taken back from spent credits or charged beyond its balance, less what later grants repaid or was forgiven',
    sql: `
      select team_id, a.owed, sum(${net('owed')}) as moved
      from account a left join entry e using (team_id) group by team_id having a.owed <> sum(${net('owed')})`,
  },
  {
    name: 'clawback-accounted',
    says: 'what was taken back of a grant was revoked, or became owed as far as it had been used; what of it expired unspent was neither; of a frozen grant all that was left is revoked',
    sql: `
      with moved as (
        select team_id, grant_id as id, sum(${net('revoked')}) as revoked,
          sum(case when to_state = 'owed' then amount when from_state = 'owed' then -amount else 0 end) as owed
        from entry e where grant_id is not null group by 1, 2),
      again as (select team_id, source, sum(granted) as granted from ${restored} r group by 1, 2),
      taken as (
        select g.*, coalesce(m.revoked, 0) as taken, coalesce(m.owed, 0) - coalesce(r.granted, 0) as unpaid
        from credit_grant g left join moved m using (team_id, id) left join again r using (team_id, source))
      select team_id, id, source, clawed_back, taken, unpaid, spent, held, expired, granted from taken
      where unpaid <> greatest(0, spent + held + clawed_back - granted) or clawed_back not between 0 and granted
        or clawed_back > taken + unpaid + expired or (clawed_back < taken + unpaid and not frozen)
        or (frozen and (available > 0 or ${lockedColumn('taken')} > 0))`,
  },
  {
    name: 'restored-from-clawback',
    says: 'what other credits had paid for a grant that was clawed back comes back as a grant like it, named by its own deposit',
    sql: `
      select g.team_id, g.id, g.source, g.kind, g.priority
      from ${restored} r join credit_grant g using (team_id, id)
      left join credit_grant first on first.team_id = r.team_id and first.source = r.source and first.id < r.id
      left join entry e on e.team_id = g.team_id and e.revision = g.id
      left join entry p on p.team_id = e.team_id and p.revision = e.posting
      where first.id is null or (first.kind, first.priority) <> (g.kind, g.priority) or g.scope is not null
        or g.source <> 'restored:' || first.source || ':' || g.id or p.type is distinct from 'ADJUSTMENT'
        or g.expires_at - g.starts_at is distinct from first.expires_at - first.starts_at`,
  },
  {
    name: 'debt-has-cause',
    says: 'what is owed, or no longer, is of the grant that was taken back or lent, a line of the charge that the balance did not cover, or billed',
    sql: `
      select e.team_id, e.revision, p.type, e.grant_id, e.rate from entry e
      join entry p on p.team_id = e.team_id and p.revision = e.posting
      where 'owed' in (e.from_state, e.to_state) and case p.type
        when 'CHARGE' then case when e.grant_id is null then e.rate is null or e.line is null
          else e.rate is not null or not exists (select from credit_grant g
            where g.team_id = e.team_id and g.id = e.grant_id and g.source like '${lentSource}%') end
        else e.grant_id is null or e.rate is not null end`,
  },
  {
    name: 'lent-equals-entries',
    says: 'of what a team owes, as much is lent as its credit line lent and nothing has paid, forgiven or billed; other debts are paid first',
    sql: `
      with moved as (
        select e.team_id, e.revision, e.owed_after,
          sum(case when g.source like '${lentSource}%' and (e.from_state, e.to_state) = ('none', 'owed') then e.amount
            when ${isBilled} then -e.amount else 0 end) over (partition by e.team_id order by e.revision) as lent
        from entry e left join credit_grant g on g.team_id = e.team_id and g.id = e.grant_id),
      told as (
        select distinct on (team_id) team_id,
          lent + least(0, min(owed_after - lent) over (partition by team_id)) as lent
        from moved order by team_id, revision desc)
      select team_id, a.lent, coalesce(t.lent, 0) as moved from account a left join told t using (team_id)
      where coalesce((a.lent ->> 'credits')::numeric, 0) <> coalesce(t.lent, 0)`,
  },
  {
    name: 'lent-is-owed',
    says: 'every grant that was lent was owed as it came, and what is billed of it is of no grant and has its price in money',
    sql: `
      select g.team_id, g.id as revision, g.granted, g.clawed_back from credit_grant g
        where g.source like '${lentSource}%' and (g.kind <> 'ADJUSTMENT' or g.clawed_back <> g.granted or not exists (
          select from entry e where e.team_id = g.team_id and e.grant_id = g.id and e.posting = (
            select c.posting from entry c where c.team_id = g.team_id and c.revision = g.id)
            and (e.from_state, e.to_state) = ('none', 'owed') and e.amount = g.granted))
      union all
      select e.team_id, e.revision, e.amount, e.money_amount from entry e
        where e.rate = '${creditLineRate}' and (not ${isBilled} or e.grant_id is not null or e.money_amount is null
          or e.quantity is distinct from e.amount)`,
  },
  {
    name: 'deposited-once',
    says: 'a grant was deposited by one entry, which numbers it, in full, within its window; its source deposited once',
    sql: `
      with deposit as (
        select team_id, grant_id as id, count(*) as entries, min(revision) as revision, sum(amount) as amount,
          min(effective_at) as at
        from entry where from_state = 'none' and to_state = 'available' group by 1, 2)
      select team_id, id, source, granted, amount, entries, starts_at, expires_at, at
      from (select *, count(*) over (partition by team_id, source) as same_source from credit_grant) g
      left join deposit using (team_id, id)
      where entries is distinct from 1 or revision <> id or amount <> granted or same_source > 1
        or at < starts_at or at >= expires_at`,
  },
]
