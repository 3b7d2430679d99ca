import { Migration } from '@mikro-orm/migrations'

/** Payments that are lost after they had succeeded, and the methods that paid them. */
export class Migration20261130090000Losses extends Migration {
  override up(): void {
    this.addSql(`
      -- frozen: the card's issuer warns that the payment is fraud, so nothing of the grant is available.
      alter table credit_grant
        add column frozen boolean not null default false,
        add check (not frozen or available = 0);
      -- paid_by: the method that paid. fingerprint: the same for the same card or account. warning: issfr_… loss: why the payment is lost now.
      alter table purchase
        add column paid_by text,
        add column fingerprint text,
        add column is_under_way boolean not null default false,
        add column warning text,
        add column loss text check (loss in ('DISPUTED', 'REFUNDED', 'WARNED'));
      update purchase set loss = state where state in ('DISPUTED', 'REFUNDED');
      create index purchase_loss on purchase (team_id) where loss is not null;
      -- Refunds that the operator asked for, by their idempotency keys. amount: nano-units of the price's currency.
      create table purchase_refund (
        team_id text collate "C" not null,
        key text collate "C" not null,
        purchase_id integer not null,
        fingerprint text not null,
        amount bigint not null check (amount > 0),
        reason text not null,
        state text not null default 'ASKED' check (state in ('ASKED', 'MADE')),
        refund text,
        created_at timestamptz(3) not null,
        asked_at timestamptz(3) not null,
        primary key (team_id, key)
      );
      create index purchase_refund_asked on purchase_refund (asked_at) where state = 'ASKED';
      alter table account_notice add column reason text;
    `)
  }
}
