import { Migration } from '@mikro-orm/migrations'

/** Refunds of invoices' payments, and reviews of purchases' payments. */
export class Migration20261130160000Fraud extends Migration {
  override up(): void {
    this.addSql(`
      -- Invoices of plans, units and metered bills of which something was given back. total: in nano-units of the currency.
      -- reversals: refunds, disputes and credit notes. facts: how often what is known changed; posted: through which the
      -- ledger knows. ask_at: when the deposits of the invoice's cycle are looked through again.
      create table reversed_invoice (
        team_id text collate "C" not null,
        invoice text collate "C" not null,
        total bigint not null check (total > 0),
        currency text not null,
        reversals jsonb not null default '[]',
        facts integer not null default 0,
        posted integer not null default 0 check (posted <= facts),
        ask_at timestamptz(3),
        primary key (team_id, invoice),
        check (posted = facts or ask_at is not null)
      );
      create index reversed_invoice_ask_at on reversed_invoice (ask_at) where ask_at is not null;
      -- What a change of plan took back of a grant is found by it.
      create index entry_revoked on entry (team_id, grant_id) where to_state = 'revoked';
      -- A refund is of a purchase, or of the payment of an invoice. cause: the reason that Stripe is given.
      alter table purchase_refund
        alter column purchase_id drop not null,
        add column invoice text,
        add column payment_intent text,
        add column currency text,
        add column cause text not null default 'requested_by_customer' check (cause in ('requested_by_customer', 'fraudulent')),
        add check ((purchase_id is null) = (invoice is not null)),
        add check ((invoice is null) = (payment_intent is null) and (invoice is null) = (currency is null));
      create index purchase_refund_invoice on purchase_refund (team_id, invoice) where invoice is not null;
      -- review: somebody looks at the payment for fraud (OPEN), or has let it pass (CLOSED).
      -- of_new_team: when it was paid for, the team had no paid purchase that was old enough.
      alter table purchase
        add column of_new_team boolean not null default false,
        -- warned_at: when the warning of fraud came.
        add column warned_at timestamptz(3),
        add column review text check (review in ('OPEN', 'CLOSED')),
        drop constraint purchase_loss_check,
        add constraint purchase_loss_check check (loss in ('DISPUTED', 'REFUNDED', 'WARNED', 'REVIEWED'));
      create index purchase_invoice on purchase (invoice) where invoice is not null;
    `)
  }
}
