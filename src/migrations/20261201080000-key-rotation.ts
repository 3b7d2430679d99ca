import { Migration } from '@mikro-orm/migrations'

/** API keys get new secrets while earlier ones still work, and may be bound to addresses. */
export class Migration20261201080000KeyRotation extends Migration {
  override up(): void {
    this.addSql(`
      -- changed_at: the last rotation or change of addresses. A gateway that knows an older one reads the key again.
      alter table api_key
        add column rotated_at timestamptz(3),
        add column changed_at timestamptz(3),
        add column allowed_addresses text[] check (cardinality(allowed_addresses) between 1 and 50);

      -- The secrets of a key before its present one, which are accepted until their instant.
      create table api_key_previous_secret (
        hash bytea primary key check (length(hash) = 32),
        team_id text collate "C" not null,
        key_id integer not null,
        until timestamptz(3) not null
      );
      create index api_key_previous_secret_key on api_key_previous_secret (team_id, key_id);

      -- subject: of KEY_CHANGED the key's id; revoked_at is its changed_at.
      alter table revocation drop constraint revocation_kind_check;
      alter table revocation add constraint revocation_kind_check check (kind in ('TOKENS', 'KEY', 'KEY_CHANGED'));
    `)
  }
}
