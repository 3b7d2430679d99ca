import type { Invariant } from './invariant.ts'

/** An idempotency key has one outcome, and what it promised is there. */
export const outcomes: readonly Invariant[] = [
  {
    name: 'one-outcome-a-key',
    says: 'a key has one outcome, decided at a revision that its team has reached',
    sql: `
      select c.team_id, c.key, c.revision, a.revision as account_revision
      from (select *, count(*) over (partition by team_id, key) as same from command) c left join account a using (team_id)
      where same > 1 or a.team_id is null or c.revision > a.revision`,
  },
  {
    name: 'outcome-exists',
    says: 'what a stored success names exists: one charge a key, the hold, the grant, the refund and its amount',
    sql: `
      with charged as (
        select c.team_id, c.key, c.revision, (
          select max(e.revision) from entry e
          where e.team_id = c.team_id and e.revision <= c.revision and e.type = 'CHARGE') as charge
        from command c where outcome ->> 'kind' = 'charge')
      select team_id, key, charge::text as missing from (
        select *, count(*) over (partition by team_id, charge) as same from charged) c
      where charge is null or same > 1 or exists (
        select from entry e where e.team_id = c.team_id and e.revision > c.charge and e.revision <= c.revision
          and e.type not in ('EXPIRY', 'CLAWBACK'))
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
