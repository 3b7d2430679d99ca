import { createClient } from 'graphql-ws'
import type { AnswerError } from './errors.ts'
import type { Answer, Ending, Transport } from './session.ts'
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
  (url: string, SocketClass: WebSocketClass, { openWithinMs, pingEveryMs, pongWithinMs }: Timing = timing): Transport =>
  (authorization, events) => {
    let socket: WebSocketLine | null = null
    let connected = false
    let over = false
    let heardAt = Date.now()
    let silence: ReturnType<typeof setTimeout> | undefined

    /** Without an ending it is we who end it. `cutOff`: not waiting for the other side, which may be gone. */
    const finish = (ending: Ending | null, cutOff: boolean, opened = connected) => {
      if (over) return
      over = true
      clearTimeout(silence)
      // Without this graphql-ws would come back by itself after a 1000.
      Promise.resolve(client.dispose()).catch(() => undefined)
      if (cutOff) client.terminate()
      if (ending !== null) events.ended(ending, opened)
    }
    const awaitSound = (withinMs: number) => {
      clearTimeout(silence)
      silence = setTimeout(() => finish({ ...lost, message: 'The gateway does not answer', heardAt }, true), withinMs)
    }
    const heard = () => {
      heardAt = Date.now()
      if (connected) clearTimeout(silence)
    }

    class Line extends SocketClass {
      constructor(address: string, protocol: string) {
        super(address, protocol)
        socket = this
        // The socket of `ws` throws errors that nobody listens to, also those of a connection that is called off.
        this.addEventListener('error', () => undefined)
      }
    }

    awaitSound(openWithinMs)
    const client = createClient({
      url,
      webSocketImpl: Line,
      connectionParams: { authorization },
      lazy: false,
      onNonLazyError: () => undefined,
      retryAttempts: 0,
      keepAlive: pingEveryMs,
      on: {
        connected() {
          connected = true
          heard()
          if (!over) events.connected()
        },
        message: heard,
        ping: (received) => {
          if (!received && !over) awaitSound(pongWithinMs)
        },
        closed(event) {
          const { code, reason } = closeOf(event)
          const { why, code: name, message } = advice[code] ?? lost
          const said = reason === '' ? '' : ` (${reason})`
          finish(
            { why, code: name, message: `${message}${said}`, heardAt: Date.now() },
            false,
            connected || code !== neverOpened,
          )
        },
      },
    })

    return {
      subscribe(payload, sink) {
        let wanted = true
        const isOver = () => over || !wanted
        if (connected) sink.started()
        else client.on('connected', () => isOver() || sink.started())
        const stop = client.subscribe(payload, {
          next: (answer: Answer) => isOver() || sink.next(answer),
          error: (error) => {
            // Closed lines are told to the session.
            if (!isOver() && Array.isArray(error)) sink.ended(error as AnswerError[])
          },
          complete: () => isOver() || sink.ended([]),
        })
        return () => {
          wanted = false
          if (!over) stop()
        }
      },
      probe() {
        if (!connected || over || socket === null) return
        awaitSound(pongWithinMs)
        socket.send('{"type":"ping"}')
      },
      end: () => finish(null, !connected),
    }
  }

function closeOf(event: unknown): { code: number; reason: string } {
  const { code, reason } = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>
  return { code: typeof code === 'number' ? code : 1006, reason: typeof reason === 'string' ? reason : '' }
}
