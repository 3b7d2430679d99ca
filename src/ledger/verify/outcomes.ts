import { type Invariant, restored } from './invariant.ts'

/** Entry `e` is a deposit of the plan that began as the decision used up the team's trial. */
const afterTrial = `(e.type = 'GRANT' and e.reference like 'plan:%' and exists (
    select from account t where t.team_id = e.team_id and t.trial ->> 'end' = 'USED_UP'
      and (t.trial ->> 'endedAt')::numeric = round(extract(epoch from e.effective_at) * 1000)))`

/** An idempotency key has one outcome, and what it promised is there. */
export const outcomes: readonly Invariant[] = [
  {
    name: 'one-outcome-a-key',
    says: 'a key has one outcome in its namespace, decided at a revision that its team has reached, and no refusal',
    sql: `
      select c.team_id, c.key, c.revision, a.revision as account_revision
      from (select *, count(*) over (partition by team_id, caller_class, mutation, key) as same from command) c left join account a using (team_id)
      where same > 1 or a.team_id is null or c.revision > a.revision or c.outcome ->> 'kind' = 'refused'`,
  },
  {
    name: 'outcome-exists',
    says: 'what a stored success names exists: one charge a key, made by it or confirmed, the hold, the grant, the refund and its amount',
    sql: `
      with charged as (
        select team_id, key, revision, (outcome ->> 'id')::bigint as charge from command where outcome ->> 'kind' = 'charge')
      select c.team_id, key, c.charge::text as missing from (
        select *, count(*) over (partition by team_id, charge) as same from charged) c
      left join entry p on p.team_id = c.team_id and p.revision = c.charge and p.revision <= c.revision and p.type = 'CHARGE'
      where p.revision is null or same > 1 or (p.hold_id is distinct from p.revision and exists (
        select from entry e where e.team_id = c.team_id and e.revision > c.charge and e.revision <= c.revision
          and e.type not in ('EXPIRY', 'CLAWBACK') and (e.type <> 'ADJUSTMENT' or not exists (
            select from ${restored} r where r.team_id = e.team_id and r.id = e.revision)) and not ${afterTrial}))
      union all
      select team_id, key, outcome::text from command c
      where outcome ->> 'kind' = 'hold' and not exists (
          select from hold h where h.team_id = c.team_id and h.id = (outcome #>> '{hold,id}')::bigint)
        or outcome ->> 'kind' = 'grant' and not exists (
          select from credit_grant g where g.team_id = c.team_id and g.id = (outcome #>> '{grant,id}')::bigint
            and g.granted = (outcome #>> '{grant,granted}')::bigint)
        or outcome ->> 'kind' = 'refund' and not exists (
          select from entry e where e.team_id = c.team_id and e.revision = (outcome ->> 'id')::bigint
            and e.type = 'REFUND' and e.change = (outcome ->> 'amount')::bigint
            and e.charge_id = (outcome ->> 'chargeId')::bigint)`,
  },
]
