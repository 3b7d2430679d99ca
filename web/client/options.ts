import type { Fetch } from './event-stream.ts'
import type { TokenSource } from './token.ts'
import type { WebSocketClass } from './web-socket.ts'

export type CreditsClientOptions = {
  /** The gateway's `/graphql`: `https://credits.example.com/graphql`; in a page also relative to it. */
  url: string
  /** A function is called at each connection and whenever the gateway refuses the last one. */
  token: TokenSource
  /** Only for PLATFORM tokens: anyone else's token names the team. */
  teamId?: string
  /** The language of labels: `de`. Default: `en`. */
  locale?: string
  /** From how many milliseconds without a connection on what is shown counts as `stale`. Default: 10,000. */
  staleAfterMs?: number
  /** Default: the platform's own. */
  fetch?: Fetch
  /** Default: the platform's own; where there is none, event streams are used. */
  webSocketImpl?: WebSocketClass
}
