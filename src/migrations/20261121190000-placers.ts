import { Migration } from '@mikro-orm/migrations'

/**
 * Holds tell the role of their placer, and idempotency keys tell whose they are and for which mutation.
 *
 * A hold from before was placed by the API key or the member that its `caller_id` names, with the scopes of the key or the
 * role in which the member was seen last. Where neither tells it, the hold counts as PLATFORM's: only PLATFORM acts on it,
 * and its deadline frees it.
 *
 * A key from before stands for every namespace, because nothing tells its own. The same input is answered as before, any
 * other input is a conflict. Refusals had no effect: they are deleted, and their keys may be used again.
 */
export class Migration20261121190000Placers extends Migration {
  override up(): void {
    this.addSql(`
      alter table hold add column caller_role text not null default 'PLATFORM'
        check (caller_role in ('VIEWER', 'MEMBER', 'ADMIN', 'PLATFORM'));

      update hold h set caller_role = case when 'BILLING' = any (k.scopes) then 'ADMIN' else 'MEMBER' end
      from api_key k
      where h.state = 'OPEN' and k.team_id = h.team_id and k.prefix = h.caller_id;

      update hold h set caller_role = m.role
      from member m
      where h.state = 'OPEN' and m.team_id = h.team_id and m.id = h.caller_id and m.role in ('MEMBER', 'ADMIN')
        and not exists (select from api_key k where k.prefix = h.caller_id);
    `)

    this.addSql(`
      delete from command where outcome ->> 'kind' = 'refused';

      alter table command
        add column caller_class text not null default 'FORMER'
          check (caller_class in ('TEAM', 'PLATFORM', 'GATEWAY', 'FORMER')),
        add column mutation text collate "C" not null default '',
        add column caller_id text,
        add column caller_role text,
        drop constraint command_pkey,
        add primary key (team_id, key, caller_class, mutation);
    `)

    // A decision that reads nothing relies on the primary key to meet what a key did before. The primary key does not know
    // that a former key stands for every namespace. A database without former keys does without the look-up.
    this.addSql(`
      create function refuse_former_key() returns trigger language plpgsql as $$
        begin
          if exists (select from command c where c.team_id = new.team_id and c.key = new.key and c.caller_class = 'FORMER') then
            raise exception 'the key % was used before keys had namespaces', new.key using errcode = 'unique_violation';
          end if;
          return new;
        end $$;

      do $$ begin
        if exists (select from command) then
          create trigger command_key_is_new before insert on command for each row execute function refuse_former_key();
        end if;
      end $$;
    `)
  }
}
