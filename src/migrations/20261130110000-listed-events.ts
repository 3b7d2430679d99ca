import { Migration } from '@mikro-orm/migrations'

/** Stripe's list of events is read in two ways, and a Checkout that costs nothing has no payment intent. */
export class Migration20261130110000ListedEvents extends Migration {
  override up(): void {
    this.addSql(`
      -- through, asked_at: of what Stripe has not delivered. whole_through, whole_asked_at: of the whole list.
      alter table stripe_catch_up
        add column whole_through timestamptz(3),
        add column whole_asked_at timestamptz(3) not null default '-infinity';
      update stripe_catch_up set whole_through = through;

      alter table purchase
        drop constraint purchase_check1,
        add constraint purchase_paid_check check (state not in ('PAID', 'REFUNDED', 'DISPUTED')
          or payment_intent is not null or checkout_session is not null);
    `)
  }
}
