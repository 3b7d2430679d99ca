import type { Space } from '../domain/space.ts'
import type { Database } from './open.ts'

/** The database is of the other space; the message says what to do. */
export class DatabaseOfOtherSpace extends Error {
  override readonly name = 'DatabaseOfOtherSpace'
}

/** A database that was in use before there were spaces is production's. */
const claim = `
  insert into space (name) select case when exists (select from account) then 'PRODUCTION' else $1 end
  on conflict do nothing`
const read = 'select name from space'

/**
 * The database belongs to the space from now on. A test space grants credits and moves its clock, so it must never be
 * opened on production's database, also where two settings were confused.
 *
 * @throws {DatabaseOfOtherSpace} if the database belongs to the other space.
 */
export async function claimSpace({ pool }: Pick<Database, 'pool'>, space: Space): Promise<void> {
  const owner = (await readSpace(pool)) ?? (await claimedBy(pool, space))
  if (owner === space) return
  throw new DatabaseOfOtherSpace(
    space === 'TEST'
      ? 'TEST_DATABASE_URL names a database of production: create an empty one for the test space (createdb credits_test)'
      : 'DATABASE_URL names the database of a test space: name the database of production, or create an empty one',
  )
}

async function claimedBy(pool: Database['pool'], space: Space): Promise<Space | null> {
  await pool.query(claim, [space])
  return readSpace(pool)
}

async function readSpace(pool: Database['pool']): Promise<Space | null> {
  return (await pool.query<{ name: Space }>(read)).rows[0]?.name ?? null
}
