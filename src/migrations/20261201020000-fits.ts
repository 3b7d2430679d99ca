import { Migration } from '@mikro-orm/migrations'

/** A hold keeps the quantity that the balance paid. */
export class Migration20261201020000Fits extends Migration {
  override up(): void {
    this.addSql(`
      -- Null: the caller named the quantity.
      alter table hold add column fitted bigint,
        add constraint hold_fitted_check check (fitted > 0);
    `)
  }
}
