import { Migration } from '@mikro-orm/migrations'

/** One order of the events of all teams. */
export class Migration20261201060000PlatformEvents extends Migration {
  override up(): void {
    this.addSql(`
      -- Added to the transaction ids of this cluster, so that the order continues behind the positions of a former one.
      create function platform_offset() returns bigint language sql stable return 0::bigint;

      -- The position of a row that this statement writes: at least the id of the writing transaction, and at least the
      -- position of every row that the statement sees. A transaction that waited for a team may have an older id than
      -- the last writer of the team. Stable: all rows of a statement have one position.
      create function platform_position() returns bigint language sql stable return greatest(
        pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1) + platform_offset();

      -- No row with a position below this is written any more, and every one that was committed is visible.
      create function platform_horizon() returns bigint language sql stable return
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint + platform_offset();

      -- Raises the offset where positions were written that this cluster has not reached: they are of a former cluster.
      create function continue_platform_order() returns boolean language plpgsql as $$
        declare
          ahead bigint;
        begin
          perform pg_advisory_xact_lock(27991630990242932);
          select greatest((select max(platform_position) from entry where type is not null),
            (select max(platform_position) from account_notice))
            - (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + platform_offset()) + 1 into ahead;
          if ahead is null or ahead <= 0 then
            return false;
          end if;
          execute format('create or replace function platform_offset() returns bigint language sql stable return %s::bigint',
            platform_offset() + ahead);
          return true;
        end $$;

      -- Rows from before have the position 0. A constant default rewrites no table.
      alter table entry add column platform_position bigint not null default 0;
      alter table entry alter column platform_position set default platform_position();
      alter table account_notice add column platform_position bigint not null default 0;
      alter table account_notice alter column platform_position set default platform_position();
      create index entry_platform on entry (platform_position, team_id, revision) where type is not null;
      create index account_notice_platform on account_notice (platform_position, team_id, revision, number);
    `)
  }
}
