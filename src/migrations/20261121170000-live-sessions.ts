import { Migration } from '@mikro-orm/migrations'

/**
 * Live sessions tell how fast they use credits, and since when. Holds that were captured before have a pace from their next
 * capture on.
 */
export class Migration20261121170000LiveSessions extends Migration {
  override up(): void {
    this.addSql(`
      -- pace: what a millisecond costs, in 10^-12 micro-credits; paced_at: the capture that showed it.
      alter table hold
        add column pace numeric,
        add column paced_at timestamptz(3),
        add check (pace > 0 and pace = trunc(pace)),
        add check ((pace is null) = (paced_at is null)),
        add check (pace is null or (state = 'OPEN' and charged is null));
      create index hold_live on hold (team_id) where pace is not null;
    `)
  }
}
