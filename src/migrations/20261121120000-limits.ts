import { Migration } from '@mikro-orm/migrations'

/**
 * Holds tell who placed them, so that what they give back is given back to the right limits. A limit keeps the end of its
 * window, and since when it counts: from its first whole window on, `npm run verify-ledger` proves what it has counted.
 */
export class Migration20261121120000Limits extends Migration {
  override up(): void {
    this.addSql(`
      alter table hold add column caller_id text;

      alter table spending_limit
        add column resets_at timestamptz(3) not null,
        add column set_at timestamptz(3) not null,
        add check (window_start < resets_at);
    `)
  }
}
