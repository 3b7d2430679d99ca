import pg from 'pg'

/** Holds up every write of a team, or every reading, too, as a slow disk would. */
export async function lockAccounts(databaseUrl: string, what: 'writes' | 'readings' = 'writes') {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`begin; lock table account in ${what === 'writes' ? '' : 'access '}exclusive mode`)
  return {
    async release() {
      await client.query('commit')
      await client.end()
    },
  }
}
