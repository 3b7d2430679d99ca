import { Migration } from '@mikro-orm/migrations'

/** A grant may be limited to categories or rates. */
export class Migration20261201050000GrantScopes extends Migration {
  override up(): void {
    this.addSql(`
      -- Null: the grant pays for everything. Its credits are in account.available and entry.available_after only then.
      alter table credit_grant add column scope jsonb,
        add constraint credit_grant_scope_check check (scope is null or (
          jsonb_typeof(scope -> 'categories') = 'array' and jsonb_typeof(scope -> 'rates') = 'array'
          and jsonb_array_length(scope -> 'categories') + jsonb_array_length(scope -> 'rates') between 1 and 50
          and not jsonb_path_exists(scope, '$.*[*] ? (@.type() != "string")') and length(scope::text) <= 25000
          and lock_amount is null and allowance_id is null) is true);
      -- Told while the team has scoped credits, as the rate card of the charge has it. Null: no scope was looked at.
      alter table entry add column category text;
    `)
  }
}
