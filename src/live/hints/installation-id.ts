import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { isConnectionLost } from '../../database/errors.ts'
import { DatabaseUnavailable } from '../../database/open.ts'

/**
 * Names the database itself, the same by whatever address a gateway reaches it: 16 hexadecimal digits.
 *
 * @throws {DatabaseUnavailable} where the database does not tell what it is.
 */
export async function installationIdOf(pool: Pool): Promise<string> {
  try {
    const { rows } = await pool.query(`
      select concat_ws('/', system_identifier, oid, datname) as name
      from pg_control_system(), pg_database where datname = current_database()`)
    return createHash('sha256').update(rows[0].name).digest('hex').slice(0, 16)
  } catch (error) {
    if (isConnectionLost(error)) throw error
    throw new DatabaseUnavailable(
      'The database does not tell its identity, by which gateways that share a Redis know each other: as its superuser, run grant execute on function pg_control_system() to public, or start without REDIS_URL',
      { cause: error },
    )
  }
}
