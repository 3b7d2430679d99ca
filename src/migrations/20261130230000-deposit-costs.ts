import { Migration } from '@mikro-orm/migrations'

/** The books of plans and units: each deposit's share of the invoice that paid for it. */
export class Migration20261130230000DepositCosts extends Migration {
  override up(): void {
    this.addSql(`
      -- When what was paid for the grant became known; null: as the grant arrived.
      alter table credit_grant add column cost_at timestamptz(3),
        add constraint credit_grant_cost_at_check check (cost_at is null or cost_amount is not null);
      -- The deposits that a paid invoice of a plan or of units pays for, those that are still to come included.
      -- amount: in nano-units; whole: of all deposits of the invoice; due_at: when the grant is searched next, null: not any more.
      create table deposit_cost (
        team_id text collate "C" not null,
        source text not null,
        invoice text not null,
        amount bigint not null check (amount >= 0),
        whole bigint not null check (whole > 0 and amount <= whole),
        currency text not null,
        starts_at timestamptz(3) not null,
        due_at timestamptz(3),
        primary key (team_id, source)
      );
      create index deposit_cost_invoice on deposit_cost (team_id, invoice);
      create index deposit_cost_due_at on deposit_cost (due_at) where due_at is not null;
    `)
  }
}
