import type { AccountEventType } from '../domain/event-type.ts'
import type { Instant, Revision, TeamId } from '../domain/identity.ts'

/** An event as it is sent. `id` is that of the event in `accountEvents`, and the `webhook-id` of every attempt. */
export type SentEvent = {
  readonly id: string
  readonly type: AccountEventType
  readonly at: Instant
  readonly teamId: TeamId
  readonly revision: Revision
}

/** The fields of an event that an endpoint has selected, and the errors of those that could not be read. */
export type SelectedFields = { readonly event: unknown; readonly errors?: readonly unknown[] }

/** The body: `type`, `timestamp` and `data`, which has the selected fields beside the ids where there is a selection. */
export function bodyOf({ id, type, at, teamId: team, revision }: SentEvent, selected: SelectedFields | null): string {
  const data = { id, team, revision, ...selected }
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data })
}
