import { minorUnit, NANO } from '../../domain/amounts/money.ts'
import { payableIn } from '../../domain/amounts/payable.ts'
import type { Invariant } from './invariant.ts'

/** The factor from nano-units to the steps in which a currency is paid, exact. Most currencies are paid in hundredths. */
const scaleOf = (step: bigint) => `${1 / Number(step)}`
const hundredth = NANO / 100n
const others = Intl.supportedValuesOf('currency')
  .map((currency) => ({ currency, step: payableIn(currency).step, minor: minorUnit(currency) }))
  .filter(({ step, minor }) => step !== hundredth || minor !== hundredth)
  .map(({ currency, step, minor }) => `('${currency}', ${scaleOf(step)}, ${step / minor})`)

/**
 * The use of months that are over, as far as they are looked through, not rounded; and the bills. Both in steps of
 * the currency.
 */
const billed = `
  unit (currency, scale, size) as (values ${others.join(', ')}),
  used as (
    select m.month, e.team_id, e.money_currency as currency, e.rate,
      sum(e.money_amount) * coalesce(max(unit.scale), ${scaleOf(hundredth)}) as money
    from metered_month m
    join entry e on e.effective_at >= m.starts_at and e.effective_at < m.ends_at and (m.found or e.team_id <= m.looked)
    left join unit on unit.currency = e.money_currency
    where e.money_currency is not null group by 1, 2, 3, 4),
  bill as (
    select b.team_id, b.month, b.currency, b.amount * coalesce(unit.scale, ${scaleOf(hundredth)}) as amount, b.lines,
      coalesce(unit.size, 1) as size
    from metered_bill b left join unit using (currency)),
  line as (
    select team_id, month, currency, l ->> 'rate' as rate, (l ->> 'amount')::numeric / bill.size as amount
    from bill cross join jsonb_array_elements(lines) l)`

const halfEven = (exact: string) =>
  `case when abs(${exact} - trunc(${exact})) = 0.5 then 2 * round(${exact} / 2) else round(${exact}) end`

/** The use is billed in money exactly once, and sums that are too small are carried over exactly once. */
export const bills: readonly Invariant[] = [
  {
    name: 'bill-equals-usage',
    says: 'every team that used metered rates in a month that was looked through has one bill a currency, of what it used, rounded once',
    sql: `
      with ${billed},
      owed as (select team_id, month, currency, sum(money) as exact from used group by 1, 2, 3)
      select team_id, month, currency, b.amount, o.exact
      from bill b full join owed o using (team_id, month, currency)
      where b.amount is null or o.exact is null or b.amount <> ${halfEven('o.exact')}`,
  },
  {
    name: 'bill-lines-add-up',
    says: "a bill's lines add up to its amount",
    sql: `
      with ${billed}
      select b.team_id, b.month, b.currency, b.amount, sum(l.amount) as lines
      from bill b left join line l using (team_id, month, currency)
      group by b.team_id, b.month, b.currency, b.amount having b.amount <> coalesce(sum(l.amount), 0)`,
  },
  {
    name: 'bill-lines-equal-rates',
    says: 'a bill has one line for each rate that was used, less than one step of the currency from what it cost',
    sql: `
      with ${billed},
      told as (
        select team_id, month, currency, rate, count(*) as lines, sum(amount) as amount from line group by 1, 2, 3, 4),
      cost as (select u.* from used u join bill b using (team_id, month, currency) where u.money <> 0)
      select team_id, month, currency, rate, t.lines, t.amount, c.money
      from told t full join cost c using (team_id, month, currency, rate)
      where t.lines is distinct from 1 or c.money is null or abs(t.amount - c.money) >= 1`,
  },
  {
    name: 'bill-carries-what-was-left',
    says: 'a bill carries what the bills before it left to it, and nothing else',
    sql: `
      select b.team_id, b.month, b.currency, b.carried, coalesce(sum(c.amount + c.carried), 0) as "left"
      from metered_bill b left join metered_bill c
        on c.team_id = b.team_id and c.currency = b.currency and c.carried_to = b.month
      group by b.team_id, b.month, b.currency, b.carried having b.carried <> coalesce(sum(c.amount + c.carried), 0)`,
  },
  {
    name: 'bill-left-to-the-next',
    says: 'a bill that is carried over is above zero and is taken over by the next bill of its team and currency, as soon as there is one',
    sql: `
      select c.team_id, c.month, c.currency, c.amount + c.carried as sum, c.carried_to, n.month as next
      from metered_bill c cross join lateral (
        select min(month) as month from metered_bill n
        where n.team_id = c.team_id and n.currency = c.currency and n.month > c.month) n
      where c.state = 'CARRIED' and (c.amount + c.carried <= 0 or c.carried_to is distinct from n.month)`,
  },
  {
    name: 'unpaid-bills-known',
    says: 'an account has exactly the bills that are not paid, each overdue from the same instant, once payments have told the ledger',
    sql: `
      with untold as (select distinct team_id from metered_bill where told < facts),
      unpaid as (
        select team_id, month, currency, overdue_at, failures from metered_bill
        where state in ('OPEN', 'UNCOLLECTIBLE')),
      known as (
        select a.team_id, u ->> 'month' as month, u ->> 'currency' as currency,
          to_timestamp((u ->> 'overdueAt')::numeric / 1000) as overdue_at, (u ->> 'failures')::integer as failures
        from account a cross join jsonb_array_elements(a.unpaid_bills) u)
      select team_id, month, currency, unpaid.overdue_at, known.overdue_at as known_at
      from unpaid full join known using (team_id, month, currency)
      where not exists (select from untold where untold.team_id = coalesce(unpaid.team_id, known.team_id))
        and (unpaid.overdue_at is distinct from known.overdue_at or unpaid.failures is distinct from known.failures)`,
  },
]
