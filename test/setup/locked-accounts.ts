import pg from 'pg'

/** Holds up every write of a team, or every reading, too, as a slow disk would. */
export const lockAccounts = (databaseUrl: string, what: 'writes' | 'readings' = 'writes') =>
  lockTable(databaseUrl, 'account', what)

/** Holds up every write to a table, or every reading, too. */
export async function lockTable(databaseUrl: string, table: string, what: 'writes' | 'readings') {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`begin; lock table ${table} in ${what === 'writes' ? '' : 'access '}exclusive mode`)
  return {
    /** How many statements wait for the lock. */
    async waiting(): Promise<number> {
      const { rows } = await client.query(
        `select count(*)::int as waiting from pg_locks
         where database = (select oid from pg_database where datname = current_database()) and not granted
           and relation = $1::regclass`,
        [table],
      )
      return rows[0].waiting
    },
    async release() {
      await client.query('commit')
      await client.end()
    },
  }
}
