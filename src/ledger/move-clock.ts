import type { Database } from '../database/open.ts'
import type { Instant } from '../domain/identity.ts'

const move = `update clock set ahead = to_timestamp($1::float8 / 1000.0) - clock_timestamp()
  where ledger_now() <= to_timestamp($1::float8 / 1000.0)
  returning (extract(epoch from ledger_now()) * 1000)::float8 as now`

/** Moves the ledger's clock, of every gateway on this database, forward to `to`; null where it is later already. */
export async function moveClock({ pool }: Database, to: Instant): Promise<Instant | null> {
  const { rows } = await pool.query(move, [to])
  return rows[0] === undefined ? null : to
}

const read = '(extract(epoch from ledger_now()) * 1000)::float8 as now'

export async function readClock({ pool }: Database): Promise<Instant> {
  const { rows } = await pool.query({ name: 'read-clock', text: `select ${read}` })
  return Math.round(rows[0].now)
}
