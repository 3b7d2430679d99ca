import { type Invariant, net, paidNet } from './invariant.ts'

/** The states of each paid grant as its entries tell them, with all that is taken back of it now. */
const paid = `
  select g.team_id, g.id, g.granted, g.clawed_back as taken, g.frozen,
    sum(${net('available')} + ${net('locked')} + ${net('held')}) as usable, sum(${net('spent')} + ${net('held')}) as used,
    sum(${net('spent')}) as spent, sum(${net('expired')}) as expired, sum(${net('revoked')}) as revoked
  from credit_grant g join entry e on e.team_id = g.team_id and e.grant_id = g.id
  where g.cost_amount is not null group by g.team_id, g.id`

/** The cost basis of grants, and the revenue that follows from it. */
export const books: readonly Invariant[] = [
  {
    name: 'cost-basis-is-price',
    says: 'a grant cost the price of the purchase that was paid for it, less its discount, or its share of the invoice that was, in its currency; a Checkout that cost nothing, and every other grant, cost nothing',
    sql: `
      select g.team_id, g.id, g.source, g.cost_amount, g.cost_currency, p.id as purchase, ${paidNet} as net, p.price_currency
      from credit_grant g left join purchase p on p.team_id = g.team_id and 'stripe:' || p.payment_intent = g.source
      where g.cost_at is null and g.starts_at >= (select min(created_at) from purchase)
        and (g.cost_amount, g.cost_currency) is distinct from (${paidNet}, p.price_currency)`,
  },
  {
    name: 'deposit-cost-is-share',
    says: 'what is known later of a deposit is its share of one paid invoice, of which all deposits of the invoice together have the whole',
    sql: `
      select g.team_id, g.source, g.cost_amount, g.cost_currency, c.amount, c.whole, c.currency
      from credit_grant g left join deposit_cost c on c.team_id = g.team_id and c.source = g.source
      where g.cost_at is not null and (g.cost_amount, g.cost_currency) is distinct from (c.amount, c.currency)
      union all select team_id, invoice, null, null, sum(amount), max(whole), min(currency) from deposit_cost
      group by team_id, invoice having (sum(amount), min(whole), min(currency)) <> (max(whole), max(whole), max(currency))`,
  },
  {
    name: 'clawback-kept',
    says: 'the last clawback of a paid grant is what is taken back of it now; each stands on a posting of its instant, behind the one before it',
    sql: `
      select c.team_id, c.grant_id, c.revision, c.total, c.frozen from (
        select *, lag(effective_at) over (partition by team_id, grant_id order by revision) as before from clawback) c
      left join entry e on e.team_id = c.team_id and e.revision = c.revision and e.type is not null
      left join credit_grant g on g.team_id = c.team_id and g.id = c.grant_id
      where e.effective_at is distinct from c.effective_at or c.effective_at < c.before or g.cost_amount is null and g.kind not in ('INCLUDED', 'ADD_ON')
        or c.total > g.granted
      union all select g.team_id, g.id, c.revision, g.clawed_back, g.frozen from credit_grant g
      left join lateral (select * from clawback c where c.team_id = g.team_id and c.grant_id = g.id
        order by c.revision desc limit 1) c on true
      where g.cost_amount is not null and (g.clawed_back, g.frozen) <> (coalesce(c.total, 0), coalesce(c.frozen, false))`,
  },
  {
    name: 'revenue-adds-up',
    says: 'a paid grant is refunded, earned, expired and open by its entries, and the four are the whole grant: what is taken back comes from what expired or was left first, then from use',
    // The entries alone tell it: the part taken back that was neither left nor used has expired before.
    sql: `
      select team_id, id, granted, taken, used, spent, expired, revoked, unpaid from (
        select *, greatest(0, used - (granted - taken)) as unpaid from (${paid}) p) p
      where not frozen and (granted <> usable + spent + expired + revoked
        or taken - revoked - unpaid not between 0 and expired
        or least(spent, granted - taken) + least(usable, granted - taken - least(spent, granted - taken))
          + (expired - (taken - revoked - unpaid)) <> granted - taken)`,
  },
]
