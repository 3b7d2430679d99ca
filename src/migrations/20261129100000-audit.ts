import { Migration } from '@mikro-orm/migrations'

/**
 * Who did what: a record for each administrative act, written in the transaction of the act. Of commands from before
 * there are none; `command.audited` tells which have one.
 */
export class Migration20261129100000Audit extends Migration {
  override up(): void {
    this.addSql(`
      -- team_id: '' for acts of the operator that are about no team.
      -- credential: 'TOKEN', or the prefix of an API key. key, revision: of acts on the ledger.
      create table audit_record (
        id bigint generated always as identity primary key,
        team_id text collate "C" not null,
        at timestamptz(3) not null default ledger_now(),
        caller_id text not null,
        caller_role text not null check (caller_role in ('VIEWER', 'MEMBER', 'ADMIN', 'PLATFORM')),
        credential text not null,
        mutation text collate "C" not null,
        key text collate "C",
        revision bigint,
        reference text,
        address text,
        trace_id text check (trace_id ~ '^[0-9a-f]{32}$'),
        before jsonb,
        after jsonb
      );
      create index audit_record_of_team on audit_record (team_id, id desc);

      create function refuse_audit_change() returns trigger language plpgsql as $$
        begin
          raise exception 'the audit log is append-only: % on % is refused', tg_op, tg_table_name
            using errcode = 'integrity_constraint_violation';
        end $$;
      create trigger audit_record_is_append_only before update or delete or truncate on audit_record
        for each statement execute function refuse_audit_change();
      revoke update, delete, truncate on audit_record from public, current_user;

      alter table command add column audited boolean;
    `)
  }
}
