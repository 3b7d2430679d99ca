import { Migration } from '@mikro-orm/migrations'

/** Teams that move between another system and the gateway, and the entries of that system that are followed. */
export class Migration20261202120000Moves extends Migration {
  override up(): void {
    this.addSql(`
      -- Null: the team has always been the gateway's.
      alter table account add column move jsonb,
        add constraint account_move_check check (move ->> 'stage' in ('FOLLOWED', 'CUT_OVER', 'CUT_BACK'));

      -- The rehearsal of a team that another system serves.
      -- since: the begin of its stage, by which a rehearsal of an earlier stage is known.
      -- standing: the team as it is to be imported; null: it has been here.
      -- shadow: the team by the gateway's rules after all events up to folded_through, which are kept no longer.
      -- theirs, ours, first_divergence: after the last event.
      create table rehearsal (
        team_id text collate "C" primary key,
        system text not null,
        since timestamptz(3) not null,
        starts_at timestamptz(3) not null,
        standing jsonb,
        shadow jsonb not null,
        folded_through timestamptz(3) not null,
        theirs bigint not null,
        ours bigint not null,
        first_divergence jsonb,
        events bigint not null default 0,
        last_event text,
        last_event_at timestamptz(3),
        recorded_at timestamptz(3)
      );
      create index rehearsal_diverged on rehearsal (team_id) where first_divergence is not null;

      create table rehearsal_event (
        team_id text collate "C" not null,
        id text collate "C" not null,
        at timestamptz(3) not null,
        event jsonb not null,
        primary key (team_id, id)
      );
    `)
  }
}
