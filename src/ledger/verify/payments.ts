import { type Invariant, paidTotal } from './invariant.ts'

/** The source of a purchase's credits. A Checkout that cost nothing has no payment intent. */
const source = "'stripe:' || coalesce(p.payment_intent, p.checkout_session)"

/** Paid purchases whose facts have all been posted to the ledger. */
const posted = `
  select *, ${source} as source from purchase p
  where state in ('PAID', 'REFUNDED', 'DISPUTED') and posted = facts`

/** Sales, payments and deposits agree. */
export const payments: readonly Invariant[] = [
  {
    name: 'paid-purchase-deposited',
    says: 'a purchase that was paid has one grant, named by its payment, with its credits, of the kind that its cause makes',
    sql: `
      select p.team_id, p.id, p.source, p.credits, p.cause, g.id as grant_id, g.granted, g.kind
      from (${posted}) p left join credit_grant g using (team_id, source)
      where g.id is null or g.granted <> p.credits
        or g.kind <> case p.cause when 'RECHARGE' then 'AUTO_RECHARGE' else 'PACKAGE' end`,
  },
  {
    name: 'deposit-paid-for',
    says: 'a grant that is named by a payment belongs to the purchase of its team that was paid by it',
    // An operator that took payments elsewhere may have named grants so before the first purchase.
    sql: `
      select g.team_id, g.id, g.source, g.granted, p.id as purchase, p.credits, p.state
      from credit_grant g left join purchase p on p.team_id = g.team_id and ${source} = g.source
      where g.source like 'stripe:%' and g.starts_at >= (select min(created_at) from purchase)
        and (p.credits is distinct from g.granted
          or (p.posted = p.facts and p.state not in ('PAID', 'REFUNDED', 'DISPUTED')))`,
  },
  {
    name: 'locked-of-new-team',
    says: 'credits of a payment are locked only where a new team has paid for them, from their deposit on, and become available before they end',
    sql: `
      select g.team_id, g.id, g.source, g.lock_amount, g.starts_at, g.unlocks_at, g.expires_at, p.of_new_team
      from credit_grant g left join purchase p on p.team_id = g.team_id and ${source} = g.source
      where g.lock_amount is not null and g.source like 'stripe:%' and g.starts_at >= (select min(created_at) from purchase)
        and (p.of_new_team is distinct from true or g.unlocks_at <= g.starts_at
        or g.unlocks_at >= g.expires_at)`,
  },
  {
    name: 'frozen-as-warned',
    says: 'a grant is frozen exactly as long as its payment is warned of and no dispute about it was won, or is reviewed and nothing has come back',
    sql: `
      select p.team_id, p.id, p.source, p.warning, p.review, p.reversals, g.frozen
      from (${posted}) p join credit_grant g using (team_id, source), lateral (
        select coalesce(bool_or(r ->> 'id' ~ '^d[pu]_'), false) as dispute, count(*) > 0 as any
        from jsonb_array_elements(p.reversals) r where r ->> 'effect' = 'RETURNED') back
      where g.frozen <> (p.warning is not null and not back.dispute
        or p.review is not distinct from 'OPEN' and not back.any)`,
  },
  {
    name: 'taken-back-in-proportion',
    says: 'a grant is clawed back by what its payment was refunded and lost to disputes, in proportion, rounded for the team',
    sql: `
      with paid as (
        select p.*, ${paidTotal} as total, least(${paidTotal}, (
          select coalesce(sum((r ->> 'amount')::numeric), 0) from jsonb_array_elements(reversals) r
          where r ->> 'effect' = 'WITHDRAWN')) as returned
        from (${posted}) p)
      select p.team_id, p.id, p.source, p.credits, p.total, p.returned, g.clawed_back
      from paid p join credit_grant g using (team_id, source)
      where g.clawed_back <> case p.total when 0 then 0 else div(p.credits * p.returned, p.total) end`,
  },
  {
    name: 'paid-is-price-less-discount',
    says: 'the payer of a taxed purchase paid its price less the discount: with the tax where prices include it, without it where it is added',
    sql: `
      select p.team_id, p.id, p.price_amount, p.discount_amount, p.tax_behavior, p.tax_amount, p.total_amount
      from purchase p where p.state in ('PAID', 'REFUNDED', 'DISPUTED') and p.tax_behavior is not null and p.total_amount is not null
        and p.price_amount - coalesce(p.discount_amount, 0)
          <> p.total_amount - case p.tax_behavior when 'inclusive' then 0 else p.tax_amount end`,
  },
  {
    name: 'free-by-discount',
    says: 'a purchase that is paid without a payment has its whole price as a discount, and no other paid purchase has',
    sql: `
      select p.team_id, p.id, p.price_amount, p.discount_amount, p.payment_intent from purchase p
      where p.state in ('PAID', 'REFUNDED', 'DISPUTED')
        and (p.payment_intent is null) <> (coalesce(p.discount_amount, 0) = p.price_amount)`,
  },
  {
    name: 'taken-back-of-invoice',
    says: "a plan's deposit or units are clawed back by a change of plan, or by a share that was given back of an invoice of the team",
    sql: `
      select g.team_id, g.id, g.source, g.granted, g.clawed_back, changed.amount as changed
      from credit_grant g cross join lateral (
        select coalesce(sum(e.amount), 0) as amount from entry e join entry p on p.team_id = e.team_id and p.revision = e.posting
        where e.team_id = g.team_id and e.grant_id = g.id and e.to_state = 'revoked' and p.reference ~ '^plan:.*:change$') changed
      where g.kind in ('INCLUDED', 'ADD_ON') and g.source like 'plan:%' and g.clawed_back > changed.amount and not exists (
        select from reversed_invoice i cross join lateral (
          select coalesce(sum((r ->> 'amount')::numeric), 0) as returned from jsonb_array_elements(i.reversals) r
          where r ->> 'effect' = 'WITHDRAWN') back
        where i.team_id = g.team_id
          and (i.posted < i.facts or least(g.granted, changed.amount + div(g.granted * least(i.total, back.returned), i.total)) = g.clawed_back))`,
  },
]
