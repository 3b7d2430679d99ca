import { Migration } from '@mikro-orm/migrations'

/** Who among all processes does what one is enough for; a holder that falls silent loses it by the database's own clock. */
export class Migration20261121160000Sweeping extends Migration {
  override up(): void {
    this.addSql(`
      create table lease (
        name text primary key,
        holder uuid,
        until timestamptz not null default '-infinity'
      );
      insert into lease (name) values ('sweeper');
    `)
  }
}
