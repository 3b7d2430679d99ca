import { Migration } from '@mikro-orm/migrations'

/**
 * The orders of the operator's list of teams. A charge changes `available` and `active_at`, and an index of either would
 * be written with each charge. The indexes are of coarser columns, which few charges change: the fourth root of the
 * balance, and the minute. Both rise with what they stand for, so a page is a range of the index that is sorted at its end.
 */
export class Migration20261202130000TeamOrders extends Migration {
  override up(): void {
    this.addSql(`
      alter table account
        -- When credits were last held or charged; before that, when the team began.
        add column active_at timestamptz(3) not null default clock_timestamp(),
        add column available_root integer generated always as (floor(sqrt(sqrt(available::float8)))::integer) stored;
      update account a set active_at = coalesce((
        select e.effective_at from entry e where e.team_id = a.team_id and e.type in ('CHARGE', 'HOLD')
        order by e.revision desc limit 1), a.created_at);
      alter table account
        add column active_minute timestamp generated always as (date_trunc('minute', active_at at time zone 'UTC')) stored;
      create index account_name on account ((lower(name) collate "C"), team_id);
      create index account_available on account (available_root);
      create index account_active on account (active_minute);
    `)
  }
}
