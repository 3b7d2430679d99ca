import { Migration } from '@mikro-orm/migrations'

/**
 * The hours of usage also keep what metered rates cost in money, and how much was used: `quantity` in micro-units over
 * all assets, `money` in nano-units of `currency` (empty: paid in credits), both wider than a bigint. What a day's
 * storage owes is used as much as what it pays. Hours that are kept already are counted again from their entries.
 */
export class Migration20261121100000Metered extends Migration {
  override up(): void {
    this.addSql(`
      drop function usage_between(text, timestamptz, timestamptz);
      drop function usage_of_entries(text, bigint, bigint);

      -- What entries of a revision range (after, through] charged, net of refunds, by hour, rate, member and currency.
      create function usage_of_entries(team text, after bigint, through bigint)
      returns table (hour timestamptz, rate text, member_id text, currency text,
        credits bigint, count bigint, quantity numeric, money numeric)
      language sql stable as $$
        select date_trunc('hour', e.effective_at, 'UTC'), e.rate, coalesce(p.member_id, ''), coalesce(e.money_currency, ''),
          sum(case when e.to_state in ('spent', 'owed') then e.amount when e.from_state = 'spent' then -e.amount else 0 end)::bigint,
          coalesce(sum(e.count), 0)::bigint,
          coalesce(sum(e.quantity::numeric * e.count), 0),
          coalesce(sum(e.money_amount), 0)
        from entry e join entry p on p.team_id = e.team_id and p.revision = e.posting
        where e.team_id = team and e.revision > after and e.revision <= through and e.rate is not null
        group by 1, 2, 3, 4
      $$;

      -- What a team was charged with starts <= instant < ends: whole hours up to the last checkpoint from usage_hour,
      -- the edges and what came after the checkpoint from the entries. The same answer with or without checkpoints.
      create function usage_between(team text, starts timestamptz, ends timestamptz)
      returns table (hour timestamptz, rate text, member_id text, currency text,
        credits bigint, count bigint, quantity numeric, money numeric)
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
          return query select u.hour::timestamptz, u.rate, u.member_id, u.currency, u.credits, u.count, u.quantity, u.money
            from usage_hour u where u.team_id = team and u.hour >= first_hour and u.hour < last_hour;
          return query select * from usage_of_entries(team,
            greatest(before_start, least(rolled, revision_at(team, last_hour - interval '1 millisecond'))),
            least(rolled, before_end));
          return query select * from usage_of_entries(team, greatest(rolled, before_start), before_end);
        end $$;
    `)

    this.addSql(`
      truncate usage_hour;
      alter table usage_hour
        add column currency text not null default '',
        add column quantity numeric not null,
        add column money numeric not null,
        drop constraint usage_hour_pkey,
        add primary key (team_id, hour, rate, member_id, currency);
      insert into usage_hour (team_id, hour, rate, member_id, currency, credits, count, quantity, money)
        select c.team_id, u.hour, u.rate, u.member_id, u.currency, u.credits, u.count, u.quantity, u.money
        from (select team_id, max(revision) as through from checkpoint group by 1) c
        cross join lateral usage_of_entries(c.team_id, 0, c.through) u;
    `)
  }
}
