import { Migration } from '@mikro-orm/migrations'

/**
 * Groups of members, whose spending limits bound their members together. Holds, and charges without one, tell the groups
 * that they count in, so that a move of a member does not move what was used.
 */
export class Migration20261201100000Budgets extends Migration {
  override up(): void {
    this.addSql(`
      create table member_group (
        team_id text collate "C" not null,
        id text collate "C" not null check (octet_length(id) between 1 and 100),
        name text not null check (char_length(name) between 1 and 200),
        parent_id text collate "C",
        member_ids jsonb not null check (jsonb_array_length(member_ids) <= 1000),
        is_deleted boolean not null default false,
        primary key (team_id, id),
        check (parent_id <> id),
        check (not is_deleted or (parent_id is null and jsonb_array_length(member_ids) = 0))
      );

      alter table spending_limit drop constraint spending_limit_subject_check,
        add constraint spending_limit_subject_check check (subject in ('MEMBER', 'CALLER', 'GROUP'));

      -- Null: the use counts in no group.
      alter table hold add column group_ids jsonb;
      alter table entry add column group_ids jsonb;

      -- A new limit of a member begins with the member's usage of the window.
      create index usage_hour_member on usage_hour (team_id, member_id, hour);
    `)
  }
}
