import { RequestFault } from '../../access/faults.ts'
import type { Access } from '../../access/open-access.ts'
import type { Quotes } from '../../access/quotes.ts'
import { callerKey, requireRole, type Scope, type Viewer } from '../../access/viewer.ts'
import type { Database } from '../../database/open.ts'
import type { Reader } from '../../database/readings.ts'
import type { Instant } from '../../domain/identity.ts'
import type { Role } from '../../domain/role.ts'
import type { Space } from '../../domain/space.ts'
import type { Catalogs } from '../../ledger/catalogs/catalogs.ts'
import type { EnsuredTeams } from '../../ledger/ensure-team.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Members } from '../../ledger/members.ts'
import type { TeamReader } from '../../ledger/team-reader.ts'
import type { LiveStreams } from '../../live/streams.ts'
import type { Webhooks } from '../../partners/webhooks.ts'
import type { Payments } from '../../payments/payments.ts'
import type { SaveTestCard } from '../../payments/test-cards.ts'
import { type Sender, unknownSender } from './sender.ts'

/** The test space of a gateway, as its production reaches it. Nothing in a test space reaches production. */
export interface TestSpace {
  /** Its services. It begins with the first call. Rejects while it can't be opened. */
  open(): Promise<Services>
  /** Its services; null: it has not begun. Rejects while it can't be opened. */
  find(): Promise<Services | null>
}

/** The services that resolvers use, of one space. */
export interface Services {
  readonly space: Space
  /** Null: the gateway has none, or this is the test space itself. */
  readonly testSpace: TestSpace | null
  readonly ledger: Ledger
  readonly teams: TeamReader
  readonly database: Database
  /** A resolver whose object has an instant of its own reads the catalog of that instant. */
  readonly catalogs: Catalogs
  readonly members: Members
  readonly ensuredTeams: EnsuredTeams
  readonly quotes: Quotes
  readonly access: Access
  readonly live: LiveStreams
  readonly payments: Payments
  readonly webhooks: Webhooks
  /** Null: not in a test space. */
  readonly saveTestCard: SaveTestCard | null
  /** The gateway's own address, without a trailing slash. */
  publicUrl(): string
  /** Exact origins, beside the gateway's own, that a customer may return to; in production only with https. */
  readonly returnOrigins: readonly string[]
  /** Whether a request may move the clock. */
  readonly devClock: boolean
  /** The present time of the ledger's clock. */
  now(): Promise<Instant>
  /** Called after a request has moved the clock. */
  readonly onClockMoved?: (to: Instant) => void
}

/**
 * The context of one operation. It is a fresh object for each operation, so that the complexity of one is not taken for
 * that of another. `viewer` is the part of the caller that every answer may depend on. `caller` is the caller itself;
 * an answer that many callers share has none.
 */
export type GatewayContext = {
  readonly viewer: Scope | null
  caller(): Viewer | null
  /** The caller for whom the database is read, and the signal that ends its readings. */
  readonly reader: Reader
  /** The sender of the request, for the audit log. */
  readonly sender: Sender
  readonly services: Services
}

/** `signal` aborts when the client has disconnected. */
export const contextOf = (
  viewer: Viewer | null,
  services: Services,
  signal?: AbortSignal,
  sender: Sender = unknownSender,
): GatewayContext => ({
  viewer,
  caller: () => viewer,
  reader: { caller: readerOf(viewer), signal },
  sender,
  services,
})

/** The key of a caller's readings, which wait for each other. */
const readerOf = (viewer: Viewer | null): string => (viewer === null ? 'nobody' : callerKey(viewer))

/** The context of an answer that all callers of one scope get. */
export const sharedContextOf = (scope: Scope | null, services: Services): GatewayContext => ({
  viewer: scope,
  caller() {
    throw new RequestFault(
      'BAD_USER_INPUT',
      'What this field shows depends on who asks: query it, and subscribe to the rest.',
    )
  },
  reader: { caller: JSON.stringify(['stream', scope?.teamId ?? null, scope?.role ?? null]) },
  sender: unknownSender,
  services,
})

/**
 * The caller itself, if the role suffices. Fields that a subscription can select must not use it.
 *
 * @throws {RequestFault} UNAUTHENTICATED without a caller, FORBIDDEN for a lower role.
 */
export const requireCaller = (context: GatewayContext, least: Role): Viewer => requireRole(context.caller(), least)
