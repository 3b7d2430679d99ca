import type { Database } from '../database/open.ts'
import type { Answer, Context, Outcome } from '../domain/command.ts'
import { chargeId, type TeamId } from '../domain/identity.ts'
import { readOutcome } from '../domain/stored.ts'
import { readCharges } from './charges.ts'
import { accountOf, historyAt } from './history.ts'
import { readTeams } from './read-teams.ts'
import type { StoredCommand } from './team-state.ts'

/** The first answer again: the outcome as it was decided, and the team as it stood right after it. */
export async function replayAnswer(
  database: Database,
  teamId: TeamId,
  stored: StoredCommand,
  world: Omit<Context, 'at'>,
): Promise<Answer> {
  const { revision, decidedAt: at } = stored
  return database.snapshot(async (client) => {
    const { teams } = await readTeams(client, [teamId], world.policy)
    const current = teams.get(teamId)?.account
    if (current == null) throw new Error(`${teamId} has a stored command but no account`)
    const account = accountOf(current, await historyAt(client, teamId, revision))
    const outcome = readOutcome(stored.outcome) ?? (await chargeOutcome(client, teamId, revision))
    return { outcome, revision, at, account }
  })
}

async function chargeOutcome(
  client: Parameters<typeof readCharges>[0],
  teamId: TeamId,
  revision: number,
): Promise<Outcome> {
  const { rows } = await client.query(
    `select max(revision)::float8 as id from entry where team_id = $1 and type = 'CHARGE' and revision <= $2`,
    [teamId, revision],
  )
  const id = chargeId(rows[0]?.id)
  const charge = (await readCharges(client, teamId, [id])).get(id)
  if (charge === undefined) throw new Error(`${teamId} has no charge at revision ${revision}`)
  return { kind: 'charge', charge }
}
