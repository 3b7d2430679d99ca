import { connect, type Socket } from 'node:net'

/** An answer: its HTTP status, and whether it has what was looked for. */
export type Reply = { readonly status: number; readonly found: boolean }

const endOfHead = '\r\n\r\n'
const endOfChunks = Buffer.from('0\r\n\r\n')

/**
 * A keep-alive connection that carries one request at a time, by hand: a client library would take as much of the processor
 * as the gateway that it measures. `found` looks for `wanted` in the answer.
 */
export class HttpLine {
  readonly #socket: Socket
  readonly #wanted: string
  readonly #lost: () => void
  #unread: Buffer = Buffer.alloc(0)
  #answered: ((reply: Reply) => void) | null = null

  constructor(url: URL, wanted: string, lost: () => void) {
    this.#wanted = wanted
    this.#lost = lost
    this.#socket = connect({ port: Number(url.port), host: url.hostname, noDelay: true })
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('error', () => undefined)
    this.#socket.once('close', () => this.#lost())
  }

  send(request: string, answered: (reply: Reply) => void): void {
    this.#answered = answered
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk])
    const head = this.#unread.indexOf(endOfHead)
    if (head < 0 || !isWhole(this.#unread, head)) return
    const text = this.#unread.toString('latin1')
    const answered = this.#answered
    this.#unread = Buffer.alloc(0)
    this.#answered = null
    answered?.({ status: Number(text.slice(9, 12)), found: text.includes(this.#wanted, head) })
  }
}

function isWhole(bytes: Buffer, head: number): boolean {
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1]
  if (length !== undefined) return bytes.length >= head + endOfHead.length + Number(length)
  return bytes.subarray(-endOfChunks.length).equals(endOfChunks)
}

export const post = (url: URL, token: string, body: string): string =>
  `POST /graphql HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\nAuthorization: Bearer ${token}\r\n` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
