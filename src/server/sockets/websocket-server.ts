import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws'
import type { Logger } from 'pino'
import { type ServerOptions, WebSocketServer } from 'ws'
import { type Addresses, networkOf } from '../addresses.ts'
import { type HostCheck, hostAdvice } from '../hosts.ts'
import { pathOf } from '../http.ts'
import type { Budgets } from '../limits/budgets.ts'
import type { Connections } from '../limits/connections.ts'
import type { OriginCheck } from '../origins.ts'
import { securityHeaders } from '../security-headers.ts'
import type { Spaces } from '../spaces.ts'
import { closeLabel } from './close-codes.ts'
import { Heartbeat } from './heartbeat.ts'
import { Protocol } from './protocol.ts'
import { type Credentials, Socket } from './socket.ts'
import { socketListeners } from './socket-listeners.ts'

export type SocketOptions = {
  readonly spaces: Spaces
  /** The budgets of production, by which senders without a token are counted. */
  readonly budgets: Budgets
  readonly addresses: Addresses
  readonly connections: Connections
  readonly hostKnown: HostCheck
  readonly originAllowed: OriginCheck
  readonly log: Logger
  /** Hears with which code each socket was closed; `other` stands for those that only clients have. */
  readonly closed: (code: string, socket: Socket) => void
}

export type Sockets = {
  readonly open: ReadonlySet<Socket>
  /** Refuses upgrades with 503 from now on. */
  refuse(): void
  /** Stops the keep-alive; sockets that are still open are cut off. */
  end(): void
}

const maxMessageBytes = 64 * 1024
const initWithinMs = 10_000

// The typings lag behind: closeTimeout bounds a client that never answers a close.
const limits: ServerOptions<typeof Socket> & { closeTimeout: number } = {
  WebSocket: Socket,
  noServer: true,
  clientTracking: false,
  maxPayload: maxMessageBytes,
  maxFragments: 64,
  perMessageDeflate: false,
  handleProtocols,
  closeTimeout: 5_000,
  autoPong: false,
}

/**
 * GraphQL over WebSockets at /graphql (`graphql-transport-ws`). A socket is closed with 4403 when its token or key is
 * refused, revoked or ends (clients call `connectionParams` again), with 1012 when the gateway stops, and cut off when
 * it leaves a ping unanswered for 10 seconds. A fault of one operation is sent for that operation only.
 */
export function attachSockets(server: Server, options: SocketOptions): Sockets {
  const sockets = new OpenSockets(options)
  server.on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head))
  return sockets
}

class OpenSockets implements Sockets {
  readonly open = new Set<Socket>()
  readonly #options: SocketOptions
  readonly #heartbeat = new Heartbeat()
  readonly #listeners: ReturnType<typeof socketListeners>
  readonly #webSockets = new WebSocketServer(limits)
  #refusing = false

  constructor(options: SocketOptions) {
    this.#options = options
    const protocol = new Protocol(options)
    this.#listeners = socketListeners(protocol, options.log, (socket, code) => this.#left(socket, code))
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => stream.destroy())
    const refusal = this.#refusal(request)
    if (refusal !== null) refuse(stream, refusal.status, refusal.message)
    else void this.#upgradeWithinBudget(request, stream, head)
  }

  refuse(): void {
    this.#refusing = true
  }

  end(): void {
    this.#heartbeat.stop()
    for (const socket of this.open) socket.terminate()
    this.#webSockets.close()
  }

  #refusal(request: IncomingMessage): { readonly status: string; readonly message: string } | null {
    const { hostKnown, originAllowed } = this.#options
    if (!hostKnown(request)) return { status: '421 Misdirected Request', message: hostAdvice }
    if (pathOf(request) !== '/graphql') return { status: '404 Not Found', message: 'Sockets are served at /graphql' }
    if (this.#refusing) {
      return { status: '503 Service Unavailable', message: 'This gateway is stopping: connect again' }
    }
    if (originAllowed(request)) return null
    return { status: '403 Forbidden', message: 'This origin is not allowed: add it to ALLOWED_ORIGINS' }
  }

  /** An address that has used its budget up, by refused tokens too, opens no sockets until the next second. */
  async #upgradeWithinBudget(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const { addresses, budgets } = this.#options
    const clientAddress = addresses.clientOf(request)
    if (await budgets.isUsedUp(budgets.payerOf(null, () => networkOf(clientAddress)))) {
      return refuse(stream, '429 Too Many Requests', 'The budget of this address is used up: try again in 1 s', [
        'Retry-After: 1',
      ])
    }
    const { authorization, origin } = request.headers
    this.#webSockets.handleUpgrade(request, stream, head, (socket) =>
      this.#accept(socket, stream, clientAddress, { authorization, origin }),
    )
  }

  #accept(socket: Socket, stream: Duplex, clientAddress: string | null, upgrade: Credentials): void {
    socket.opened(stream, clientAddress, upgrade)
    this.open.add(socket)
    this.#heartbeat.add(socket)
    const { message, ping, pong, error, close } = this.#listeners
    socket.on('message', message).on('ping', ping).on('pong', pong).on('error', error).on('close', close)
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      socket.line.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable')
    }
    const late = () => socket.line.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout')
    socket.expectGreeting(setTimeout(late, initWithinMs))
  }

  #left(socket: Socket, code: number): void {
    this.open.delete(socket)
    this.#heartbeat.remove(socket)
    socket.closed()
    this.#options.closed(closeLabel(socket.line.closedWith, code), socket)
  }
}

function refuse(stream: Duplex, status: string, message: string, more: readonly string[] = []): void {
  const headers = { Connection: 'close', 'Content-Type': 'text/plain', ...securityHeaders }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  stream.end([`HTTP/1.1 ${status}`, ...lines, ...more, '', message].join('\r\n'))
}
