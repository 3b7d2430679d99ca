import { Migration } from '@mikro-orm/migrations'

/** Restored events are visible at once, whatever runs in the cluster meanwhile. */
export class Migration20261202180000RestoredOrder extends Migration {
  override up(): void {
    this.addSql(`
      -- Raises the offset where positions were written that this cluster has not reached: they are of a former cluster. The
      -- horizon then stands behind all of them, also while older transactions of the cluster run.
      create or replace function continue_platform_order() returns boolean language plpgsql as $$
        declare
          highest bigint;
          seen pg_snapshot;
        begin
          perform pg_advisory_xact_lock(27991630990242932);
          select greatest((select max(platform_position) from entry where type is not null),
            (select max(platform_position) from account_notice)), pg_current_snapshot() into highest, seen;
          if highest is null or highest < pg_snapshot_xmax(seen)::text::bigint + platform_offset() then
            return false;
          end if;
          execute format('create or replace function platform_offset() returns bigint language sql stable return %s::bigint',
            highest + 1 - pg_snapshot_xmin(seen)::text::bigint);
          return true;
        end $$;
    `)
  }
}
