import { Migration } from '@mikro-orm/migrations'

/** Work that is due is found by its index. */
export class Migration20261201040000StableClock extends Migration {
  override up(): void {
    this.addSql(`
      -- A volatile function is called for each row that it is compared with, and no index is searched with its result.
      alter function ledger_now() stable;
    `)
  }
}
