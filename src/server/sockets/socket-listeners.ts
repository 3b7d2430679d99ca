import { CloseCode } from 'graphql-ws'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import { spaceLabel } from '../metrics.ts'
import type { Protocol } from './protocol.ts'
import { Socket } from './socket.ts'

/**
 * The listeners of sockets, one of each for all: a closure for each socket would be a good part of what a socket holds.
 * `left` hears of each socket whose connection is gone, with the code that was received.
 */
export function socketListeners(protocol: Protocol, log: Logger, left: (socket: Socket, code: number) => void) {
  return {
    message(this: WebSocket, data: unknown, isBinary: boolean): void {
      const socket = ours(this)
      if (!socket.hears()) return
      if (isBinary) socket.line.close(CloseCode.BadRequest, 'Send messages as text frames, not as binary ones')
      else protocol.hear(socket, String(data))
    },
    ping(this: WebSocket, data: Buffer): void {
      const socket = ours(this)
      if (socket.hears()) socket.line.pong(data)
    },
    pong(this: WebSocket): void {
      const socket = ours(this)
      socket.line.alive = true
      socket.hears()
    },
    error(this: WebSocket, error: Error): void {
      // ws closes a socket that breaks the protocol itself, with the code that says so.
      log.debug({ err: error, ...spaceLabel(ours(this).ofTests) }, 'A socket failed')
    },
    close(this: WebSocket, code: number): void {
      left(ours(this), code)
    },
  }
}

function ours(webSocket: WebSocket): Socket {
  if (!(webSocket instanceof Socket)) throw new Error('A socket is not one of ours')
  return webSocket
}
