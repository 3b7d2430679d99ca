import { Migration } from '@mikro-orm/migrations'

/** Purchases know what a promotion code took off their price. Those that were paid without a payment cost nothing. */
export class Migration20261130200000PromotionCodes extends Migration {
  override up(): void {
    this.addSql(`
      -- In nano-units of the price's currency; null: nothing.
      alter table purchase add column discount_amount bigint,
        add constraint purchase_discount_amount_check check (discount_amount > 0 and discount_amount <= price_amount);
      update purchase set discount_amount = price_amount where state = 'PAID' and payment_intent is null;
    `)
  }
}
