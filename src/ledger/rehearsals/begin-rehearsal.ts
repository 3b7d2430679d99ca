import type { PoolClient } from 'pg'
import type { Database } from '../../database/open.ts'
import type { ImportTeam } from '../../domain/decisions/command.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import type { Move } from '../../domain/move.ts'
import { replayOf } from '../../domain/rehearsal/rehearse.ts'
import type { Shadow } from '../../domain/rehearsal/shadow.ts'
import { storeStanding } from '../../entities/json/stored-rehearsal.ts'
import { instant } from '../rows/instants.ts'
import { readEvents, type StoredShadow, storeShadow, withPosted } from './rehearsal-rows.ts'

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
  where rehearsal.since is distinct from excluded.since or (excluded.standing is not null
    and (rehearsal.starts_at, rehearsal.standing) is distinct from (excluded.starts_at, excluded.standing))
  returning team_id`

const earlier = `
  select shadow from rehearsal where team_id = $1 and round(extract(epoch from since) * 1000) = $2::numeric for update`

/**
 * Begins the rehearsal anew, without the events of an earlier one. The same begin again leaves it as it is. A begin without a
 * standing is of the cut back: it replaces no rehearsal of its own stage.
 */
export async function beginRehearsal(database: Database, asked: RehearsalBegin): Promise<void> {
  const { teamId, move, startsAt, shadow, standing } = asked
  await database.transaction(async (client) => {
    const posted = await postedBefore(client, asked)
    const stored = [
      standing && JSON.stringify(storeStanding(standing)),
      JSON.stringify(storeShadow(replayOf(shadow), posted)),
      `${shadow.balance}`,
    ]
    const values = [teamId, move.system, move.since, startsAt, ...stored]
    const { rows } = await client.query({ name: 'begin-rehearsal', text: begin, values })
    if (rows.length > 0) await client.query('delete from rehearsal_event where team_id = $1', [teamId])
  })
}

/** A newer standing may lack the grants that were used up meanwhile: their payments stay known. */
async function postedBefore(
  client: PoolClient,
  { teamId, move, standing }: RehearsalBegin,
): Promise<readonly string[] | null> {
  if (standing === null) return []
  const { rows } = await client.query<{ shadow: StoredShadow }>(earlier, [teamId, move.since])
  const known = rows[0]?.shadow.posted ?? null
  const told = [...standing.grants, ...(known === null ? [] : await readEvents(client, teamId))]
  return withPosted(
    known,
    told.map(({ source }) => source),
  )
}

/** Ends the rehearsal of the stage that a cut over at this instant has ended. A newer one stays. */
export async function endRehearsal(database: Database, teamId: TeamId, cutOverAt: Instant): Promise<void> {
  await database.transaction(async (client) => {
    const text = `delete from rehearsal where team_id = $1 and since <= ${instant('$2::float8')}`
    const { rowCount } = await client.query(text, [teamId, cutOverAt])
    if (rowCount !== 0) await client.query('delete from rehearsal_event where team_id = $1', [teamId])
  })
}
