import type { Database } from '../../database/open.ts'
import type { ImportTeam } from '../../domain/decisions/command.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import type { Move } from '../../domain/move.ts'
import { replayOf } from '../../domain/rehearsal/rehearse.ts'
import type { Shadow } from '../../domain/rehearsal/shadow.ts'
import { storeReplay, storeStanding } from '../../entities/json/stored-rehearsal.ts'
import { instant } from '../rows/instants.ts'

export type RehearsalBegin = {
  readonly teamId: TeamId
  /** The stage of the team's move that is rehearsed. */
  readonly move: Move
  readonly startsAt: Instant
  readonly shadow: Shadow
  /** The team as it is to be imported; null: it has been here. */
  readonly standing: ImportTeam | null
}

const begin = `
  insert into rehearsal (team_id, system, since, starts_at, standing, shadow, folded_through, theirs, ours)
  select $1, $2, ${instant('$3::float8')}, ${instant('$4::float8')}, $5::jsonb, $6::jsonb, ${instant('($4::float8 - 1)')}, $7, $7
  on conflict (team_id) do update set
    (system, since, starts_at, standing, shadow, folded_through, theirs, ours) = (excluded.system, excluded.since,
      excluded.starts_at, excluded.standing, excluded.shadow, excluded.folded_through, excluded.theirs, excluded.ours),
    (first_divergence, events, last_event, last_event_at, recorded_at) = row (null, 0, null, null, null)
  where (rehearsal.since, rehearsal.starts_at, rehearsal.standing) is distinct from
    (excluded.since, excluded.starts_at, excluded.standing)
  returning team_id`

/** Begins the rehearsal anew, without the events of an earlier one. The same begin again leaves it as it is. */
export async function beginRehearsal(database: Database, asked: RehearsalBegin): Promise<void> {
  const { teamId, move, startsAt, shadow, standing } = asked
  const stored = [
    standing && JSON.stringify(storeStanding(standing)),
    JSON.stringify(storeReplay(replayOf(shadow))),
    `${shadow.balance}`,
  ]
  await database.transaction(async (client) => {
    const values = [teamId, move.system, move.since, startsAt, ...stored]
    const { rows } = await client.query({ name: 'begin-rehearsal', text: begin, values })
    if (rows.length > 0) await client.query('delete from rehearsal_event where team_id = $1', [teamId])
  })
}

/** The rehearsal of a team that the gateway serves now is over. */
export async function endRehearsal(database: Database, teamId: TeamId): Promise<void> {
  await database.transaction(async (client) => {
    await client.query('delete from rehearsal where team_id = $1', [teamId])
    await client.query('delete from rehearsal_event where team_id = $1', [teamId])
  })
}
