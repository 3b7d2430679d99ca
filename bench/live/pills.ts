import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { WatchBalanceDocument } from '../../web/client/contract.ts'
import { machineMs } from './clock.ts'

/** The query with which the client of web/client watches a balance. */
const query = `${WatchBalanceDocument}`
const variables = { locale: 'en' }
/** More connections would overflow the listener's queue (511), and measure TCP's retries. */
const maxAtOnce = 256
const firstWithinMs = 60_000
const lastWithinMs = 60_000
/** The buffer that every socket reads into, one after another. */
const buffer = Buffer.alloc(64 * 1024)

export const revisionOf = (text: string): number => Number(/"revision":"?(\d+)/.exec(text)?.[1])

export type Heard = { readonly pill: number; readonly text: string; readonly at: number }

/**
 * Sockets that each watch a balance over `graphql-transport-ws`, as cheap as a client can be, so that the server is what
 * is measured: values are counted in the frames' headers, and read only where somebody listens. Each socket names its
 * operation with a UUID of its own, as graphql-ws does. One that is lost is a fault of the whole measurement.
 */
export class Pills {
  /** The values so far, including the first one of each pill. */
  received = 0
  /** When the last of them came. */
  lastAt = 0
  /** The latest first value, unchanged. */
  sample = ''
  listener: ((heard: Heard) => void) | null = null
  readonly #pills: Pill[] = []
  #fault: Error | null = null

  get count(): number {
    return this.#pills.length
  }

  /** Opens one more socket for each token; resolves when each has its first value. */
  async open(url: string, tokens: readonly string[]): Promise<void> {
    const waiting = tokens.values()
    const some = async () => {
      for (const token of waiting) await this.#openOne(new URL(url), token)
    }
    await Promise.all(Array.from({ length: maxAtOnce }, some))
  }

  /** Makes one more change, and resolves when every pill has received it: all earlier values have arrived by then. */
  async showLast(change: () => Promise<{ readonly revision: number }>): Promise<void> {
    const shown: number[] = this.#pills.map(() => 0)
    this.listener = ({ pill, text }) => {
      shown[pill] = revisionOf(text)
    }
    const { revision } = await change()
    const late = machineMs() + lastWithinMs
    while (shown.some((last) => last < revision)) {
      this.check()
      if (machineMs() > late) throw new Error(`Some pills have not shown revision ${revision}`)
      await delay(10)
    }
    this.listener = null
  }

  /** Throws if a pill was lost. */
  check(): void {
    if (this.#fault !== null) throw this.#fault
  }

  close(): void {
    for (const pill of this.#pills) pill.close()
  }

  async #openOne({ hostname, port }: URL, token: string): Promise<void> {
    const pill = this.#pills.length
    const first = Promise.withResolvers<void>()
    const events: PillEvents = {
      first: (text) => {
        this.sample = text
        this.#count()
        first.resolve()
      },
      value: (read) => {
        this.#count()
        this.listener?.({ pill, text: read(), at: this.lastAt })
      },
      lost: (fault) => {
        this.#fault ??= fault
        first.reject(fault)
      },
    }
    const late = setTimeout(
      () => events.lost(new Error(`No first value within ${firstWithinMs / 1000} s`)),
      firstWithinMs,
    )
    this.#pills.push(new Pill(hostname, Number(port), token, events))
    await first.promise.finally(() => clearTimeout(late))
  }

  #count(): void {
    this.received += 1
    this.lastAt = machineMs()
  }
}

type PillEvents = {
  first(text: string): void
  value(read: () => string): void
  lost(fault: Error): void
}

const textFrame = 1
const closeFrame = 8
const pingFrame = 9
const pongFrame = 10

class Pill {
  readonly #socket: Socket
  readonly #token: string
  readonly #events: PillEvents
  #stage: 'upgrading' | 'greeting' | 'subscribing' | 'subscribed' = 'upgrading'
  #rest: Buffer | null = null
  /** The place in a value's frame that says it is one. */
  #typeAt = 0

  constructor(host: string, port: number, token: string, events: PillEvents) {
    this.#token = token
    this.#events = events
    const callback = (length: number) => {
      this.#read(buffer.subarray(0, length))
      return true
    }
    this.#socket = connect({ host, port, noDelay: true, onread: { buffer, callback } })
    const files = 'up to 15,000 sockets need as many open files in two processes: see ulimit -n'
    this.#socket.on('error', (cause) =>
      events.lost(new Error(`A socket failed (${cause.message}); ${files}`, { cause })),
    )
    this.#socket.on('close', () => events.lost(new Error(`The server has closed a socket; ${files}`)))
    this.#socket.write(
      [
        `GET /graphql HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket`,
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
      ].join('\r\n'),
    )
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #read(given: Buffer): void {
    const bytes = this.#rest === null ? given : Buffer.concat([this.#rest, given])
    let at = this.#stage === 'upgrading' ? this.#upgraded(bytes) : 0
    while (at + 2 <= bytes.length) {
      const short = (bytes[at + 1] ?? 0) & 0x7f
      const begin = at + (short < 126 ? 2 : 4)
      if (begin > bytes.length) break
      const end = begin + (short < 126 ? short : bytes.readUInt16BE(at + 2))
      if (end > bytes.length) break
      this.#frame((bytes[at] ?? 0) & 0x0f, bytes, begin, end)
      at = end
    }
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : null
  }

  /** The place where the first frame begins. */
  #upgraded(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return 0
    const head = bytes.toString('latin1', 0, end)
    if (!head.startsWith('HTTP/1.1 101')) this.#fail(`The upgrade was answered with: ${head}`)
    this.#stage = 'greeting'
    this.#say({ type: 'connection_init', payload: { authorization: `Bearer ${this.#token}` } })
    return end + 4
  }

  #frame(kind: number, bytes: Buffer, begin: number, end: number): void {
    if (kind === textFrame) this.#message(bytes, begin, end)
    else if (kind === pingFrame) this.#send(pongFrame, bytes.subarray(begin, end))
    else if (kind === closeFrame) {
      this.#fail(`A socket was closed with ${bytes.readUInt16BE(begin)} ${bytes.toString('utf8', begin + 2, end)}`)
    }
  }

  #message(bytes: Buffer, begin: number, end: number): void {
    const read = () => bytes.toString('utf8', begin, end)
    switch (this.#stage) {
      case 'subscribed':
        if (bytes[begin + this.#typeAt] === n) this.#events.value(read)
        else this.#fail(`Not a value: ${read()}`)
        break
      case 'subscribing': {
        const text = read()
        this.#typeAt = text.indexOf('"type":"next"') + '"type":"'.length
        this.#stage = 'subscribed'
        if (bytes[begin + this.#typeAt] === n && text.includes('"data"')) this.#events.first(text)
        else this.#fail(`Not a value: ${text}`)
        break
      }
      default:
        this.#stage = 'subscribing'
        this.#say({ id: randomUUID(), type: 'subscribe', payload: { query, variables } })
    }
  }

  #say(message: unknown): void {
    this.#send(textFrame, Buffer.from(JSON.stringify(message)))
  }

  /** Masked with zeros: the bytes stay as they are. */
  #send(kind: number, payload: Buffer): void {
    const { length } = payload
    const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff]
    this.#socket.write(Buffer.concat([Buffer.from([0x80 | kind, ...size, 0, 0, 0, 0]), payload]))
  }

  #fail(message: string): void {
    this.#events.lost(new Error(message))
    this.close()
  }
}

const n = 'n'.charCodeAt(0)
