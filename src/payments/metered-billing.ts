import type { Logger } from 'pino'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import type { TeamId } from '../domain/identity.ts'
import { ms } from '../ledger/rows/instants.ts'
import type { BillName } from './metered-bill-rows.ts'
import type { MeteredMonths } from './metered-months.ts'
import { levelOf } from './outages.ts'

/** At Stripe a bill is some calls one after another: a month's end must not use up what Stripe takes a second. */
const most = 5
const maxSleepMs = 5_000
const minSleepMs = 10

// A claim lasts for at least a minute. After that another gateway may claim the bill, too, which does no harm.
const claim = `
  update metered_bill b set asks = b.asks + 1, ask_at = ledger_now() + least(b.asks + 1, 60) * interval '1 minute'
  from (select team_id, month, currency from metered_bill where ask_at <= ledger_now() order by ask_at limit ${most}
    for update skip locked) due
  where b.team_id = due.team_id and b.month = due.month and b.currency = due.currency
  returning b.team_id, b.month, b.currency`
const readSleep = `select ${ms('min(ask_at) - ledger_now()', 'ms')} from metered_bill where ask_at is not null`

type Claimed = { team_id: TeamId; month: string; currency: string }

/**
 * Bills metered money: months that are over are written down as bills, and bills become invoices, each tried until it
 * is one, in pauses that grow to an hour. Several gateways share the work. Source: facts V9.
 */
export function startMeteredBilling(
  { pool }: Pick<Database, 'pool'>,
  months: Pick<MeteredMonths, 'look'>,
  invoice: (bill: BillName) => Promise<void>,
  log: Logger,
): BackgroundLoop {
  async function round(): Promise<number> {
    const untilLook = await lookOrLater()
    const { rows } = await pool.query<Claimed>({ name: 'claim-bills', text: claim })
    const due = rows.map(({ team_id, month, currency }) => ({ teamId: team_id, month, currency }))
    for (const [index, result] of (await Promise.allSettled(due.map(invoice))).entries()) {
      if (result.status === 'fulfilled') continue
      log[levelOf(result.reason)](
        { err: result.reason, ...due[index] },
        'A month of metered usage could not be billed; it is tried again',
      )
    }
    return rows.length < most ? Math.min(untilLook, await untilNext()) : 0
  }

  /** A month that can't be looked through keeps no bill of another one waiting. */
  async function lookOrLater(): Promise<number> {
    try {
      return await months.look()
    } catch (error) {
      log[levelOf(error)]({ err: error }, 'A month of metered usage could not be looked through; it is tried again')
      return maxSleepMs
    }
  }

  async function untilNext(): Promise<number> {
    const { rows } = await pool.query<{ ms: number | null }>({ name: 'next-bill', text: readSleep })
    return Math.min(maxSleepMs, Math.max(minSleepMs, rows[0]?.ms ?? maxSleepMs))
  }

  return startBackgroundLoop(round, 'Metered usage could not be billed; trying again', log)
}
