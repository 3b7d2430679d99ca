import { Migration } from '@mikro-orm/migrations'

/**
 * What metered money is billed by. The months follow on each other without a gap, each from where the one before it
 * ended; the first is the one in which a gateway first runs with this version: earlier ones were reported and not billed.
 */
export class Migration20261121150000MeteredBills extends Migration {
  override up(): void {
    this.addSql(`
      -- A calendar month of the catalog's time zone. ends_at null: it is not over. closed_at: when it was found to be
      -- over, by the database's own clock. looked: through which team what it cost is written down; found: of all teams.
      create table metered_month (
        month text primary key check (month ~ '^[12][0-9]{3}-(0[1-9]|1[0-2])$'),
        starts_at timestamptz(3) not null,
        ends_at timestamptz(3) check (ends_at > starts_at),
        closed_at timestamptz(3),
        looked text collate "C" not null default '',
        found boolean not null default false,
        check ((ends_at is null) = (closed_at is null)),
        check (not found or ends_at is not null)
      );
      create unique index metered_month_running on metered_month ((ends_at is null)) where ends_at is null;
      create index metered_month_unfound on metered_month (month) where not found;

      -- What a team owes for a month, rounded once; amount in nano-units. From customer on: what came of it at Stripe.
      create table metered_bill (
        team_id text collate "C" not null,
        month text not null,
        currency text not null,
        amount numeric not null check (amount = trunc(amount)),
        lines jsonb not null,
        state text not null check (state in ('DUE', 'INVOICED', 'NOTHING')),
        created_at timestamptz(3) not null,
        customer text,
        collection text check (collection in ('CHARGE', 'SEND')),
        payment_method text,
        asked_at timestamptz(3),
        invoice text unique,
        invoice_url text,
        asks integer not null default 0,
        ask_at timestamptz(3),
        primary key (team_id, month, currency),
        check ((amount = 0) = (state = 'NOTHING')),
        check (state <> 'INVOICED' or invoice is not null),
        check ((state = 'DUE') = (ask_at is not null)),
        check ((customer is null) = (asked_at is null) and (customer is null) = (collection is null))
      ) with (fillfactor = 70);
      create index metered_bill_ask_at on metered_bill (ask_at) where ask_at is not null;
    `)
  }
}
