import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'

export type Message = { id?: string; type: string; payload?: unknown }
export type Closed = { code: number; reason: string }
export type Frame = { opcode: number; payload: Buffer }

export const socketAddress = (url: string) => `${url.replace(/^http/, 'ws')}/graphql`

/** Received items, in order, for callers that wait for the next one. A caller that waits at the end gets an error. */
class Inbox<T> {
  readonly #items: T[] = []
  #arrived: (() => void) | null = null
  #ended = false

  put(item: T): void {
    this.#items.push(item)
    this.#arrived?.()
  }

  end(): void {
    this.#ended = true
    this.#arrived?.()
  }

  async next(): Promise<T> {
    for (;;) {
      const item = this.#items.shift()
      if (item !== undefined) return item
      if (this.#ended) throw new Error('The connection has ended, and nothing more comes')
      await new Promise<void>((resolve) => {
        this.#arrived = resolve
      })
    }
  }
}

/** `from`: a loopback address of choice. */
export type OpenOptions = { protocol?: string | null; headers?: Record<string, string>; from?: string }

/** A socket without a client library of GraphQL, to send what no library would. */
export class RawSocket {
  readonly socket: WebSocket
  readonly #messages = new Inbox<Message>()
  readonly closed: Promise<Closed>

  private constructor(socket: WebSocket) {
    this.socket = socket
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: String(reason) })
        this.#messages.end()
      })
    })
    socket.on('message', (text) => this.#messages.put(JSON.parse(String(text))))
  }

  static async open(url: string, { protocol = 'graphql-transport-ws', headers = {}, from }: OpenOptions = {}) {
    const options = { headers, ...(from === undefined ? {} : { localAddress: from }) }
    const socket = new WebSocket(socketAddress(url), protocol === null ? [] : [protocol], options)
    const raw = new RawSocket(socket)
    await once(socket, 'open')
    return raw
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  next(): Promise<Message> {
    return this.#messages.next()
  }

  async init(authorization?: string): Promise<void> {
    this.send({ type: 'connection_init', payload: authorization === undefined ? undefined : { authorization } })
    const { type } = await this.next()
    if (type !== 'connection_ack') throw new Error(`Not acknowledged: ${type}`)
  }

  subscribe(id: string, query: string, variables?: unknown): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } })
  }

  complete(id: string): void {
    this.send({ id, type: 'complete' })
  }

  /** Resolves when the server has read all earlier messages; returns its messages until then. */
  async heard(): Promise<Message[]> {
    const token = randomBytes(4).toString('hex')
    this.send({ type: 'ping', payload: { token } })
    const said: Message[] = []
    for (;;) {
      const message = await this.next()
      if (message.type === 'pong' && JSON.stringify(message.payload) === JSON.stringify({ token })) return said
      said.push(message)
    }
  }

  terminate(): void {
    this.socket.terminate()
  }
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

type FrameOptions = { final?: boolean; reserved?: number; masked?: boolean }

/** A client's frame. Source: RFC 6455, section 5.2. */
export function frame(opcode: number, content: string | Buffer, options: FrameOptions = {}): Buffer {
  const { final = true, reserved = 0, masked = true } = options
  const payload = Buffer.from(content)
  const bits = masked ? 0x80 : 0
  const first = (final ? 0x80 : 0) | (reserved << 4) | opcode
  const { length } = payload
  const head =
    length < 126
      ? Buffer.from([first, bits | length])
      : length < 0x10000
        ? Buffer.from([first, bits | 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([first, bits | 127]), bigEndian(length)])
  if (!masked) return Buffer.concat([head, payload])
  const mask = randomBytes(4)
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))])
}

function bigEndian(length: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(length))
  return bytes
}

/**
 * A client down to its TCP stream: it can stop reading, send half a frame or a broken one, and by itself answers neither
 * pings nor closes.
 */
export class RawLine {
  readonly stream: Socket
  readonly #frames = new Inbox<Frame>()
  #unread: Buffer = Buffer.alloc(0)
  /** The server's close frame; null: the connection ended without one. */
  readonly closed: Promise<Closed | null>
  #close: (closed: Closed | null) => void = () => undefined

