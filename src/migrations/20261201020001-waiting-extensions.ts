import { Migration } from '@mikro-orm/migrations'

/** An extension of a live session waits for a recharge. */
export class Migration20261201020001WaitingExtensions extends Migration {
  override up(): void {
    this.addSql(`
      -- Null: no extension waits. A gateway of an earlier version that closes a hold does not know the column, so that a
      -- closed hold may keep one, which means nothing.
      alter table hold add column waiting jsonb;
      create index hold_waiting on hold (team_id) where waiting is not null;
    `)
  }
}
