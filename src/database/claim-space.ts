import type { Space } from '../domain/space.ts'
import type { Database } from './open.ts'

/** The database is of the other space; the message says what to do. */
export class DatabaseOfOtherSpace extends Error {
  override readonly name = 'DatabaseOfOtherSpace'
}

const begun = `select to_regclass('space') is not null as spaces, to_regclass('account') is not null as teams`
const hasTeams = 'select exists (select from account) as found'

/** A database that was in use before there were spaces is production's. */
const claim = `
  insert into space (name) select case when exists (select from account) then 'PRODUCTION' else $1 end
  on conflict do nothing`
const read = 'select name from space'

/**
 * The database is not of the other space, as far as anybody has used it; nothing is written. A database that was never
 * migrated, or not by this build, can be read.
 *
 * @throws {DatabaseOfOtherSpace} if the database belongs to the other space.
 */
export async function assertOwnSpace({ pool }: Pick<Database, 'pool'>, space: Space): Promise<void> {
  const { spaces, teams } = (await pool.query(begun)).rows[0]
  const owner = spaces ? await readSpace(pool) : null
  if (owner !== null) return assertOwner(owner, space)
  if (teams && (await pool.query(hasTeams)).rows[0].found) assertOwner('PRODUCTION', space)
}

/**
 * The database belongs to the space from now on. A test space grants credits and moves its clock, so it must never be
 * opened on production's database, also where two settings were confused.
 *
 * @throws {DatabaseOfOtherSpace} if the database belongs to the other space.
 */
export async function claimSpace({ pool }: Pick<Database, 'pool'>, space: Space): Promise<void> {
  assertOwner((await readSpace(pool)) ?? (await claimedBy(pool, space)), space)
}

function assertOwner(owner: Space | null, space: Space): void {
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
