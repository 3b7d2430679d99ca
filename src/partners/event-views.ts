import type { TeamId } from '../domain/identity.ts'
import type { EventPosition } from '../ledger/history/account-events.ts'
import type { SelectedFields } from './body.ts'

/** Views of events, which the API above this folder has. */
export type EventViews = {
  /** The id of an event in `accountEvents`. */
  readonly idOf: (teamId: TeamId, position: EventPosition) => string
  /** Why these are no fields of an event that may be sent; null: they are. */
  readonly selectionRefusal: (selection: string) => string | null
  /** The selected fields of each event. */
  readonly select: (
    selection: string,
    teamId: TeamId,
    events: readonly EventPosition[],
  ) => Promise<readonly SelectedFields[]>
}
