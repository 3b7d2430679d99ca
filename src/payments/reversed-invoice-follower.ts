import type { Logger } from 'pino'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { claimReversed } from './reversed-invoice-rows.ts'
import type { ReversedInvoices } from './reversed-invoices.ts'
import { workEach } from './work-each.ts'

const everyMs = 5_000

/** Takes back the share of deposits that came after the refund of their cycle. Several gateways share the work. */
export function startFollowingReversals(
  { pool }: Pick<Database, 'pool'>,
  reversed: Pick<ReversedInvoices, 'goOn'>,
  log: Logger,
): BackgroundLoop {
  async function round(): Promise<number> {
    await workEach(await claimReversed(pool), (name) => reversed.goOn(name), {
      log,
      failed: 'The refund of an invoice has not reached the ledger; tried again',
      namesOf: (name) => name,
    })
    return everyMs
  }

  return startBackgroundLoop(round, 'Refunds of invoices could not be looked after; trying again', log)
}
