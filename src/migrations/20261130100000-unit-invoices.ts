import { Migration } from '@mikro-orm/migrations'

/**
 * Units have invoices of their own. A change that has something to pay names its invoice from the moment that it is decided.
 * `item`, `charge_to` and `charge_from` stay for changes that an earlier release has begun.
 */
export class Migration20261130100000UnitInvoices extends Migration {
  override up(): void {
    this.addSql(`
      -- fresh: how many units the invoice is for. amount: the sum of its lines in the currency's smallest unit, before tax.
      alter table add_on_change
        add column fresh integer check (fresh > 0),
        add column amount bigint check (amount >= 0),
        add constraint add_on_change_bill_check
          check (fresh is null or (invoice is not null and amount is not null and price is not null));
      create index add_on_change_invoice on add_on_change (invoice) where invoice is not null;
    `)
  }
}
