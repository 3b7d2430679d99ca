import { Migration } from '@mikro-orm/migrations'

/** Subscriptions that changed while another system served their team. */
export class Migration20261202160000FollowAfterCutOver extends Migration {
  override up(): void {
    this.addSql(`
      -- follow_after_cut_over: its subscriptions changed nothing here yet, and are read again once the team is cut over.
      alter table customer add column follow_after_cut_over boolean not null default false;
      create index customer_follow_after_cut_over on customer (team_id) where follow_after_cut_over;
    `)
  }
}
