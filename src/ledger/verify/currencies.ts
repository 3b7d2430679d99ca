import type { Invariant } from './invariant.ts'

/** Amounts of two currencies are never added, because a team has only one. */
export const currencies: readonly Invariant[] = [
  {
    name: 'team-pays-in-one-currency',
    says: 'what a team bought, recharges, used, was lent and is billed is in the currency that it chose, or all in one where it has chosen none',
    // An auto-recharge that is off keeps what it counted, in the currency that it then had.
    sql: `
      with used as (
        select team_id, 'purchase' as what, price_currency as currency from purchase
          where state in ('PAID', 'REFUNDED', 'DISPUTED')
        union select team_id, 'recharge', recharge ->> 'currency' from account where recharge ->> 'state' <> 'OFF'
        union select team_id, 'lent', lent -> 'perCredit' ->> 'currency' from account where lent is not null
        union select team_id, 'usage', money_currency from entry where money_currency is not null
        union select team_id, 'bill', currency from metered_bill),
      own as (
        select team_id, coalesce(a.currency, min(used.currency)) as currency
        from account a join used using (team_id) group by team_id, a.currency)
      select team_id, used.what, used.currency, own.currency as own
      from used join own using (team_id) where used.currency <> own.currency`,
  },
]
