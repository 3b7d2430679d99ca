import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { vi } from 'vitest'

export type Received = {
  readonly id: string
  readonly body: { type: string; timestamp: string; data: Record<string, unknown> & { id: string; team: string } }
  readonly raw: string
  readonly headers: IncomingMessage['headers']
  readonly path: string
}

export type Reply = {
  status?: number
  body?: string
  headers?: Record<string, string>
  until?: Promise<unknown>
  hang?: true
}

/** A partner's server: verifies each event with the stock library, keeps it, and answers as the test says. */
export class WebhookReceiver {
  readonly received: Received[] = []
  /** Requests that the library refused. */
  readonly refused: unknown[] = []
  /** The answer to the next events; by default 200. */
  reply: (event: Received, number: number) => Reply = () => ({})
  /** The secrets by path; an event must verify with each. */
  readonly #secrets = new Map<string, readonly string[]>()
  readonly #server: Server
  #requests = 0

  constructor() {
    this.#server = createServer(async (request, response) => {
      this.#requests += 1
      const raw = await text(request)
      const path = request.url ?? '/'
      try {
        const secrets = await vi.waitUntil(() => this.#secrets.get(path), 5_000)
        for (const secret of secrets) new Webhook(secret).verify(raw, request.headers as Record<string, string>)
      } catch (error) {
        this.refused.push(error)
        response.writeHead(401).end()
        return
      }
      const event = {
        id: `${request.headers['webhook-id']}`,
        body: JSON.parse(raw),
        raw,
        headers: request.headers,
        path,
      }
      const { status = 200, body = '', headers = {}, until, hang } = this.reply(event, this.#requests)
      this.received.push(event)
      if (hang) return
      await until
      response.writeHead(status, headers).end(body)
    })
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  url(path = '/hooks'): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`
  }

  expect(secrets: readonly string[], path = '/hooks'): void {
    this.#secrets.set(path, secrets)
  }

  get requests(): number {
    return this.#requests
  }

  ids(path?: string): string[] {
    return this.received.filter((event) => path === undefined || event.path === path).map(({ id }) => id)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
