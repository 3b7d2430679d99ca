import { Migration } from '@mikro-orm/migrations'

/** The space that a database is of: a gateway never opens production's as a test space, nor the other way round. */
export class Migration20261202100000Spaces extends Migration {
  override up(): void {
    this.addSql(`
      -- One row, written by the first gateway that opens the database.
      create table space (
        one boolean primary key default true check (one),
        name text not null check (name in ('PRODUCTION', 'TEST'))
      );
    `)
  }
}
