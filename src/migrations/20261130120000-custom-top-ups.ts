import { Migration } from '@mikro-orm/migrations'

/** A purchase without a package: an amount of one's own. */
export class Migration20261130120000CustomTopUps extends Migration {
  override up(): void {
    this.addSql('alter table purchase alter column package_id drop not null')
  }
}
