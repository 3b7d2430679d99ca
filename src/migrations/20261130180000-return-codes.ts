import { Migration } from '@mikro-orm/migrations'

/** A customer who comes back from paying sees the purchase by a code in the address, without a session. */
export class Migration20261130180000ReturnCodes extends Migration {
  override up(): void {
    this.addSql(`
      -- returned_at: when the code was used. Only the browser that used it sees the purchase from then on.
      alter table purchase add column return_code uuid not null default gen_random_uuid(),
        add column returned_at timestamptz(3);
      create unique index purchase_return_code_key on purchase (return_code);
    `)
  }
}
