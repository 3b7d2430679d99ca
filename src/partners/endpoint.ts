import type { AccountEventType } from '../domain/event-type.ts'
import type { Instant, TeamId } from '../domain/identity.ts'

/** An address that events are sent to. `teamId` is '' for the operator's endpoints, which receive the events of all teams. */
export type Endpoint = {
  readonly id: number
  readonly teamId: TeamId
  readonly url: string
  /** Empty: events of every type. */
  readonly types: readonly AccountEventType[]
  /** The fields of `AccountEvent` that a body has; null: bodies are thin. */
  readonly selection: string | null
  /** Verifies the `v1a` signatures: `whpk_…`. */
  readonly publicKey: string
  readonly createdAt: Instant
  readonly disabledAt: Instant | null
  readonly lastDeliveryAt: Instant | null
  readonly lastFailure: string | null
}

/** An endpoint with its sealed secrets, as the sender needs it. The previous secret signs for 24 hours after a rotation. */
export type SendingEndpoint = Endpoint & {
  readonly secret: Buffer
  readonly previousSecret: Buffer | null
}

/** The most endpoints of one owner that are not deleted. */
export const maxEndpoints = 25
/** The most endpoints that one owner creates in any 24 hours. */
export const maxEndpointsADay = 50
export const maxUrlLength = 2_000
export const maxSelectionLength = 4_000
/** How long the previous secret signs beside the new one. */
export const rotationHours = 24
export const keptDays = 30
export const maxAnswerBytes = 1_024

/** Whether the endpoint receives events of this type. */
export const receives = ({ types }: Pick<Endpoint, 'types'>, type: AccountEventType): boolean =>
  types.length === 0 || types.includes(type)
