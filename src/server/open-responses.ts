import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { securityHeaders } from './security-headers.ts'

/** The responses that are not finished yet. Each has the security headers. */
export class OpenResponses {
  readonly all = new Set<ServerResponse>()
  /** The responses of the test space. */
  readonly ofTests = new WeakSet<ServerResponse>()
  /** Event streams, which would not end by themselves. */
  readonly streaming = new Set<ServerResponse>()
  /** Whether the gateway is stopping: a response then ends its connection. */
  draining = false

  /** Follows every request of the server. `closed` hears of each response whose connection is done with it. */
  listenTo(server: Server, closed: (request: IncomingMessage, response: ServerResponse) => void): void {
    server.prependListener('request', (request, response) => {
      this.all.add(response)
      for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
      if (this.draining) response.setHeader('Connection', 'close')
      response.once('close', () => {
        this.all.delete(response)
        this.streaming.delete(response)
        closed(request, response)
      })
    })
  }
}
