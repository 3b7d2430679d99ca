import { Migration } from '@mikro-orm/migrations'

/**
 * The ledger. Every amount is in micro-credits, every row belongs to a team, and what a team owns is numbered by the
 * revision that created it. There are no foreign keys on entries: they would cost a lock and a look-up for each row
 * of the hot path, and `npm run verify-ledger` proves what they would say, and more.
 */
export class Migration20261121000000Ledger extends Migration {
  override up(): void {
    this.addSql(`
      create table clock (
        one boolean primary key default true check (one),
        ahead interval not null default '0'
      );
      insert into clock default values;

      create function ledger_now() returns timestamptz language sql volatile parallel safe as
        $$ select date_trunc('milliseconds', clock_timestamp() + (select ahead from clock)) $$;
    `)

    this.addSql(`
      create table account (
        team_id text collate "C" primary key,
        name text not null,
        plan_id text,
        seats integer not null check (seats >= 1),
        top_ups_enabled boolean not null default false,
        version bigint not null,
        revision bigint not null check (revision >= 0),
        available bigint not null check (available >= 0),
        held bigint not null check (held >= 0),
        owed bigint not null check (owed >= 0),
        low_threshold bigint check (low_threshold >= 0),
        low_threshold_percent bigint check (low_threshold_percent > 0),
        alert text not null check (alert in ('OK', 'LOW', 'EXHAUSTED')),
        last_event_revision bigint not null default 0,
        last_event_number integer not null default 0,
        next_hold_deadline timestamptz(3),
        next_boundary timestamptz(3),
        last_at timestamptz(3) not null,
        created_at timestamptz(3) not null,
        check (low_threshold is null or low_threshold_percent is null)
      ) with (fillfactor = 50);
      create index account_next_boundary on account (next_boundary) where next_boundary is not null;

      create table credit_grant (
        team_id text collate "C" not null,
        id bigint not null,
        kind text not null check (kind in ('INCLUDED','ADD_ON','PACKAGE','AUTO_RECHARGE','CONTRACT','PROMOTION','ADJUSTMENT')),
        priority integer not null,
        starts_at timestamptz(3) not null,
        expires_at timestamptz(3) check (expires_at > starts_at),
        granted bigint not null check (granted > 0),
        available bigint not null check (available >= 0),
        held bigint not null check (held >= 0),
        spent bigint not null check (spent >= 0),
        expired bigint not null check (expired >= 0),
        revoked bigint not null check (revoked >= 0),
        clawed_back bigint not null default 0 check (clawed_back between 0 and granted),
        source text not null,
        allowance_id text,
        allowance_period integer,
        open boolean not null,
        primary key (team_id, id),
        unique (team_id, source),
        unique (team_id, allowance_id, allowance_period),
        check (granted = available + held + spent + expired + revoked),
        check (open or (available = 0 and held = 0)),
        check ((allowance_id is null) = (allowance_period is null))
      ) with (fillfactor = 60);
      create index credit_grant_open on credit_grant (team_id) where open;

      create table allowance (
        team_id text collate "C" not null,
        id text not null,
        plan_id text not null,
        cadence text not null check (cadence in ('WEEK', 'MONTH', 'YEAR')),
        anchor timestamptz(3) not null,
        time_zone text not null,
        credits bigint not null check (credits >= 0),
        per_seat boolean not null,
        next_period integer not null,
        next_at timestamptz(3) not null,
        ended boolean not null default false,
        primary key (team_id, id)
      );
    `)

    this.addSql(`
      create table hold (
        team_id text collate "C" not null,
        id bigint not null,
        state text not null check (state in ('OPEN', 'SETTLED', 'RELEASED', 'EXPIRED')),
        amount bigint not null check (amount >= 0),
        captured bigint not null check (captured >= 0),
        remaining bigint not null check (remaining >= 0),
        expires_at timestamptz(3) not null,
        reference text,
        member_id text,
        rate_card_version text not null,
        lines jsonb not null,
        slices jsonb not null,
        primary key (team_id, id),
        check (state = 'OPEN' or remaining = 0)
      ) with (fillfactor = 70);
      create index hold_deadline on hold (team_id, expires_at) where state = 'OPEN';
      create index hold_open on hold (team_id, id) where state = 'OPEN';
    `)

    this.addSql(`
      create table entry (
        team_id text collate "C" not null,
        revision bigint not null check (revision > 0),
        grant_id bigint,
        from_state text not null,
        to_state text not null,
        amount bigint not null check (amount >= 0),
        available_after bigint not null check (available_after >= 0),
        held_after bigint not null check (held_after >= 0),
        owed_after bigint not null check (owed_after >= 0),
        effective_at timestamptz(3) not null,
        posted_at timestamptz(3) not null default clock_timestamp(),
        posting bigint not null,
        size integer,
        type text check (type in ('GRANT','CHARGE','REFUND','EXPIRY','CLAWBACK','ADJUSTMENT','HOLD','RELEASE')),
        change bigint,
        member_id text,
        reference text,
        reason text,
        hold_id bigint,
        charge_id bigint,
        rate_card_version text,
        line smallint,
        rate text,
        quantity bigint,
        count integer,
        money_amount bigint,
        money_currency text,
        primary key (team_id, revision),
        check ((from_state, to_state) in (
          ('none','none'), ('none','available'), ('available','held'), ('available','spent'), ('available','expired'),
          ('available','revoked'), ('available','repaid'), ('held','available'), ('held','spent'),
          ('spent','available'), ('none','owed'))),
        check ((grant_id is null) = (from_state = 'none' and to_state = 'none')),
        check ((amount = 0) = (grant_id is null)),
        check ((type is not null) = (posting = revision)),
        check ((type is null) = (size is null))
      );
      create index entry_refund on entry (team_id, charge_id) where charge_id is not null;

      create function refuse_change() returns trigger language plpgsql as $$
        begin
          raise exception 'the ledger is append-only: post the opposite entry instead of % on %', tg_op, tg_table_name
            using errcode = 'integrity_constraint_violation';
        end $$;
      create trigger entry_is_append_only before update or delete or truncate on entry
        for each statement execute function refuse_change();
      revoke update, delete, truncate on entry from public, current_user;

      create table command (
        team_id text collate "C" not null,
        key text collate "C" not null check (length(key) between 1 and 200),
        fingerprint bytea not null,
        revision bigint not null,
        decided_at timestamptz(3) not null,
        outcome jsonb not null,
        primary key (team_id, key)
      );

      create table account_notice (
        team_id text collate "C" not null,
        revision bigint not null,
        number integer not null check (number > 0),
        type text not null,
        effective_at timestamptz(3) not null,
        amount bigint,
        primary key (team_id, revision, number)
      );
    `)

    this.addSql(`
      create table checkpoint (
        team_id text collate "C" not null,
        revision bigint not null,
        effective_at timestamptz(3) not null,
        grants jsonb not null,
        primary key (team_id, revision)
      );

      -- By what postings are looked for, up to the last checkpoint: indexes that the hot path need not keep.
      create table posting_facet (
        team_id text collate "C" not null,
        facet text not null check (facet in ('rate', 'member', 'type')),
        value text not null,
        posting bigint not null,
        primary key (team_id, facet, value, posting)
      );

      create table usage_hour (
        team_id text collate "C" not null,
        hour timestamptz(3) not null,
        rate text not null,
        member_id text not null default '',
        credits bigint not null,
        count bigint not null,
        primary key (team_id, hour, rate, member_id)
      );

      create table rate_card (
        version text primary key,
        effective_from timestamptz(3) not null,
        catalog text not null
      );

      create table member (
        team_id text collate "C" not null,
        id text not null,
        name text,
        role text not null,
        seen_at timestamptz(3) not null,
        primary key (team_id, id)
      );
    `)

    this.addSql(`
      -- The last revision of a team that is effective at or before an instant, or 0: a binary search over the primary
      -- key, because effective times never fall within a team. It spares the hot path an index.
      create function revision_at(team text, instant timestamptz) returns bigint language plpgsql stable as $$
        declare
          low bigint := 0;
          high bigint := coalesce((select max(revision) from entry where team_id = team), 0);
          middle bigint;
        begin
          while low < high loop
            middle := (low + high + 1) / 2;
            if (select effective_at from entry where team_id = team and revision = middle) <= instant then
              low := middle;
            else
              high := middle - 1;
            end if;
          end loop;
          return low;
        end $$;

      -- The facets of postings of a revision range (after, through].
      create function facets_of_entries(team text, after bigint, through bigint)
      returns table (facet text, value text, posting bigint) language sql stable as $$
        select distinct 'rate', e.rate, e.posting from entry e
          where e.team_id = team and e.revision > after and e.revision <= through and e.rate is not null
        union all
        select 'member', e.member_id, e.revision from entry e
          where e.team_id = team and e.revision > after and e.revision <= through and e.member_id is not null
        union all
        select 'type', e.type, e.revision from entry e
          where e.team_id = team and e.revision > after and e.revision <= through and e.type is not null
      $$;

      -- What entries of a revision range (after, through] charged, net of refunds, by hour, rate and member.
      create function usage_of_entries(team text, after bigint, through bigint)
      returns table (hour timestamptz, rate text, member_id text, credits bigint, count bigint)
      language sql stable as $$
        select date_trunc('hour', e.effective_at, 'UTC'), e.rate, coalesce(p.member_id, ''),
          sum(case when e.to_state = 'spent' then e.amount when e.from_state = 'spent' then -e.amount else 0 end)::bigint,
          coalesce(sum(e.count), 0)::bigint
        from entry e join entry p on p.team_id = e.team_id and p.revision = e.posting
        where e.team_id = team and e.revision > after and e.revision <= through and e.rate is not null
        group by 1, 2, 3
      $$;

      -- What a team was charged with starts <= instant < ends: whole hours up to the last checkpoint from usage_hour,
      -- the edges and what came after the checkpoint from the entries. The same answer with or without checkpoints.
      create function usage_between(team text, starts timestamptz, ends timestamptz)
      returns table (hour timestamptz, rate text, member_id text, credits bigint, count bigint)
      language plpgsql stable as $$
        declare
          rolled bigint := coalesce((select max(revision) from checkpoint where team_id = team), 0);
          before_start bigint := revision_at(team, starts - interval '1 millisecond');
          before_end bigint := revision_at(team, ends - interval '1 millisecond');
          first_hour timestamptz := date_trunc('hour', starts - interval '1 millisecond', 'UTC') + interval '1 hour';
          last_hour timestamptz := date_trunc('hour', ends, 'UTC');
        begin
          if first_hour >= last_hour then
            return query select * from usage_of_entries(team, before_start, before_end);
            return;
          end if;
          return query select * from usage_of_entries(team, before_start,
            least(rolled, revision_at(team, first_hour - interval '1 millisecond')));
          return query select u.hour::timestamptz, u.rate, u.member_id, u.credits, u.count from usage_hour u
            where u.team_id = team and u.hour >= first_hour and u.hour < last_hour;
          return query select * from usage_of_entries(team,
            greatest(before_start, least(rolled, revision_at(team, last_hour - interval '1 millisecond'))),
            least(rolled, before_end));
          return query select * from usage_of_entries(team, greatest(rolled, before_start), before_end);
        end $$;
    `)
  }
}
