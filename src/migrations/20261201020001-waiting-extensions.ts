import { Migration } from '@mikro-orm/migrations'

/** An extension of a live session waits for a recharge. */
export class Migration20261201020001WaitingExtensions extends Migration {
  override up(): void {
    this.addSql(`
      -- Null: no extension waits.
      alter table hold add column waiting jsonb,
        add constraint hold_waiting_check check (waiting is null or state = 'OPEN');
      create index hold_waiting on hold (team_id) where waiting is not null;
    `)
  }
}
