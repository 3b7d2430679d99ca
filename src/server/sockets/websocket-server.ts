import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws'
import type { Logger } from 'pino'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import type { Access } from '../../access/open-access.ts'
import type { Addresses } from '../addresses.ts'
import { type HostCheck, hostAdvice } from '../hosts.ts'
import { pathOf } from '../http.ts'
import type { LimitedCallers } from '../limits/caller-limits.ts'
import type { Connections } from '../limits/connections.ts'
import type { UnderWay } from '../limits/under-way.ts'
import type { OriginCheck } from '../origins.ts'
import { securityHeaders } from '../security-headers.ts'
import { closeLabel } from './close-codes.ts'
import { Heartbeat } from './heartbeat.ts'
import { createProtocol } from './protocol.ts'
import { type Credentials, Socket } from './socket.ts'
import { type OperationOptions, operationsOf } from './socket-operations.ts'

export type SocketOptions = OperationOptions & {
  readonly callers: LimitedCallers
  readonly addresses: Addresses
  readonly connections: Connections
  readonly underWay: UnderWay
  readonly access: Pick<Access, 'read' | 'watch'>
  readonly hostKnown: HostCheck
  readonly originAllowed: OriginCheck
  readonly log: Logger
  /** Hears with which code each socket was closed; `other` stands for those that only clients have. */
  readonly closed: (code: string) => void
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

/**
 * GraphQL over WebSockets at /graphql (`graphql-transport-ws`). A socket is closed with 4403 when its token or key is
 * refused, revoked or ends (clients call `connectionParams` again), with 1012 when the gateway stops, and cut off when
 * it leaves a ping unanswered for 10 seconds. A fault of one operation is sent for that operation only.
 */
export function attachSockets(server: Server, options: SocketOptions): Sockets {
  const { callers, budgets, addresses, hostKnown, originAllowed, log, closed } = options
  const open = new Set<Socket>()
  const heartbeat = new Heartbeat()
  const hear = createProtocol({ ...options, operations: operationsOf(options) })
  let refusing = false
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
  const webSockets = new WebSocketServer(limits)

  // One of each for all sockets: a closure for each would be a good part of what a socket holds.
  function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
    const socket = ours(this)
    if (!socket.hears()) return
    if (isBinary) socket.line.close(CloseCode.BadRequest, 'Send messages as text frames, not as binary ones')
    else hear(socket, String(data))
  }
  function onPing(this: WebSocket, data: Buffer): void {
    const socket = ours(this)
    if (socket.hears()) socket.line.pong(data)
  }
  function onPong(this: WebSocket): void {
    const socket = ours(this)
    socket.line.alive = true
    socket.hears()
  }
  function onError(error: Error): void {
    // ws closes a socket that breaks the protocol itself, with the code that says so.
    log.debug({ err: error }, 'A socket failed')
  }
  function onClose(this: WebSocket, code: number): void {
    const socket = ours(this)
    open.delete(socket)
    heartbeat.remove(socket)
    socket.closed(callers)
    closed(closeLabel(socket.line.closedWith, code))
  }

  function accept(socket: Socket, stream: Duplex, address: string, upgrade: Credentials): void {
    socket.opened(stream, address, upgrade)
    open.add(socket)
    heartbeat.add(socket)
    socket.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose)
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      socket.line.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable')
    }
    const late = () => socket.line.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout')
    socket.expectGreeting(setTimeout(late, initWithinMs))
  }

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    if (!hostKnown(request)) return refuse(stream, '421 Misdirected Request', hostAdvice)
    if (pathOf(request) !== '/graphql') return refuse(stream, '404 Not Found', 'Sockets are served at /graphql')
    if (refusing) return refuse(stream, '503 Service Unavailable', 'This gateway is stopping: connect again')
    if (!originAllowed(request)) {
      return refuse(stream, '403 Forbidden', 'This origin is not allowed: add it to ALLOWED_ORIGINS')
    }
    void upgrade(request, stream, head)
  })

  /** An address that has used its budget up, by refused tokens too, opens no sockets until the next second. */
  async function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const address = addresses.of(request)
    if (await budgets.isUsedUp(budgets.payerOf(null, () => address))) {
      return refuse(stream, '429 Too Many Requests', 'The budget of this address is used up: try again in 1 s', [
        'Retry-After: 1',
      ])
    }
    const { authorization, origin } = request.headers
    webSockets.handleUpgrade(request, stream, head, (socket) =>
      accept(socket, stream, address, { authorization, origin }),
    )
  }

  return {
    open,
    refuse() {
      refusing = true
    },
    end() {
      heartbeat.stop()
      for (const socket of open) socket.terminate()
      webSockets.close()
    },
  }
}

function ours(webSocket: WebSocket): Socket {
  if (!(webSocket instanceof Socket)) throw new Error('A socket is not one of ours')
  return webSocket
}

function refuse(stream: Duplex, status: string, message: string, more: readonly string[] = []): void {
  const headers = { Connection: 'close', 'Content-Type': 'text/plain', ...securityHeaders }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  stream.end([`HTTP/1.1 ${status}`, ...lines, ...more, '', message].join('\r\n'))
}
