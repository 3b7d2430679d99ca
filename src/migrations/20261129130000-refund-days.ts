import { Migration } from '@mikro-orm/migrations'

/** A report of usage counts what came back where it was charged: it looks for the refunds since its first day. */
export class Migration20261129130000RefundDays extends Migration {
  override up(): void {
    this.addSql(`create index entry_refund_time on entry (team_id, effective_at) where type = 'REFUND'`)
  }
}
