import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** The server's ends of all connections that are made to servers of this process. */
export class ServerStreams {
  readonly #streams = new Map<number, Socket>()
  readonly #heard = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    if (socket.remotePort !== undefined) this.#streams.set(socket.remotePort, socket)
  }

  constructor() {
    subscribe('net.server.socket', this.#heard)
  }

  /** The server's end of a client's stream. */
  of(client: Socket): Socket {
    const stream = this.#streams.get(client.localPort ?? 0)
    if (stream === undefined) throw new Error('No server of this process has taken this connection')
    return stream
  }

  close(): void {
    unsubscribe('net.server.socket', this.#heard)
  }
}
