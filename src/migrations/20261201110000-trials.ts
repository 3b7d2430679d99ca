import { Migration } from '@mikro-orm/migrations'

/** The only trial that a team ever has. */
export class Migration20261201110000Trials extends Migration {
  override up(): void {
    this.addSql(`
      -- Null: the team never had one.
      alter table account add column trial jsonb,
        add constraint account_trial_check check ((trial ->> 'endedAt' is null) = (trial ->> 'end' is null));
    `)
  }
}
