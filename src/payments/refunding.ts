import type { Logger } from 'pino'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { claimRefunds } from './refund-rows.ts'
import { createRefundWarned, type RefundingWarned } from './refund-warned.ts'
import type { Refunds } from './refunds.ts'
import { workEach } from './work-each.ts'

const everyMs = 5_000

/**
 * Asks Stripe again for refunds whose answer was lost, and gives back what a bank warns of. Several gateways share the
 * work.
 */
export function startRefunding(
  database: Pick<Database, 'pool'>,
  refunds: Pick<Refunds, 'goOn' | 'refund'>,
  catalogs: RefundingWarned['catalogs'],
  log: Logger,
): BackgroundLoop {
  const refundWarned = createRefundWarned({ database, catalogs, refunds, log })

  async function round(): Promise<number> {
    await workEach(await claimRefunds(database.pool), (refund) => refunds.goOn(refund), {
      log,
      failed: 'The outcome of a refund is not known yet; it is asked again',
      namesOf: ({ teamId: team, key }) => ({ team, key }),
    })
    await refundWarned()
    return everyMs
  }

  return startBackgroundLoop(round, 'Refunds could not be looked after; trying again', log)
}
