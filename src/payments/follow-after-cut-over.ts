import type { Logger } from 'pino'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import type { Subscriptions } from './subscriptions.ts'
import { workEach } from './work-each.ts'

const everyMs = 5_000
const most = 20

const due = `
  select c.id from customer c join account a using (team_id)
  where c.follow_after_cut_over and a.move ->> 'stage' <> 'FOLLOWED' order by random() limit ${most}`
/** A reading that came to nothing is not repeated. */
const done = 'update customer set follow_after_cut_over = false where id = $1'

/**
 * Reads the subscriptions again that changed before their team was cut over, when they changed nothing here. Several gateways
 * may read the same one, which does no harm.
 */
export function startFollowingAfterCutOver(
  { pool }: Pick<Database, 'pool'>,
  subscriptions: Pick<Subscriptions, 'follow'>,
  log: Logger,
): BackgroundLoop {
  async function round(): Promise<number> {
    const { rows } = await pool.query<{ id: string }>({ name: 'follow-after-cut-over', text: due })
    await workEach(rows, followed, {
      log,
      failed: 'A subscription could not be read after a cut over; tried again',
      namesOf: ({ id }) => ({ customer: id }),
    })
    return everyMs
  }

  async function followed({ id }: { id: string }): Promise<void> {
    await subscriptions.follow(id)
    await pool.query(done, [id])
  }

  return startBackgroundLoop(round, 'Subscriptions could not be read after a cut over; trying again', log)
}
