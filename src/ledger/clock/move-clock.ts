import type { Database } from '../../database/open.ts'
import type { Instant } from '../../domain/identity.ts'
import { instant, ms } from '../rows/instants.ts'

const move = `update clock set ahead = ${instant('$1::float8')} - clock_timestamp()
  where ledger_now() <= ${instant('$1::float8')}
  returning ${ms('ledger_now()', 'now')}`

/** Moves the ledger's clock, of every gateway on this database, forward to `to`; null where it is later already. */
export async function moveClock({ pool }: Database, to: Instant): Promise<Instant | null> {
  const { rows } = await pool.query(move, [to])
  return rows[0] === undefined ? null : to
}

const read = `select ${ms('ledger_now()', 'now')}`

/** The ledger's clock: the database's, and what it has been moved ahead. */
export async function readClock({ pool }: Pick<Database, 'pool'>): Promise<Instant> {
  const { rows } = await pool.query({ name: 'read-clock', text: read })
  return Math.round(rows[0].now)
}
