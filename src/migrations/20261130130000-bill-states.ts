import { Migration } from '@mikro-orm/migrations'

/** Bills that are too small are carried over; the others have the state of their invoice, and become overdue. */
export class Migration20261130130000BillStates extends Migration {
  override up(): void {
    this.addSql(`
      -- carried: what the bills before it left to this one; carried_to: the month whose bill took over all of it.
      -- failures: attempts to collect. facts: how often what is known changed; told: through which the ledger knows.
      alter table metered_bill
        drop constraint metered_bill_check,
        drop constraint metered_bill_check1,
        drop constraint metered_bill_check2,
        drop constraint metered_bill_state_check,
        add column carried numeric not null default 0 check (carried >= 0 and carried = trunc(carried)),
        add column carried_to text,
        add column failures integer not null default 0 check (failures >= 0),
        add column overdue_at timestamptz(3),
        add column facts integer not null default 0,
        add column told integer not null default 0 check (told <= facts);
      -- A bill that was sent before it had a state is read at Stripe, and its grace begins now.
      update metered_bill set state = 'OPEN', facts = 1, ask_at = ledger_now(),
        overdue_at = greatest(ledger_now(),
          asked_at + case collection when 'SEND' then interval '30 days' else interval '0' end) + interval '14 days'
        where state = 'INVOICED';
      alter table metered_bill
        add constraint metered_bill_state_check
          check (state in ('DUE', 'CARRIED', 'NOTHING', 'OPEN', 'PAID', 'VOID', 'UNCOLLECTIBLE')),
        add constraint metered_bill_sum_check check ((amount + carried = 0) = (state = 'NOTHING')),
        add constraint metered_bill_invoice_check
          check (state in ('DUE', 'CARRIED', 'NOTHING') or (invoice is not null and overdue_at is not null)),
        add constraint metered_bill_ask_check check (state not in ('DUE', 'OPEN', 'UNCOLLECTIBLE') or ask_at is not null),
        add constraint metered_bill_carried_to_check
          check (carried_to is null or (state = 'CARRIED' and carried_to > month));
      create unique index metered_bill_carried on metered_bill (team_id, currency)
        where state = 'CARRIED' and carried_to is null;
      alter table account add column unpaid_bills jsonb;
    `)
  }
}
