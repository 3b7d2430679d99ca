import { Migration } from '@mikro-orm/migrations'

/** A team pays in one currency of its catalog. */
export class Migration20261130190000Currencies extends Migration {
  override up(): void {
    this.addSql(`
      -- Null: the team has not chosen, and pays in the catalog's main currency.
      alter table account add column currency text,
        add constraint account_currency_check check (currency ~ '^[A-Z]{3}$');
    `)
  }
}