  private constructor(stream: Socket) {
    this.stream = stream
    this.closed = new Promise((resolve) => {
      this.#close = resolve
    })
    stream.on('error', () => undefined)
    stream.once('close', () => {
      this.#close(null)
      this.#frames.end()
    })
  }

  /** Connects, requests the upgrade and resolves to the line and the answer's status, whatever it is. */
  static async upgrade(url: string, path = '/graphql', options: OpenOptions = {}) {
    const line = await RawLine.connect(url)
    line.write(upgradeRequest(url, path, options))
    return { line, status: await line.answered() }
  }

  static async connect(url: string, localAddress?: string): Promise<RawLine> {
    const { hostname, port } = new URL(url)
    const stream = connect({ port: Number(port), host: hostname, noDelay: true, localAddress })
    await once(stream, 'connect')
    return new RawLine(stream)
  }

  /** An open socket that has been acknowledged. */
  static async open(url: string, authorization?: string): Promise<RawLine> {
    const { line, status } = await RawLine.upgrade(url)
    if (status !== 101) throw new Error(`The upgrade was answered with ${status}`)
    line.send({ type: 'connection_init', payload: authorization === undefined ? undefined : { authorization } })
    await line.next()
    return line
  }

  /** The status of the answer to an upgrade; after that frames are read. */
  async answered(): Promise<number> {
    let head = Buffer.alloc(0)
    while (!head.includes('\r\n\r\n')) {
      const [chunk]: Buffer[] = await once(this.stream, 'data')
      if (chunk !== undefined) head = Buffer.concat([head, chunk])
    }
    const end = head.indexOf('\r\n\r\n') + 4
    this.#take(head.subarray(end))
    this.stream.on('data', (chunk: Buffer) => this.#take(chunk))
    return Number(/^HTTP\/1.1 (\d+)/.exec(head.toString('latin1'))?.[1])
  }

  write(bytes: string | Buffer): void {
    this.stream.write(bytes)
  }

  send(message: unknown): void {
    this.write(frame(opcodes.text, typeof message === 'string' ? message : JSON.stringify(message)))
  }

  subscribe(id: string, query: string): void {
    this.send({ id, type: 'subscribe', payload: { query } })
  }

  nextFrame(): Promise<Frame> {
    return this.#frames.next()
  }

  async next(): Promise<Message> {
    for (;;) {
      const { opcode, payload } = await this.nextFrame()
      if (opcode === opcodes.text) return JSON.parse(String(payload))
      if (opcode === opcodes.close) throw new Error(`The server has closed the socket: ${payload.subarray(2)}`)
    }
  }

  /** From now on the client reads nothing from the line. */
  stopReading(): void {
    this.stream.pause()
  }

  readOn(): void {
    this.stream.resume()
  }

  terminate(): void {
    this.stream.destroy()
  }

  #take(chunk: Buffer): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk])
    for (let next = readFrame(this.#unread); next !== null; next = readFrame(this.#unread)) {
      const { opcode, payload, rest } = next
      this.#unread = rest
      this.#frames.put({ opcode, payload })
      if (opcode !== opcodes.close) continue
      const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0)
      this.#close({ code, reason: String(payload.subarray(2)) })
    }
  }
}

/** The request of a client for a socket. */
export function upgradeRequest(url: string, path: string, options: OpenOptions = {}): string {
  const { protocol = 'graphql-transport-ws', headers = {} } = options
  const all = {
    Host: new URL(url).host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...(protocol === null ? {} : { 'Sec-WebSocket-Protocol': protocol }),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

/** The first whole frame of a server; null: more bytes must come. */
function readFrame(bytes: Buffer): (Frame & { rest: Buffer }) | null {
  if (bytes.length < 2) return null
  const short = (bytes[1] ?? 0) & 0x7f
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < start) return null
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < start + length) return null
  return {
    opcode: (bytes[0] ?? 0) & 0x0f,
    payload: bytes.subarray(start, start + length),
    rest: bytes.subarray(start + length),
  }
}
