import { lockedColumn } from '../rows/grant-rows.ts'
import { instant } from '../rows/instants.ts'
import type { Invariant } from './invariant.ts'

/** A day of storage is charged in its last millisecond. */
const storageDue = `
  select team_id, rate, day_ends_at - interval '1 millisecond' as due from stored_amount where amount > 0 or accrued > 0`

/** The daily charges of what is or was stored, a row a line: nobody did them, and they name the day. */
const storageCharged = `
  select e.team_id, e.rate, e.effective_at, substr(p.reference, 9) as day, min(e.revision) as revision, count(e.quantity) as lines
  from entry p join entry e on e.team_id = p.team_id and e.posting = p.revision and e.rate is not null
  where p.type = 'CHARGE' and p.member_id is null and p.reference ~ '^storage:\\d{4}-\\d\\d-\\d\\d$'
  group by 1, 2, 3, 4`

/** The dates that an instant has, from the westernmost zone to the easternmost. */
const dates = (instant: string) =>
  ['-12', '0', '14']
    .map((hours) => `((${instant} + interval '${hours} hours') at time zone 'UTC')::date::text`)
    .join(', ')

/** When a recharge that was declined is tried again. */
const retryDue = `
  select team_id, ${instant("(recharge ->> 'retryAt')::float8")} as due from account where recharge ->> 'retryAt' is not null`
/** When a bill that is not paid becomes overdue, which the team is then told once. */
const billsDue = `
  select team_id, ${instant("(u ->> 'overdueAt')::float8")} as due
  from account cross join jsonb_array_elements(unpaid_bills) u where not (u ->> 'isAnnounced')::boolean`
/** A plan's periods wait for their payment. Source: comesDue. */
const isPaidFor = `(w.kind = 'CONTRACT' or a.paid_through is null or w.next_at < a.paid_through - interval '3 hours')`

