import type { PoolClient } from 'pg'
import { inTurns } from '../../concurrency/in-turns.ts'
import type { Database } from '../../database/open.ts'
import type { TeamId } from '../../domain/identity.ts'
import { type Followed, follow, maxWaitingEvents } from '../../domain/rehearsal/follow.ts'
import type { RehearsedEvent } from '../../domain/rehearsal/rehearsed-event.ts'
import type { Worlds } from '../../domain/rules.ts'
import { storeDivergence, storeRehearsedEvent } from '../../entities/json/stored-rehearsal.ts'
import { instant } from '../rows/instants.ts'
import {
  ofTheStage,
  readEvents,
  rehearsalColumns,
  type ShadowRow,
  shadowColumns,
  storeShadow,
  type TeamRehearsal,
  toRehearsal,
  toShadowed,
  withPosted,
} from './rehearsal-rows.ts'

/** Such a turn takes some 20 milliseconds where each event passes a thousand grants. */
export const eventsInATurn = 50
/** More open grants would make each event slow. */
const maxShadowGrants = 2_000
/** So many events of one instant can't be told apart from late ones. */
const mostWaiting = 4 * maxWaitingEvents

/** `ignored`: events that are known, or no newer than the standing or those that are folded. */
export type Recorded = { readonly recorded: number; readonly ignored: number; readonly rehearsal: TeamRehearsal }

/** The team's shadow has become too large to be followed. */
export class RehearsalTooLarge extends Error {
  override readonly name = 'RehearsalTooLarge'
}

const lockShadow = `
  select ${shadowColumns} from rehearsal r join account a using (team_id)
  where r.team_id = $1 and ${ofTheStage} for update of r`

const insertEvents = `
  insert into rehearsal_event (team_id, id, at, event)
  select $1, e.id, ${instant('e.at')}, e.event::jsonb from unnest($2::text[], $3::float8[], $4::text[]) e(id, at, event)
  on conflict do nothing returning id`

const note = `
  update rehearsal r set theirs = $2, ours = $3, first_divergence = $4::jsonb, last_event = $5,
    last_event_at = ${instant('$6::float8')}, events = events + $7, recorded_at = ledger_now(),
    shadow = coalesce($8::jsonb, shadow), folded_through = coalesce(${instant('$9::float8')}, folded_through)
  from account a where r.team_id = $1 and a.team_id = r.team_id returning ${rehearsalColumns}`

const notePosted = `
  update rehearsal set shadow = case when $2::jsonb is null then shadow - 'posted' else jsonb_set(shadow, '{posted}', $2) end
  where team_id = $1`

const deleteFolded = `delete from rehearsal_event where team_id = $1 and at <= ${instant('$2::float8')}`

/**
 * Records events of the other system, each id once, and follows the team through them. Null: no other system serves the
 * team, or its rehearsal has not begun. Others who record events of the team wait.
 *
 * @throws {RehearsalTooLarge} and records nothing.
 */
export const recordEvents = (
  database: Database,
  worlds: Worlds,
  teamId: TeamId,
  events: readonly RehearsedEvent[],
): Promise<Recorded | null> =>
  database.transaction(async (client) => {
    const { rows } = await client.query<ShadowRow>({ name: 'lock-rehearsal', text: lockShadow, values: [teamId] })
    const [row] = rows
    if (row === undefined) return null
    const { state, world, foldedThrough, posted: known } = toShadowed(row, worlds)
    const posted = await keepPosted(client, teamId, known, events)
    const news = events.filter(({ at }) => at > foldedThrough)
    const recorded = await insert(client, teamId, news)
    if (recorded === 0) return { recorded, ignored: events.length, rehearsal: toRehearsal(row) }
    const kept = await readEvents(client, teamId)
    const followed = await inTurns(follow(state, kept, world), eventsInATurn)
    assertBounded(followed, kept.length)
    const rehearsal = await write(client, { teamId, recorded, posted }, followed)
    return { recorded, ignored: events.length - recorded, rehearsal }
  })

/** An event that is late is ignored, and its payment has been posted all the same. */
async function keepPosted(
  client: PoolClient,
  teamId: TeamId,
  known: readonly string[] | null,
  events: readonly RehearsedEvent[],
): Promise<readonly string[] | null> {
  const posted = withPosted(
    known,
    events.map(({ source }) => source),
  )
  if (posted?.length !== known?.length) {
    await client.query({ name: 'note-posted', text: notePosted, values: [teamId, posted && JSON.stringify(posted)] })
  }
  return posted
}

async function insert(client: PoolClient, teamId: TeamId, events: readonly RehearsedEvent[]): Promise<number> {
  if (events.length === 0) return 0
  const stored = events.map((event) => JSON.stringify(storeRehearsedEvent(event)))
  const values = [teamId, events.map(({ id }) => id), events.map(({ at }) => at), stored]
  const { rows } = await client.query({ name: 'insert-rehearsal-events', text: insertEvents, values })
  return rows.length
}

function assertBounded({ folded, shadow }: Followed, waiting: number): void {
  if (shadow.state.account.grants.length > maxShadowGrants) {
    throw new RehearsalTooLarge(`the team has more than ${maxShadowGrants} open grants: follow it by a newer standing`)
  }
  if (waiting - (folded?.count ?? 0) > mostWaiting) {
    throw new RehearsalTooLarge(`more than ${mostWaiting} events have one instant: follow it by a newer standing`)
  }
}

type Written = { readonly teamId: TeamId; readonly recorded: number; readonly posted: readonly string[] | null }

async function write(
  client: PoolClient,
  { teamId, recorded, posted }: Written,
  followed: Followed,
): Promise<TeamRehearsal> {
  const { rehearsal, last, folded } = followed
  const { theirs, ours, firstDivergence } = rehearsal
  const compared = [`${theirs}`, `${ours}`, firstDivergence && JSON.stringify(storeDivergence(firstDivergence))]
  const kept = [folded && JSON.stringify(storeShadow(folded.state, posted)), folded?.through ?? null]
  const values = [teamId, ...compared, last?.id ?? null, last?.at ?? null, recorded, ...kept]
  const { rows } = await client.query({ name: 'note-rehearsal', text: note, values })
  if (folded !== null) {
    await client.query({ name: 'delete-folded-events', text: deleteFolded, values: [teamId, folded.through] })
  }
  return toRehearsal(rows[0])
}
