import type { AccountEventType } from '../domain/event-type.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { EventPosition } from '../ledger/history/account-events.ts'

/** One event sent to one endpoint, with its latest attempt. */
export type Delivery = {
  readonly number: number
  readonly endpointId: number
  /** The team of the event; for a test event the owner of the endpoint. */
  readonly teamId: TeamId
  /** Null: it was a test event. */
  readonly position: EventPosition | null
  readonly type: AccountEventType
  readonly attempts: number
  readonly delivered: boolean
  readonly status: number | null
  readonly latencyMs: number | null
  readonly answer: string | null
  readonly failure: string | null
  /** When it was attempted first. */
  readonly at: Instant
  readonly nextAttemptAt: Instant | null
}

/** The `webhook-id` of a test event. */
export const testEventId = (number: number): string => `test_${number}`
