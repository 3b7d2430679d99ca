import { Migration } from '@mikro-orm/migrations'

/**
 * API keys, and what is no longer taken. In place of a team's id '' stands for the operator itself: no team can be
 * called so.
 */
export class Migration20261121180000Access extends Migration {
  override up(): void {
    this.addSql(`
      -- Whoever changes access holds this row to the end of its transaction: so revocations become visible in the order
      -- of their numbers, and whoever has read up to one has missed none before it.
      create table access_turn (
        one boolean primary key default true check (one),
        number bigint not null default 0
      );
      insert into access_turn default values;

      -- hash: SHA-256 of the secret, which is kept nowhere.
      create table api_key (
        team_id text collate "C" not null,
        id integer not null check (id > 0),
        name text not null,
        prefix text not null unique,
        hash bytea not null unique check (length(hash) = 32),
        scopes text[] not null
          check (cardinality(scopes) > 0 and scopes <@ array['READ', 'SPEND', 'BILLING', 'PLATFORM']),
        created_at timestamptz(3) not null,
        expires_at timestamptz(3),
        last_used_at timestamptz(3),
        revoked_at timestamptz(3),
        primary key (team_id, id),
        check ((team_id = '') = ('PLATFORM' = any (scopes)))
      ) with (fillfactor = 70);

      -- subject: of TOKENS the member whose tokens they are, '' for those of all; of KEY its id.
      create table revocation (
        team_id text collate "C" not null,
        kind text not null check (kind in ('TOKENS', 'KEY')),
        subject text collate "C" not null,
        revoked_at timestamptz(3) not null,
        number bigint not null unique,
        primary key (team_id, kind, subject)
      );
    `)
  }
}
