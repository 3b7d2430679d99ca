import { type Client, createClient } from 'graphql-ws'
import type { AnswerError } from './errors.ts'
import type { Answer, Ending, Payload, Session, SessionEvents, Sink, Transport } from './session.ts'
import { type Timing, timing } from './timing.ts'

/** A WebSocket class: the browser's, Node's own, or that of `ws`. */
export type WebSocketClass = {
  new (url: string, protocol: string): WebSocketLine
  readonly CONNECTING: number
  readonly OPEN: number
  readonly CLOSING: number
  readonly CLOSED: number
}
type WebSocketLine = {
  addEventListener(type: 'error', listener: () => void): void
  send(text: string): void
}

/** The code of a socket that nobody closed in words. */
const neverOpened = 1006

const advice: Readonly<Record<number, Pick<Ending, 'why' | 'code'> & { message: string }>> = {
  1008: { why: 'refused', code: 'LIMIT_BROKEN', message: 'A limit of the gateway was broken: make fewer clients' },
  1009: { why: 'refused', code: 'LIMIT_BROKEN', message: 'A message was too large for the gateway: ask for less' },
  1012: { why: 'restart', code: 'RESTARTING', message: 'The gateway restarts' },
  1013: { why: 'overload', code: 'TRY_AGAIN_LATER', message: 'The gateway asks to come back later' },
  4400: { why: 'refused', code: 'PROTOCOL', message: 'This is no message to the gateway: update this client' },
  4401: { why: 'refused', code: 'UNAUTHENTICATED', message: 'The gateway wants a token: look at what `token` gives' },
  4403: { why: 'token', code: 'UNAUTHENTICATED', message: 'The token has ended or is refused' },
  4406: { why: 'refused', code: 'PROTOCOL', message: 'There is no gateway that speaks graphql-transport-ws at `url`' },
  4409: { why: 'refused', code: 'PROTOCOL', message: 'An operation was begun twice: update this client' },
  4429: { why: 'refused', code: 'PROTOCOL', message: 'The socket was greeted twice: update this client' },
}
const lost = { why: 'lost', code: 'CONNECTION_LOST', message: 'The connection was lost' } as const

/**
 * Sessions over graphql-ws. A gateway that is not heard of is noticed within 18 seconds: it is pinged every 12 and has 6
 * to answer.
 */
export const overWebSocket =
  (url: string, SocketClass: WebSocketClass, times: Timing = timing): Transport =>
  (authorization, events) =>
    new SocketSession({ url, SocketClass, times, authorization }, events)

type SessionOptions = {
  readonly url: string
  readonly SocketClass: WebSocketClass
  readonly times: Timing
  readonly authorization: string
}

class SocketSession implements Session {
  readonly #times: Timing
  readonly #events: SessionEvents
  readonly #client: Client
  #socket: WebSocketLine | null = null
  #connected = false
  #over = false
  #heardAt = Date.now()
  #silence: ReturnType<typeof setTimeout> | undefined

  constructor({ url, SocketClass, times, authorization }: SessionOptions, events: SessionEvents) {
    this.#times = times
    this.#events = events
    this.#awaitSound(times.openWithinMs)
    this.#client = createClient({
      url,
      webSocketImpl: lineClass(SocketClass, (socket) => {
        this.#socket = socket
      }),
      connectionParams: { authorization },
      lazy: false,
      onNonLazyError: () => undefined,
      retryAttempts: 0,
      keepAlive: times.pingEveryMs,
      on: {
        connected: () => {
          this.#connected = true
          this.#heard()
          if (!this.#over) events.connected()
        },
        message: () => this.#heard(),
        ping: (received) => {
          if (!received && !this.#over) this.#awaitSound(times.pongWithinMs)
        },
        closed: (event) => this.#closed(event),
      },
    })
  }

  subscribe(payload: Payload, sink: Sink): () => void {
    let wanted = true
    const isOver = () => this.#over || !wanted
    if (this.#connected) sink.started()
    else this.#client.on('connected', () => isOver() || sink.started())
    const stop = this.#client.subscribe(payload, {
      next: (answer: Answer) => isOver() || sink.next(answer),
      error: (error) => {
        // Closed lines are told to the session.
        if (!isOver() && Array.isArray(error)) sink.ended(error as AnswerError[])
      },
      complete: () => isOver() || sink.ended([]),
    })
    return () => {
      wanted = false
      if (!this.#over) stop()
    }
  }

  probe(): void {
    if (!this.#connected || this.#over || this.#socket === null) return
    this.#awaitSound(this.#times.pongWithinMs)
    this.#socket.send('{"type":"ping"}')
  }

  end(): void {
    this.#finish(null, !this.#connected)
  }

  #heard(): void {
    this.#heardAt = Date.now()
    if (this.#connected) clearTimeout(this.#silence)
  }

  #awaitSound(withinMs: number): void {
    clearTimeout(this.#silence)
    const message = 'The gateway does not answer'
    this.#silence = setTimeout(() => this.#finish({ ...lost, message, heardAt: this.#heardAt }, true), withinMs)
  }

  #closed(event: unknown): void {
    const { code, reason } = closeOf(event)
    const { why, code: name, message } = advice[code] ?? lost
    const said = reason === '' ? '' : ` (${reason})`
    const ending = { why, code: name, message: `${message}${said}`, heardAt: Date.now() }
    this.#finish(ending, false, this.#connected || code !== neverOpened)
  }

  /** Without an ending it is we who end it. `cutOff`: not waiting for the other side, which may be gone. */
  #finish(ending: Ending | null, cutOff: boolean, opened = this.#connected): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#silence)
    // Without this graphql-ws would come back by itself after a 1000.
    Promise.resolve(this.#client.dispose()).catch(() => undefined)
    if (cutOff) this.#client.terminate()
    if (ending !== null) this.#events.ended(ending, opened)
  }
}

/** The class of a session's socket. `made` is called with the socket as soon as it is made. */
const lineClass = (SocketClass: WebSocketClass, made: (socket: WebSocketLine) => void) =>
  class extends SocketClass {
    constructor(address: string, protocol: string) {
      super(address, protocol)
      made(this)
      // The socket of `ws` throws errors that nobody listens to, also those of a connection that is called off.
      this.addEventListener('error', () => undefined)
    }
  }

function closeOf(event: unknown): { code: number; reason: string } {
  const { code, reason } = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>
  return { code: typeof code === 'number' ? code : 1006, reason: typeof reason === 'string' ? reason : '' }
}