/** Everything happened at its own instant, in order, and nothing that was due was passed over. */
export const time: readonly Invariant[] = [
  {
    name: 'time-never-falls',
    says: 'effective times never fall within a team, and are one within a posting',
    sql: `
      select team_id, revision, effective_at, before from (
        select e.*, lag(effective_at) over (partition by team_id order by revision) as before,
          lag(posting) over (partition by team_id order by revision) as posting_before from entry e) e
      where effective_at < before or (posting = posting_before and effective_at <> before)
      union all
      select team_id, a.revision, a.last_at, e.effective_at
      from account a join entry e using (team_id, revision) where a.last_at < e.effective_at`,
  },
  {
    name: 'spent-within-window',
    says: 'credits are reserved or spent from a balance only while their grant runs, and expire only when it has ended',
    sql: `
      select e.team_id, e.revision, e.grant_id, e.to_state, e.effective_at, g.starts_at, g.expires_at
      from entry e join credit_grant g on g.team_id = e.team_id and g.id = e.grant_id
      where e.from_state = 'available' and (
        (e.to_state in ('spent', 'held') and (e.effective_at < g.starts_at or e.effective_at >= g.expires_at))
        or (e.to_state = 'expired' and (g.expires_at is null or e.effective_at < g.expires_at)))`,
  },
  {
    name: 'nothing-overdue',
    says: "what ended before a team's last entry has been posted: expired grants, timed-out holds, due allowances, days of storage, recharges to try again, overdue bills",
    sql: `
      select team_id, 'grant' as overdue, g.id::text, g.expires_at as due, a.last_at
        from credit_grant g join account a using (team_id) where g.available > 0 and g.expires_at <= a.last_at
      union all select team_id, 'hold', h.id::text, h.expires_at, a.last_at
        from hold h join account a using (team_id) where h.state = 'OPEN' and h.expires_at <= a.last_at
      union all select team_id, 'allowance', w.id, w.next_at, a.last_at
        from allowance w join account a using (team_id) where not w.ended and w.next_at <= a.last_at and ${isPaidFor}
      union all select team_id, 'storage', s.rate, s.due, a.last_at
        from (${storageDue}) s join account a using (team_id) where s.due <= a.last_at
      union all select team_id, 'recharge', null, r.due, a.last_at
        from (${retryDue}) r join account a using (team_id) where r.due <= a.last_at
      union all select team_id, 'bill', null, b.due, a.last_at
        from (${billsDue}) b join account a using (team_id) where b.due <= a.last_at`,
  },
  {
    name: 'boundary-not-missed',
    says: "an account's next boundary is no later than the first instant at which time changes it",
    sql: `
      select a.team_id, a.next_boundary, due.first from account a cross join lateral (
        select min(at) as first from (
          select min(expires_at) as at from credit_grant g where g.team_id = a.team_id and g.available > 0
          union all select min(unlocks_at) from credit_grant g where g.team_id = a.team_id and ${lockedColumn('g')} > 0
          union all select min(expires_at) from hold h where h.team_id = a.team_id and h.state = 'OPEN'
          union all select min(next_at) from allowance w where w.team_id = a.team_id and not w.ended and ${isPaidFor}
          union all select min(s.due) from (${storageDue}) s where s.team_id = a.team_id
          union all select to_timestamp((a.trial ->> 'endsAt')::numeric / 1000) where a.trial ->> 'endedAt' is null
          union all select r.due from (${retryDue}) r where r.team_id = a.team_id
          union all select b.due from (${billsDue}) b where b.team_id = a.team_id) ends) due
      where due.first is not null and (a.next_boundary is null or a.next_boundary > due.first)`,
  },
  {
    name: 'storage-charged-once',
    says: "a day's storage is charged once a rate, at the end of the day that it names, and what is stored accrues behind it",
    sql: `
      select c.team_id, c.revision, c.rate, c.day, c.lines, c.effective_at, s.day_ends_at
      from (${storageCharged}) c join stored_amount s using (team_id, rate)
      where c.lines <> 1 or c.effective_at >= s.day_ends_at - interval '1 millisecond'
        or c.day not in (${dates('c.effective_at')})
        or date_trunc('minute', c.effective_at + interval '1 millisecond') <> c.effective_at + interval '1 millisecond'
      union all
      select team_id, null, rate, null, null, changed_at, day_ends_at from stored_amount where changed_at >= day_ends_at`,
  },
  {
    name: 'allowance-deposits-once',
    says: 'an allowance deposited at most once a period, in windows that meet and never overlap, up to where it stands',
    sql: `
      select g.team_id, g.id, g.allowance_id, g.allowance_period, g.starts_at, g.expires_at, w.next_period, w.next_at from (
        select *, lead(allowance_period) over periods as next_deposit, lead(starts_at) over periods as next_start
        from credit_grant where allowance_id is not null
        window periods as (partition by team_id, allowance_id order by allowance_period, id)) g
      left join allowance w on w.team_id = g.team_id and w.id = regexp_replace(g.allowance_id, ':rollover$', '')
      where w.id is null or g.kind <> w.kind or g.allowance_period >= w.next_period
        or (g.expires_at is null and w.cadence <> 'ONCE')
        or next_deposit = allowance_period
        or (next_deposit = allowance_period + 1 and next_start <> g.expires_at)
        or (allowance_period = w.next_period - 1 and not w.ended and g.expires_at <> w.next_at)`,
  },
  {
    name: 'rollover-from-what-expired',
    says: 'what is carried into a period is at most what the allowance before it had left, which expired there',
    sql: `
      select g.team_id, g.id, g.granted, before.expired
      from credit_grant g cross join lateral (
        select coalesce(sum(e.amount), 0) as expired
        from credit_grant b join entry e on e.team_id = b.team_id and e.grant_id = b.id
        where b.team_id = g.team_id and b.expires_at = g.starts_at and e.to_state = 'expired' and e.effective_at = g.starts_at
          and b.allowance_id in (g.allowance_id, regexp_replace(g.allowance_id, ':rollover$', ''))) before
      where g.allowance_id like '%:rollover' and g.granted > before.expired`,
  },
  {
    name: 'add-on-granted',
    says: "a team's running cycle has had its add-on units once it is paid for, and no team has any without a plan",
    sql: `select team_id, add_on_units, add_on_granted, plan_id from account
      where (add_on_units > add_on_granted and (paid_through is null or last_at < paid_through - interval '3 hours'))
        or (add_on_units > 0 and plan_id is null)`,
  },
]
