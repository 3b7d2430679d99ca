import { Migration } from '@mikro-orm/migrations'

/** Tokens for browsers, which live for an hour at most. */
export class Migration20261129150000PillTokens extends Migration {
  override up(): void {
    this.addSql(`
      -- hash: SHA-256 of the secret, which is kept nowhere. maker_owner: '' for the operator.
      -- maker_subject: the member whose token made it, or the id of the key that did.
      create table pill_token (
        hash bytea primary key check (length(hash) = 32),
        prefix text not null,
        team_id text collate "C" not null,
        member_id text collate "C" not null,
        use text not null check (use in ('WATCH', 'BUY')),
        origin text,
        maker_kind text not null check (maker_kind in ('TOKEN', 'KEY')),
        maker_owner text collate "C" not null,
        maker_subject text collate "C" not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null
      );
      create index pill_token_end on pill_token (expires_at);
    `)
  }
}
