import { Migration } from '@mikro-orm/migrations'

/**
 * What is sold, and what came of the payment. The ledger writes a purchase with the decision to sell; everything from
 * `state` on follows from facts that Stripe tells, and only ever grows. `facts` counts what is known, `posted` what the
 * ledger has been told of it; `ask_at` is when it is looked after next.
 */
export class Migration20261121130000Payments extends Migration {
  override up(): void {
    this.addSql(`
      alter table account
        add column purchases integer not null default 0 check (purchases >= 0),
        add column recharge jsonb check (recharge->>'state' in
          ('OFF', 'ARMED', 'CHARGING', 'CAPPED', 'PAUSED', 'ACTION_REQUIRED')),
        add column paid_through timestamptz(3);

      alter table entry
        drop constraint entry_check,
        add constraint entry_states_check check ((from_state, to_state) in (
          ('none','none'), ('none','available'), ('available','held'), ('available','spent'), ('available','expired'),
          ('available','revoked'), ('available','repaid'), ('held','available'), ('held','spent'),
          ('spent','available'), ('none','owed'), ('revoked','available'), ('owed','none')));
    `)

    this.addSql(`
      create table customer (
        team_id text collate "C" primary key,
        id text not null unique,
        created_at timestamptz(3) not null
      );

      create table purchase (
        team_id text collate "C" not null,
        id integer not null check (id > 0),
        cause text not null check (cause in ('PURCHASE', 'RECHARGE')),
        package_id text not null,
        catalog_version text not null,
        credits bigint not null check (credits > 0),
        price_amount bigint not null check (price_amount > 0),
        price_currency text not null,
        pay text not null check (pay in ('AUTO', 'SAVED_METHOD', 'CHECKOUT')),
        success_url text,
        cancel_url text,
        member_id text,
        created_at timestamptz(3) not null,
        state text not null default 'PENDING'
          check (state in ('PENDING', 'PAID', 'FAILED', 'CANCELED', 'REFUNDED', 'DISPUTED')),
        customer text,
        payment_method text,
        receipt_email text,
        payment_intent text unique,
        checkout_session text unique,
        checkout_url text,
        action_url text,
        decline_code text,
        failure text,
        reversals jsonb not null default '[]',
        receipt_url text,
        invoice text,
        invoice_url text,
        asked_at timestamptz(3),
        asks integer not null default 0,
        ask_at timestamptz(3),
        facts integer not null default 0,
        posted integer not null default 0 check (posted <= facts),
        primary key (team_id, id),
        check (state not in ('PAID', 'REFUNDED', 'DISPUTED') or payment_intent is not null)
      ) with (fillfactor = 70);
      create index purchase_ask_at on purchase (ask_at) where ask_at is not null;

      create table stripe_event (
        id text primary key,
        type text not null,
        object text not null,
        created_at timestamptz(3) not null,
        received_at timestamptz(3) not null
      );

      -- Through when Stripe's own list of events was read, by Stripe's clock, and when somebody last did, by ours.
      create table stripe_catch_up (
        one boolean primary key default true check (one),
        through timestamptz(3),
        asked_at timestamptz(3) not null default '-infinity'
      );
      insert into stripe_catch_up default values;
    `)
  }
}
