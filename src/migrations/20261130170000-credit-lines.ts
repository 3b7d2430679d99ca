import { Migration } from '@mikro-orm/migrations'

/** Teams with a credit line may owe for work beyond their balance. */
export class Migration20261130170000CreditLines extends Migration {
  override up(): void {
    this.addSql(`
      -- The part of what is owed that the line lent, at the price of its first credit, and when it is billed.
      alter table account add column lent jsonb;
      -- What is lent ends as a line of usage in money, of no grant.
      alter table entry drop constraint entry_of_grant_check,
        add constraint entry_of_grant_check check (case when grant_id is null
          then (from_state, to_state) = ('none', 'none')
            or ((from_state, to_state) = ('none', 'owed') and rate is not null)
            or ((from_state, to_state) = ('owed', 'none') and rate is not null and money_amount is not null)
          else (from_state, to_state) <> ('none', 'none') end);
      alter table allowance add column credit_line bigint,
        add constraint allowance_credit_line_check check (credit_line is null or (credit_line > 0 and kind = 'CONTRACT'));
    `)
  }
}
