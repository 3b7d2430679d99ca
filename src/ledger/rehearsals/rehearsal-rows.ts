import type { ReadingClient } from '../../database/readings.ts'
import type { ImportTeam } from '../../domain/decisions/command.ts'
import { newAccount } from '../../domain/decisions/commands/assign-plan.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import type { MoveStage } from '../../domain/move.ts'
import { paymentSource } from '../../domain/purchase.ts'
import type { ReplayState } from '../../domain/rehearsal/rehearse.ts'
import type { Rehearsal, RehearsedEvent } from '../../domain/rehearsal/rehearsed-event.ts'
import { contextAt, type World, type Worlds } from '../../domain/rules.ts'
import {
  readDivergence,
  readRehearsedEvent,
  readReplay,
  readStanding,
  type StoredDivergence,
  type StoredRehearsedEvent,
  type StoredReplay,
  type StoredStanding,
  storeReplay,
} from '../../entities/json/stored-rehearsal.ts'
import { ms } from '../rows/instants.ts'

/** The rehearsal of a team that another system serves, after the last event. */
export type TeamRehearsal = Rehearsal & {
  readonly teamId: TeamId
  readonly system: string
  readonly stage: MoveStage
  readonly startsAt: Instant
  /** How many events were recorded. */
  readonly events: number
  /** The last event by the order of the other system; null: none was recorded. */
  readonly lastEvent: string | null
  readonly lastEventAt: Instant | null
  readonly recordedAt: Instant | null
}

/** A rehearsal of an earlier stage is none any more. */
export const ofTheStage = `round(extract(epoch from r.since) * 1000) = (a.move ->> 'since')::numeric`

export const rehearsalColumns = `r.team_id, a.move ->> 'system' as system, a.move ->> 'stage' as stage,
  ${ms('r.starts_at', 'starts_at')}, r.theirs, r.ours, r.first_divergence, r.events::float8, r.last_event,
  ${ms('r.last_event_at', 'last_event_at')}, ${ms('r.recorded_at', 'recorded_at')}`

export type RehearsalRow = {
  team_id: TeamId
  system: string
  stage: MoveStage
  starts_at: Instant
  theirs: string
  ours: string
  first_divergence: StoredDivergence | null
  events: number
  last_event: string | null
  last_event_at: Instant | null
  recorded_at: Instant | null
}

export const toRehearsal = (row: RehearsalRow): TeamRehearsal => ({
  ...{ teamId: row.team_id, system: row.system, stage: row.stage, startsAt: row.starts_at },
  ...{ theirs: BigInt(row.theirs), ours: BigInt(row.ours) },
  firstDivergence: row.first_divergence && readDivergence(row.first_divergence),
  ...{ events: row.events, lastEvent: row.last_event },
  ...{ lastEventAt: row.last_event_at, recordedAt: row.recorded_at },
})

/** A shadow, and the rules by which it continues. */
export type Shadowed = {
  readonly row: ShadowRow
  readonly state: ReplayState
  readonly world: World
  /** Null: the team has been here. */
  readonly standing: Omit<ImportTeam, 'kind'> | null
  readonly foldedThrough: Instant
  /** See `StoredShadow`. */
  readonly posted: readonly string[] | null
}

/**
 * `posted`: the sources of all payments of Stripe that the other system has posted since the stage began, also of those that
 * are folded. Absent: they are not all known.
 */
export type StoredShadow = StoredReplay & { posted?: readonly string[] }

/** More are not kept: whoever cuts the team over names them. */
const maxPosted = 1_000

/** `posted` with the payments among some sources; null: they are not all known. */
export function withPosted(posted: readonly string[] | null, sources: readonly (string | null)[]): string[] | null {
  const all = new Set(posted)
  for (const source of sources) if (source?.startsWith(paymentSource)) all.add(source)
  return posted === null || all.size > maxPosted ? null : [...all]
}

export const storeShadow = (state: ReplayState, posted: readonly string[] | null): StoredShadow => ({
  ...storeReplay(state),
  ...(posted && { posted }),
})

export type ShadowRow = RehearsalRow & {
  shadow: StoredShadow
  standing: StoredStanding | null
  folded_through: Instant
}

export const shadowColumns = `${rehearsalColumns}, r.shadow, r.standing, ${ms('r.folded_through', 'folded_through')}`

export function toShadowed(row: ShadowRow, worlds: Worlds): Shadowed {
  const { account } = row.shadow
  const world = worlds.in(account.currency)
  return {
    row,
    state: readReplay(row.shadow, newAccount(row.team_id, contextAt(world, account.lastAt))),
    world,
    standing: row.standing && readStanding(row.standing),
    foldedThrough: row.folded_through,
    posted: row.shadow.posted ?? null,
  }
}

const selectEvents = `select event from rehearsal_event where team_id = $1`

/** The events that are kept, in no order. */
export async function readEvents(client: ReadingClient, teamId: TeamId): Promise<RehearsedEvent[]> {
  const values = [teamId]
  const { rows } = await client.query<EventRow>({ name: 'rehearsal-events', text: selectEvents, values })
  return rows.map(({ event }) => readRehearsedEvent(event))
}

type EventRow = { event: StoredRehearsedEvent }
