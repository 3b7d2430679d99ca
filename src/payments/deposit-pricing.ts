import type { Logger } from 'pino'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { findTeamsToPrice, priceDeposits } from '../ledger/writing/deposit-costs.ts'

const everyMs = 30_000

/** Deposits that come later in a paid cycle get their share of its invoice. Several gateways share the work. */
export function startDepositPricing(
  database: Pick<Database, 'pool' | 'transaction'>,
  ledger: Pick<Ledger, 'submitAll'>,
  log: Logger,
): BackgroundLoop {
  async function round(): Promise<number> {
    const teams = await findTeamsToPrice(database)
    if (teams.length === 0) return everyMs
    // Deposits that are due by now are there to be priced.
    await ledger.submitAll(teams.map((team) => keyless(team, { kind: 'post-due' })))
    await priceDeposits(database)
    return 0
  }

  return startBackgroundLoop(round, 'Deposits could not get what was paid for them; trying again', log)
}
