import { Migration } from '@mikro-orm/migrations'

/** The books: what was paid for a grant, and how much of a paid grant was taken back when. */
export class Migration20261130150000Books extends Migration {
  override up(): void {
    this.addSql(`
      -- cost_amount: what was paid for the grant without tax, in nano-units; null: nothing.
      alter table credit_grant
        add column cost_amount bigint check (cost_amount > 0),
        add column cost_currency text,
        add constraint credit_grant_cost_check check ((cost_amount is null) = (cost_currency is null));
      -- A Checkout that cost nothing has no payment intent.
      update credit_grant g set cost_amount = p.price_amount, cost_currency = p.price_currency
        from purchase p where p.team_id = g.team_id and g.source = 'stripe:' || p.payment_intent
          and p.state in ('PAID', 'REFUNDED', 'DISPUTED');
      create index credit_grant_paid on credit_grant (team_id) where cost_amount is not null;
      -- total: all that is taken back of the grant as of this revision, as clawed_back is now.
      create table clawback (
        team_id text collate "C" not null,
        grant_id bigint not null,
        revision bigint not null check (revision > grant_id),
        total bigint not null check (total >= 0),
        frozen boolean not null,
        effective_at timestamptz(3) not null,
        primary key (team_id, grant_id, revision)
      );
      create trigger clawback_is_append_only before delete or update or truncate on clawback
        for each statement execute function refuse_change();
      -- Only the last total of an earlier clawback is known.
      insert into clawback (team_id, grant_id, revision, total, frozen, effective_at)
        select g.team_id, g.id, e.revision, g.clawed_back, g.frozen, e.effective_at
        from credit_grant g join lateral (
          select revision, effective_at from entry e where e.team_id = g.team_id and e.revision > g.id
            and e.type in ('CLAWBACK', 'ADJUSTMENT') and e.reference = g.source order by revision desc limit 1) e on true
        where g.cost_amount is not null and (g.clawed_back > 0 or g.frozen);
      -- The booking of its payment at Stripe. fee: in nano-units of the currency that Stripe pays out.
      alter table purchase
        add column balance_transaction text constraint purchase_balance_transaction_key unique,
        add column fee_amount bigint check (fee_amount >= 0),
        add column fee_currency text,
        add column payout text,
        add constraint purchase_booking_check
          check ((balance_transaction is null) = (fee_amount is null) and (fee_amount is null) = (fee_currency is null)
            and (payout is null or balance_transaction is not null));
      create index purchase_payout on purchase (payout) where payout is not null;
      -- The last comparison of payments with purchases: when one began and when one was done. One row.
      create table stripe_reconciliation (
        one boolean primary key default true check (one),
        asked_at timestamptz(3) not null default ledger_now(),
        done_at timestamptz(3),
        differences jsonb not null default '[]'
      );
      insert into stripe_reconciliation default values;
    `)
  }
}
