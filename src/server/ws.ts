import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import type { Logger } from 'pino'
import { type ServerOptions, WebSocketServer } from 'ws'
import type { Access } from '../access/open-access.ts'
import { InvalidToken } from '../access/tokens.ts'
import { Callers } from './callers.ts'
import type { Graphql } from './graphql.ts'
import { pathOf } from './http.ts'
import type { MaskError } from './masking.ts'
import type { OriginCheck } from './origins.ts'
import { Socket } from './socket.ts'
import { operationsOf } from './socket-operations.ts'
import type { Subscriptions } from './subscriptions.ts'

export type SocketOptions = {
  readonly graphql: Graphql
  readonly subscriptions: Subscriptions
  readonly access: Pick<Access, 'read' | 'watch'>
  readonly mask: MaskError
  readonly originAllowed: OriginCheck
  readonly log: Logger
}

export type Sockets = {
  readonly open: ReadonlySet<Socket>
  /** From now on an upgrade is refused with 503. */
  refuse(): void
  /** Stops the keep-alive; sockets that are still open are cut off. */
  end(): void
}

const mostMessageBytes = 64 * 1024
const initWithinMs = 10_000
const pingEveryMs = 13_000
const tryAgainLater = 1013

/**
 * GraphQL over WebSockets at /graphql (`graphql-transport-ws`). A socket is closed with 4403 when its token or key is
 * refused, revoked or ends (clients ask `connectionParams` again), with 1012 when the gateway stops, and cut off when it leaves a ping
 * unanswered for 13 seconds. What is wrong with one operation is told to that operation alone.
 */
export function attachSockets(server: Server, options: SocketOptions): Sockets {
  const { graphql, subscriptions, access, mask, originAllowed, log } = options
  const open = new Set<Socket>()
  const callers = new Callers()
  let refusing = false
  // The typings lag behind: closeTimeout bounds a client that never answers a close.
  const limits: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    maxPayload: mostMessageBytes,
    maxFragments: 64,
    perMessageDeflate: false,
    handleProtocols,
    closeTimeout: 5_000,
  }
  const webSockets = new WebSocketServer(limits)

  const protocol = makeServer<{ authorization?: unknown }, { socket: Socket }>({
    ...operationsOf({ graphql, subscriptions, mask }),
    connectionInitWaitTimeout: initWithinMs,
    async onConnect(context) {
      const { socket } = context.extra
      const { authorization } = context.connectionParams ?? {}
      // A token has no business in memory for as long as its socket.
      delete (context as { connectionParams?: unknown }).connectionParams
      try {
        const viewer = await access.read(typeof authorization === 'string' ? authorization : null)
        return socket.admit(viewer, callers, access)
      } catch (error) {
        if (error instanceof InvalidToken) {
          socket.close(CloseCode.Forbidden, error.message)
          return false
        }
        socket.close(tryAgainLater, mask(error).message)
        return false
      }
    },
  })

  function accept(socket: Socket): void {
    const { webSocket } = socket
    open.add(socket)
    const closed = protocol.opened(
      {
        protocol: webSocket.protocol,
        send: (text) => socket.line.answer(text),
        close: (code = CloseCode.InternalServerError, reason = '') => socket.close(code, reason),
        onMessage: (heard) => {
          webSocket.on('message', (message) => {
            if (!socket.hears()) return
            heard(String(message)).catch((error) => {
              if (webSocket.readyState !== webSocket.OPEN) return
              socket.close(CloseCode.InternalServerError, mask(error).message)
            })
          })
        },
      },
      { socket },
    )
    webSocket.on('ping', () => socket.hears())
    // ws closes a socket that breaks the protocol itself, with the code that says so.
    webSocket.on('error', (error) => log.debug({ err: error }, 'A socket failed'))
    webSocket.once('close', (code, reason) => {
      open.delete(socket)
      socket.closed()
      closed(code, String(reason)).catch((error) => log.error({ err: error }, 'A socket did not end cleanly'))
    })
  }

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    if (pathOf(request) !== '/graphql') return refuse(stream, '404 Not Found', 'Sockets are served at /graphql')
    if (refusing) return refuse(stream, '503 Service Unavailable', 'This gateway is stopping: connect again')
    if (!originAllowed(request)) {
      return refuse(stream, '403 Forbidden', 'This origin is not allowed: add it to ALLOWED_ORIGINS')
    }
    webSockets.handleUpgrade(request, stream, head, (webSocket) => accept(new Socket(webSocket, stream)))
  })

  const pinging = setInterval(() => {
    for (const socket of open) {
      if (!socket.alive) socket.webSocket.terminate()
      else {
        socket.alive = false
        socket.webSocket.ping()
      }
    }
  }, pingEveryMs)

  return {
    open,
    refuse() {
      refusing = true
    },
    end() {
      clearInterval(pinging)
      for (const { webSocket } of open) webSocket.terminate()
      webSockets.close()
    },
  }
}

function refuse(stream: Duplex, status: string, message: string): void {
  const head = [`HTTP/1.1 ${status}`, 'Connection: close', 'Content-Type: text/plain', '', message]
  stream.end(head.join('\r\n'))
}
