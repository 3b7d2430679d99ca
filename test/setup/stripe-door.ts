import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A call on its way to Stripe. `key`: its idempotency key, empty if it has none. */
export type Call = { readonly method: string; readonly path: string; readonly body: string; readonly key: string }

/** Before Stripe gets the call, or when Stripe has carried it out and its answer is on the way. */
export type Moment = 'before' | 'after'

/** A call that is held until a test decides. */
export type Held = { readonly call: Call; go(): void; cut(): void }

/** A fault of the line for a call; `answer` comes from the line itself, and Stripe never gets the call. */
export type Mishap =
  | { readonly cut: Moment }
  | { readonly late: number; readonly moment: Moment }
  | { readonly answer: number; readonly error: Readonly<Record<string, string>> }

/** The line between gateways and Stripe, on which a test decides the fate of each call. */
export type StripeDoor = {
  readonly url: string
  /** All that arrived at the door, oldest first. */
  readonly calls: readonly Call[]
  /** Resolves when the next call that fits is held at this moment. */
  hold(moment: Moment, fits: (call: Call) => boolean): Promise<Held>
  /** Sets the fault of each call from now on; null: every call passes. */
  befall(mishap: ((call: Call) => Mishap | null) | null): void
  /** Connections are refused until `open`. */
  shut(): Promise<void>
  open(): Promise<void>
  close(): Promise<void>
}

type Watcher = { readonly moment: Moment; readonly fits: (call: Call) => boolean; readonly seen: (held: Held) => void }

export async function stripeDoor(stripeUrl: string): Promise<StripeDoor> {
  const calls: Call[] = []
  let watchers: Watcher[] = []
  let mishap: ((call: Call) => Mishap | null) | null = null

  /** Whether the call may continue. */
  async function pass(moment: Moment, call: Call): Promise<boolean> {
    const watcher = watchers.find((one) => one.moment === moment && one.fits(call))
    if (watcher === undefined) return true
    watchers = watchers.filter((one) => one !== watcher)
    return new Promise((decide) => watcher.seen({ call, go: () => decide(true), cut: () => decide(false) }))
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await read(request)
    calls.push(call)
    const befalls = mishap?.(call) ?? null
    if (befalls !== null && 'answer' in befalls) {
      response.writeHead(befalls.answer, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: befalls.error }))
      return
    }
    let send = () => {}
    for (const moment of ['before', 'after'] as const) {
      if (befalls !== null && 'cut' in befalls && befalls.cut === moment) throw new Error('Cut')
      if (befalls !== null && 'late' in befalls && befalls.moment === moment) await delay(befalls.late)
      if (!(await pass(moment, call))) throw new Error('Cut')
      if (moment === 'before') send = await forward(stripeUrl, request, call, response)
    }
    send()
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const shut = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    hold: (moment, fits) => new Promise((seen) => watchers.push({ moment, fits, seen })),
    befall: (told) => {
      mishap = told
    },
    shut,
    open: () => listen(port),
    close: async () => {
      if (server.listening) await shut()
    },
  }
}

async function read(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { 'idempotency-key': key } = request.headers
  const body = Buffer.concat(chunks).toString('utf8')
  return { method: request.method ?? '', path: request.url ?? '', body, key: typeof key === 'string' ? key : '' }
}

const asked = ['authorization', 'content-type', 'idempotency-key', 'stripe-version', 'user-agent']
const answered = ['content-type', 'request-id', 'stripe-version', 'stripe-should-retry', 'idempotent-replayed']

/** Lets Stripe carry the call out; its answer is sent later. */
async function forward(stripeUrl: string, request: IncomingMessage, call: Call, response: ServerResponse) {
  const headers = asked.flatMap((name): [string, string][] => {
    const value = request.headers[name]
    return typeof value === 'string' ? [[name, value]] : []
  })
  const { method, path, body } = call
  const answer = await fetch(`${stripeUrl}${path}`, { method, headers, ...(method === 'POST' ? { body } : {}) })
  const text = await answer.text()
  return () => {
    const kept = answered.flatMap((name): [string, string][] => {
      const value = answer.headers.get(name)
      return value === null ? [] : [[name, value]]
    })
    response.writeHead(answer.status, Object.fromEntries(kept)).end(text)
  }
}
