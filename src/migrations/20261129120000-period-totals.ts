import { Migration } from '@mikro-orm/migrations'

/**
 * What an allowance's running period has come to while plans and seats changed, and what a team was given for periods that
 * it left before their end: so that a change deposits nothing that was deposited before.
 *
 * A period in which plan or seats changed before counts as having come to what it has given, so that nothing of it is taken
 * back now, and no more is given for the same seats. Changes were named without the number at which a count begins.
 */
export class Migration20261129120000PeriodTotals extends Migration {
  override up(): void {
    this.addSql(`
      alter table allowance add column total jsonb;
      alter table account add column surplus jsonb;

      with planned as (
        select w.team_id, w.id, w.next_period - 1 as period, w.next_at, w.first_period, w.time_zone, g.starts_at, g.granted as base,
          w.credits * case when w.per_seat then a.seats else 1 end as covered
        from allowance w join account a using (team_id)
        join credit_grant g on g.team_id = w.team_id and g.allowance_id = w.id and g.allowance_period = w.next_period - 1
        where w.kind = 'INCLUDED' and g.expires_at = w.next_at and g.open
      ), changed as (
        select p.*, c.granted - (
            select coalesce(sum(r.revoked), 0) from credit_grant r
            where r.team_id = p.team_id and r.expires_at = p.next_at and r.starts_at >= p.starts_at
              and (r.allowance_id in (p.id, p.id || ':rollover') or r.id = any (c.ids))) as given
        from planned p cross join lateral (
          select coalesce(sum(g.granted), 0) as granted, coalesce(array_agg(g.id), '{}') as ids
          from credit_grant g
          where g.team_id = p.team_id and g.expires_at = p.next_at and g.starts_at >= p.starts_at
            and g.source ~ ('^plan:[^:]+:' || case when p.id = 'week' then '' else p.id || ':' end
              || '\\d{4}-\\d\\d-\\d\\d:change:\\d+$')) c
      )
      update allowance w set total = jsonb_build_object(
        'from', (extract(epoch from c.starts_at) * 1000)::bigint,
        'base', c.base::text, 'covered', c.covered::text, 'given', c.given::text,
        'due', (c.given * (extract(epoch from c.next_at - c.starts_at) * 1000)::numeric)::numeric(60, 0)::text,
        'highest', greatest(c.base + greatest(c.given, 0), c.covered)::text, 'former',
        case when c.first_period = 0 then '[]'::jsonb else jsonb_build_array(jsonb_build_object('id', c.id, 'period', c.period, 'changes',
          ':' || case when c.id = 'week' then '' else c.id || ':' end
          || to_char(c.starts_at at time zone c.time_zone, 'YYYY-MM-DD') || ':change:')) end)
      from changed c where w.team_id = c.team_id and w.id = c.id and c.given <> 0;
    `)
  }
}
