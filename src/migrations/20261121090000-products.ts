import { Migration } from '@mikro-orm/migrations'

/**
 * What five products need of a team: contracts, rollover and periods that begin anew; add-on units; charges at the
 * start of the work; stored amounts that accrue by the day, on credit where the catalog says so; spending limits.
 */
export class Migration20261121090000Products extends Migration {
  override up(): void {
    this.addSql(`
      alter table account
        add column add_on_units integer not null default 0 check (add_on_units >= 0),
        add column add_on_granted integer not null default 0 check (add_on_granted >= 0);

      alter table allowance
        add column kind text not null default 'INCLUDED' check (kind in ('INCLUDED', 'CONTRACT')),
        add column reference text,
        add column rollover text not null default 'none' check (rollover ~ '^(none|full|[0-9]+)$'),
        add column first_period integer not null default 0,
        add column ends_at timestamptz(3),
        alter column plan_id drop not null,
        drop constraint allowance_cadence_check,
        add constraint allowance_cadence_check check (cadence in ('WEEK', 'MONTH', 'YEAR', 'ONCE')),
        add check (case kind when 'CONTRACT' then reference is not null and plan_id is null
          else reference is null and plan_id is not null and cadence <> 'ONCE' end);
    `)

    this.addSql(`
      alter table hold add column placed_at timestamptz(3), add column charged jsonb;
      update hold h set placed_at = e.effective_at from entry e where e.team_id = h.team_id and e.revision = h.id;
      alter table hold alter column placed_at set not null;
    `)

    this.addSql(`
      -- What is owed without a grant of its own: storage of a day that the balance did not cover.
      alter table entry
        drop constraint entry_check1,
        drop constraint entry_check2,
        add constraint entry_of_grant_check check (case when grant_id is null
          then from_state = 'none' and to_state in ('none', 'owed') else (from_state, to_state) <> ('none', 'none') end),
        add constraint entry_moves_check check ((amount = 0) = ((from_state, to_state) = ('none', 'none')));
    `)

    this.addSql(`
      create table stored_amount (
        team_id text collate "C" not null,
        rate text not null,
        amount bigint not null check (amount >= 0),
        changed_at timestamptz(3) not null,
        accrued numeric not null check (accrued >= 0),
        day_ends_at timestamptz(3) not null,
        primary key (team_id, rate)
      );

      create table spending_limit (
        team_id text collate "C" not null,
        subject text not null check (subject in ('MEMBER', 'CALLER')),
        subject_id text collate "C" not null,
        per text not null check (per in ('DAY', 'WEEK', 'MONTH')),
        credits bigint check (credits >= 0),
        window_start timestamptz(3) not null,
        used bigint not null check (used >= 0),
        primary key (team_id, subject, subject_id, per)
      );
    `)
  }
}
