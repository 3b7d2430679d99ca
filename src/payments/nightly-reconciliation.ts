import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import type { Instant } from '../domain/identity.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { ms } from '../ledger/rows/instants.ts'
import type { Difference } from './differences.ts'
import { Reconciliation } from './reconciliation.ts'

/** The last run of any gateway. `doneAt` null: there was none. */
export type LastReconciliation = { readonly doneAt: Instant | null; readonly differences: readonly Difference[] }

export type NightlyReconciliation = BackgroundLoop & {
  /** The state at the latest look, a minute ago at most. */
  last(): LastReconciliation
}

export const reconciledDays = 30

const lookEveryMs = 60_000

const claim = `
  update stripe_reconciliation set asked_at = ledger_now() where asked_at <= ledger_now() - interval '1 day' returning one`
/** A run that failed is due again in an hour. */
const sooner = `update stripe_reconciliation set asked_at = asked_at - interval '23 hours'`
const readLast = `select ${ms('done_at')}, differences from stripe_reconciliation`
const writeLast = 'update stripe_reconciliation set done_at = ledger_now(), differences = $1'

type Parts = {
  readonly database: Database
  readonly stripe: Stripe
  readonly log: Logger
  /** See `ReconciliationOptions`. */
  readonly settleMs?: number
}

/**
 * Compares payments with purchases once a day, all gateways together. A new difference is an error in the log; all of them
 * are kept for the metrics of every gateway.
 */
export function startNightlyReconciliation({ log, ...parts }: Parts): NightlyReconciliation {
  const { database } = parts
  const { pool } = database
  const stopping = new AbortController()
  const reconciliation = new Reconciliation({ ...parts, signal: stopping.signal })
  let last: LastReconciliation = { doneAt: null, differences: [] }

  async function round(): Promise<number> {
    const claimed = await pool.query(claim)
    last = await read()
    if (claimed.rowCount === 0) return lookEveryMs
    try {
      await run()
    } catch (error) {
      await pool.query(sooner)
      if (!stopping.signal.aborted) throw error
    }
    return lookEveryMs
  }

  async function run(): Promise<void> {
    const { differences } = await reconciliation.run(await readClock(database), reconciledDays)
    const known = new Set(last.differences.map(nameOf))
    for (const difference of differences) {
      if (!known.has(nameOf(difference))) log.error(difference, 'A payment at Stripe and its purchase differ')
    }
    await pool.query(writeLast, [JSON.stringify(differences)])
    last = await read()
  }

  async function read(): Promise<LastReconciliation> {
    const { rows } = await pool.query<{ done_at: number | null; differences: Difference[] }>(readLast)
    return { doneAt: rows[0]?.done_at ?? null, differences: rows[0]?.differences ?? [] }
  }

  const loop = startBackgroundLoop(round, 'Payments could not be compared with purchases; trying again in an hour', log)
  return {
    last: () => last,
    poke: loop.poke,
    async stop() {
      stopping.abort()
      await loop.stop()
    },
  }
}

const nameOf = ({ kind, payment }: Difference): string => `${kind} ${payment}`
