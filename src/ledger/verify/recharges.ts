import type { Invariant } from './invariant.ts'

/** Purchases agree with the account, and recharges stay within their cap. */
export const recharges: readonly Invariant[] = [
  {
    name: 'purchases-counted',
    says: "a team's purchases are numbered from 1 without a gap, as many as its account has counted",
    sql: `
      select team_id, a.purchases, p.written, p.latest
      from account a full join (
        select team_id, count(*) as written, max(id) as latest from purchase group by 1) p using (team_id)
      where coalesce(a.purchases, -1) <> coalesce(p.written, 0) or p.written <> p.latest`,
  },
  {
    name: 'recharge-pays-last-purchase',
    says: 'what a recharge pays is the last purchase that it began; it waits for a payment, an attempt or the customer only as its state says, and a loss has paused it',
    sql: `
      select a.team_id, r.state, r.attempt, r.retry_at, r.action_url, last.id as last_purchase
      from account a cross join lateral (
        select recharge ->> 'state' as state, (recharge ->> 'attempt')::integer as attempt,
          recharge ->> 'retryAt' as retry_at, recharge ->> 'actionUrl' as action_url, recharge ->> 'loss' as loss) r
      cross join lateral (
        select max(id) as id from purchase p where p.team_id = a.team_id and p.cause = 'RECHARGE') last
      where r.attempt is not null and r.attempt is distinct from last.id
        or r.loss is not null and r.state <> 'PAUSED'
        or case r.state
          when 'OFF' then r.retry_at is not null
          when 'PAUSED' then r.retry_at is not null
          when 'CHARGING' then (r.attempt is null) = (r.retry_at is null) or r.action_url is not null
          when 'ACTION_REQUIRED' then r.attempt is null or r.retry_at is not null or r.action_url is null
          else r.attempt is not null or r.retry_at is not null or r.action_url is not null end`,
  },
  {
    name: 'recharge-within-cap',
    says: 'what a month has spent on recharges is at most its cap, but for what no cap could hold back, and no more than they cost',
    // A cap that is lowered, and a payment that goes through after it was given up, are told by `uncapped`.
    sql: `
      select a.team_id, a.recharge, cost.total
      from account a cross join lateral (
        select (recharge ->> 'spent')::numeric as spent, (recharge ->> 'uncapped')::numeric as uncapped,
          (recharge ->> 'monthlyCap')::numeric as cap) r
      cross join lateral (
        select coalesce(sum(price_amount), 0) as total from purchase p
        where p.team_id = a.team_id and p.cause = 'RECHARGE' and p.price_currency = a.recharge ->> 'currency') cost
      where r.spent - r.uncapped > r.cap or r.uncapped < 0 or r.uncapped > r.spent or r.spent > cost.total`,
  },
]
