import type { Database } from '../../database/open.ts'
import { isOpen } from '../../domain/grant.ts'
import type { Revision, TeamId } from '../../domain/identity.ts'
import { storeGrant } from '../../entities/json/stored.ts'
import { ms } from '../rows/instants.ts'
import { historyAt } from './team-as-of.ts'

const everyEntries = 1_000

const writeCheckpoint = `
  insert into checkpoint (team_id, revision, effective_at, grants)
  select team_id, revision, effective_at, $3::jsonb from entry where team_id = $1 and revision = $2`

const addUsage = `
  insert into usage_hour (team_id, hour, rate, member_id, currency, credits, count, quantity, money)
  select $1, hour, rate, member_id, currency, credits, count, quantity, money from usage_of_entries($1, $2, $3)
  on conflict (team_id, hour, rate, member_id, currency) do update
    set credits = usage_hour.credits + excluded.credits, count = usage_hour.count + excluded.count,
      quantity = usage_hour.quantity + excluded.quantity, money = usage_hour.money + excluded.money`

export const addFacets = `
  insert into posting_facet (team_id, facet, value, posting)
  select $1, facet, value, posting from facets_of_entries($1, $2, $3) order by 2, 3, 4`

/** Whether a look back from `revision` has become long enough to shorten. */
export const needsCheckpoint = (revision: Revision, checkpoint: Revision) => revision - checkpoint >= everyEntries

/**
 * Writes the team's next checkpoint: its grants at its present revision, and the hours' usage and the facets of its
 * postings up to there. Looking back then costs at most some thousand entries; without it, or with it late, every answer is the same.
 */
export async function takeCheckpoint(database: Database, teamId: TeamId): Promise<void> {
  await database.transaction(async (client) => {
    // The lock belongs to checkpoints alone: two of one team would count an hour's usage twice.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 7))', [teamId])
    const { rows } = await client.query(
      `select a.revision::float8, ${ms('a.last_at', 'last_at')}, coalesce((select max(revision) from checkpoint where team_id = $1), 0)::float8 as checkpoint
       from account a where a.team_id = $1`,
      [teamId],
    )
    const [row] = rows
    if (row === undefined || !needsCheckpoint(row.revision, row.checkpoint)) return
    const history = await historyAt(client, teamId, row.revision)
    const open = history.grants.filter((grant) => isOpen(grant, row.last_at))
    await client.query(writeCheckpoint, [teamId, row.revision, JSON.stringify(open.map(storeGrant))])
    await client.query(addUsage, [teamId, row.checkpoint, row.revision])
    await client.query(addFacets, [teamId, row.checkpoint, row.revision])
  })
}
