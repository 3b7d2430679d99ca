import { Migration } from '@mikro-orm/migrations'

/** Purchases know how their price is taxed, and what their payer has paid. Earlier ones have no tax. */
export class Migration20261130140000Taxes extends Migration {
  override up(): void {
    this.addSql(`
      -- tax_behavior: Stripe computes a tax on the price; written before money is requested. tax_amount, total_amount: what
      -- was paid, in nano-units of the price's currency.
      alter table purchase
        add column tax_behavior text check (tax_behavior in ('exclusive', 'inclusive')),
        add column tax_amount bigint check (tax_amount >= 0),
        add column total_amount bigint check (total_amount > 0),
        add constraint purchase_taxed_check
          check ((tax_amount is null) = (total_amount is null) and (tax_amount is null or tax_amount < total_amount));
    `)
  }
}
