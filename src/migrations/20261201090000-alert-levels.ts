import { Migration } from '@mikro-orm/migrations'

/** Balances below which a team is told, beside its low threshold. */
export class Migration20261201090000AlertLevels extends Migration {
  override up(): void {
    this.addSql(`
      -- Null: the team has none.
      alter table account add column levels jsonb,
        add constraint account_levels_check check (jsonb_array_length(levels) between 1 and 5);
    `)
  }
}
