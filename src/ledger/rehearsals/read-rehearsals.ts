import { inTurns } from '../../concurrency/in-turns.ts'
import type { Database } from '../../database/open.ts'
import type { ReadingClient } from '../../database/readings.ts'
import type { ImportTeam } from '../../domain/decisions/command.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import { follow } from '../../domain/rehearsal/follow.ts'
import type { Rehearsal } from '../../domain/rehearsal/rehearsed-event.ts'
import type { Shadow } from '../../domain/rehearsal/shadow.ts'
import type { Worlds } from '../../domain/rules.ts'
import { eventsInATurn } from './record-events.ts'
import {
  ofTheStage,
  type RehearsalRow,
  readEvents,
  rehearsalColumns,
  type ShadowRow,
  shadowColumns,
  type TeamRehearsal,
  toRehearsal,
  toShadowed,
} from './rehearsal-rows.ts'

/** Null: any. */
export type RehearsalConditions = { readonly teamId: TeamId | null; readonly diverged: boolean | null }

const listed = `
  select ${rehearsalColumns} from rehearsal r join account a using (team_id)
  where ($1::text is null or r.team_id > $1) and ($2::text is null or r.team_id < $2)
    and ($3::text is null or r.team_id = $3)
    and ($4::boolean is null or (r.first_divergence is not null) = $4) and ${ofTheStage}
  order by r.team_id`
const fromStart = `${listed} limit $5`
const fromEnd = `${listed} desc limit $5`

/** The teams between two ids, null: without a bound; and the end from which they are read. */
export type RehearsalSpan = {
  readonly after: TeamId | null
  readonly before: TeamId | null
  readonly from: 'start' | 'end'
}

/** Up to `limit` rehearsals from one end of the span, by the ids of their teams. */
export async function readRehearsals(
  client: ReadingClient,
  { teamId, diverged }: RehearsalConditions,
  { after, before, from }: RehearsalSpan,
  limit: number,
): Promise<readonly TeamRehearsal[]> {
  const values = [after, before, teamId, diverged, limit]
  const { rows } = await (from === 'start'
    ? client.query<RehearsalRow>({ name: 'rehearsals', text: fromStart, values })
    : client.query<RehearsalRow>({ name: 'rehearsals-from-end', text: fromEnd, values }))
  return rows.map(toRehearsal)
}

/** A team's shadow as time has brought it to an instant, and its rehearsal. */
export type ShadowNow = {
  readonly shadow: Shadow
  readonly rehearsal: Rehearsal
  /** Null: the team has been here. */
  readonly standing: Omit<ImportTeam, 'kind'> | null
  /** The sources of payments that the other system has posted; null: they are not all known. */
  readonly posted: readonly string[] | null
}

const ofTeam = `
  select ${shadowColumns} from rehearsal r join account a using (team_id) where r.team_id = $1 and ${ofTheStage}`

/** Null: nothing is followed at the stage in which the team is. */
export async function readShadow(
  database: Database,
  worlds: Worlds,
  teamId: TeamId,
  at: Instant,
): Promise<ShadowNow | null> {
  const read = await database.snapshot(async (client) => {
    const { rows } = await client.query<ShadowRow>({ name: 'rehearsal-of-team', text: ofTeam, values: [teamId] })
    return rows[0] && { shadowed: toShadowed(rows[0], worlds), events: await readEvents(client, teamId) }
  })
  if (read === undefined) return null
  const { state, world, standing, posted } = read.shadowed
  const { rehearsal, shadow } = await inTurns(follow(state, read.events, world), eventsInATurn)
  await inTurns(shadow.pass(at), eventsInATurn)
  return { shadow, rehearsal, standing, posted }
}
