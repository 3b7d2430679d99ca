import type { Fetch } from './event-stream.ts'
import { Line } from './line.ts'
import type { CreditsClientOptions } from './options.ts'
import type { Transport } from './session.ts'
import { onChangedSurroundings, pageAddress } from './surroundings.ts'
import type { Timing } from './timing.ts'
import { Token } from './token.ts'
import type { WebSocketClass } from './web-socket.ts'

/** How sessions are made, and how where no WebSocket gets through. */
export type Transports = {
  webSocket(url: string, SocketClass: WebSocketClass, times: Timing): Transport
  eventStream(url: string, fetchFn: Fetch, times: Timing): Transport
}

/** One gateway as one caller: what feeds and requests need. */
export type Connection = {
  readonly line: Line
  readonly token: Token
  /** The gateway's `/graphql` by HTTP. */
  readonly http: string
  readonly fetchFn: Fetch
  /** For good. */
  close(): void
}

/** @throws {TypeError} where `url` is none. */
export function openConnection(options: CreditsClientOptions, times: Timing, transports: Transports): Connection {
  const { staleAfterMs = 10_000, webSocketImpl = globalThis.WebSocket } = options
  const fetchFn: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const http = addressOf(options.url, 'http')
  const token = new Token(options.token)
  const eventStream = transports.eventStream(http, fetchFn, times)
  const webSocket = webSocketImpl && transports.webSocket(addressOf(options.url, 'ws'), webSocketImpl, times)
  const line = new Line(token, webSocket ? [webSocket, eventStream] : [eventStream], staleAfterMs, times.waitBefore)
  const stopLooking = onChangedSurroundings(() => line.hurry())
  return {
    line,
    token,
    http,
    fetchFn,
    close() {
      stopLooking()
      line.close(null)
    },
  }
}

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
