import { type Alert, alertFeed, type Balance, balanceFeed } from './balance.ts'
import { openConnection } from './connection.ts'
import type { CreditsClientError } from './errors.ts'
import { overEventStream } from './event-stream.ts'
import { Events } from './events.ts'
import type { Feed } from './feed.ts'
import type { ClientState, Line, StateListener } from './line.ts'
import type { Unsubscribe } from './listeners.ts'
import type { CreditsClientOptions } from './options.ts'
import { type Document, request, type VariablesOf } from './request.ts'
import { type Store, storeOf } from './store.ts'
import { type Timing, timing } from './timing.ts'
import { overWebSocket } from './web-socket.ts'

export type CreditsClient = {
  readonly balance: Pick<Feed<Balance>, 'current' | 'subscribe'> & { readonly store: Store<Balance> }
  readonly alerts: Pick<Feed<Alert>, 'current' | 'subscribe'> & { readonly store: Store<Alert> }
  readonly events: Pick<Events, 'lastEventId' | 'subscribe'>
  readonly state: ClientState
  /** Why it is not live, where that is known; after `closed` because of a failure, what to do. */
  readonly error: CreditsClientError | null
  /** Hears of each change of `state` from now on. */
  onState(listener: StateListener): Unsubscribe
  /** One query or mutation over HTTP; see `request`. */
  request<Result, Variables>(document: Document<Result, Variables>, ...rest: VariablesOf<Variables>): Promise<Result>
  /** Ends everything, for good. Listeners hear nothing more; again is harmless. */
  close(): void
}

/**
 * A client of the gateway for pages and Node. It connects when somebody listens, and disconnects when nobody does; it comes
 * back by itself from everything that passes.
 *
 * @throws {TypeError} where `url` is none.
 */
export const createCreditsClient = (options: CreditsClientOptions): CreditsClient => createTimedClient(options, timing)

const transports = { webSocket: overWebSocket, eventStream: overEventStream }

/** `createCreditsClient` with other times: tests prove the same behaviour sooner. The package does not export this function. */
export function createTimedClient(options: CreditsClientOptions, times: Timing): CreditsClient {
  const { teamId, locale } = options
  const connection = openConnection(options, times, transports)
  const { line, close } = connection
  const variables = { teamId, locale }

  return {
    balance: withStore(line, balanceFeed(line, variables)),
    alerts: withStore(line, alertFeed(line, variables)),
    events: new Events(line, variables),
    get state() {
      return line.state
    },
    get error() {
      return line.error
    },
    onState: (listener) => line.onState(listener),
    request: <Result, Variables>(document: Document<Result, Variables>, ...[values, how]: VariablesOf<Variables>) =>
      request(connection, String(document), values, how) as Promise<Result>,
    close,
  }
}

const withStore = <Value>(line: Line, feed: Feed<Value>) => Object.assign(feed, { store: storeOf(line, feed) })
