import { Migration } from '@mikro-orm/migrations'

/**
 * Who asked Stripe last how a customer stands, and changes of add-on units on their way: each is written before Stripe is
 * asked for money, and of a team only one is under way at a time.
 */
export class Migration20261121140000Subscriptions extends Migration {
  override up(): void {
    this.addSql(`
      alter table account add column renews boolean not null default true;

      -- Each asking takes the next number; an answer counts unless a later asking has been told to the ledger.
      alter table customer
        add column asks bigint not null default 0,
        add column told bigint not null default 0;

      create table add_on_change (
        team_id text collate "C" not null,
        key text collate "C" not null,
        units integer not null check (units >= 0),
        state text not null default 'PENDING' check (state in ('PENDING', 'DONE', 'FAILED')),
        created_at timestamptz(3) not null,
        -- Another one with each try that begins anew: what idempotency keys are derived from.
        attempt integer not null default 0,
        claimed_at timestamptz(3),
        subscription text,
        price text,
        item text,
        charge_to integer check (charge_to > 0),
        charge_from timestamptz(3),
        invoice text,
        action_url text,
        decline_code text,
        failure text,
        asks integer not null default 0,
        ask_at timestamptz(3),
        primary key (team_id, key),
        check (subscription is null or claimed_at is not null),
        check (subscription is null or charge_to is null or (price is not null and charge_from is not null))
      ) with (fillfactor = 70);
      create unique index add_on_change_under_way on add_on_change (team_id)
        where state = 'PENDING' and claimed_at is not null;
      create index add_on_change_ask_at on add_on_change (ask_at) where ask_at is not null;
    `)
  }
}
