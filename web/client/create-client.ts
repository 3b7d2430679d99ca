import { type Alert, alertFeed, type Balance, balanceFeed } from './balance.ts'
import type { CreditsClientError } from './errors.ts'
import { type Fetch, overEventStream } from './event-stream.ts'
import { Events } from './events.ts'
import type { Feed } from './feed.ts'
import { type ClientState, Line, type StateListener } from './line.ts'
import type { Unsubscribe } from './listeners.ts'
import { type Document, request, type VariablesOf } from './request.ts'
import { type Store, storeOf } from './store.ts'
import { onChangedSurroundings, pageAddress } from './surroundings.ts'
import { type Timing, timing } from './timing.ts'
import { Token, type TokenSource } from './token.ts'
import { overWebSocket, type WebSocketClass } from './web-socket.ts'

export type CreditsClientOptions = {
  /** The gateway's `/graphql`: `https://credits.example.com/graphql`; in a page also relative to it. */
  url: string
  /** As a function it is asked at each connection and whenever the gateway refuses the last one. */
  token: TokenSource
  /** Only for PLATFORM tokens: anyone else's token names the team. */
  teamId?: string
  /** Of labels: `de`. Default: `en`. */
  locale?: string
  /** From how many milliseconds without a connection on what is shown counts as `stale`. Default: 10,000. */
  staleAfterMs?: number
  /** Default: the platform's own. */
  fetch?: Fetch
  /** Default: the platform's own; where there is none, event streams are used. */
  webSocketImpl?: WebSocketClass
}

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

/** `createCreditsClient` with other times: tests prove the same behaviour sooner. The package does not export this function. */
export function createTimedClient(options: CreditsClientOptions, times: Timing): CreditsClient {
  const { teamId, locale, staleAfterMs = 10_000, webSocketImpl = globalThis.WebSocket } = options
  const fetchFn: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const http = addressOf(options.url, 'http')
  const token = new Token(options.token)
  const eventStream = overEventStream(http, fetchFn, times)
  const webSocket = webSocketImpl && overWebSocket(addressOf(options.url, 'ws'), webSocketImpl, times)
  const line = new Line(token, webSocket ? [webSocket, eventStream] : [eventStream], staleAfterMs, times.waitBefore)
  const stopLooking = onChangedSurroundings(() => line.hurry())
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
      request(http, fetchFn, token, String(document), values, how) as Promise<Result>,
    close() {
      stopLooking()
      line.close(null)
    },
  }
}

const withStore = <Value>(line: Line, feed: Feed<Value>) => Object.assign(feed, { store: storeOf(line, feed) })

/** The same place, to be reached by HTTP or by WebSocket. */
function addressOf(given: string, scheme: 'http' | 'ws'): string {
  const url = new URL(given, pageAddress())
  const secure = url.protocol === 'https:' || url.protocol === 'wss:'
  if (!secure && url.protocol !== 'http:' && url.protocol !== 'ws:') {
    throw new TypeError(`\`url\` is no address of a gateway: ${given}. Give one that begins with https:// or http://`)
  }
  url.protocol = `${scheme}${secure ? 's' : ''}:`
  return url.href
}
