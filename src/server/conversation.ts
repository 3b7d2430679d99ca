import { CloseCode, type Message, MessageType, parseMessage } from 'graphql-ws'
import type { Socket } from './socket.ts'

/** An operation under way. Once its client has completed it, `next` waits under its id. */
type Turn = { completed: boolean; next: string | null }

const spoken: ReadonlySet<Message['type']> = new Set([
  ...[MessageType.ConnectionInit, MessageType.Ping, MessageType.Pong],
  ...[MessageType.Subscribe, MessageType.Complete],
])

/**
 * What one client says. What is no message that a client may send closes the socket with 4400. Once a client has completed
 * an operation it may use the id again at once: graphql-ws, which tells operations apart by their ids alone, hears of the next
 * when the earlier is over.
 *
 * Source: graphql-ws, PROTOCOL.md, 'Invalid message' and 'Subscribe'.
 */
export class Conversation {
  readonly #socket: Socket
  readonly #hear: (text: string) => Promise<void>
  readonly #turns = new Map<string, Turn>()

  constructor(socket: Socket, hear: (text: string) => Promise<void>) {
    this.#socket = socket
    this.#hear = hear
  }

  async hear(text: string): Promise<void> {
    const message = this.#read(text)
    if (message === null) return
    if (message.type === MessageType.Subscribe) return this.#subscribe(message.id, text)
    if (message.type === MessageType.Complete) return this.#complete(message.id, text)
    return this.#hear(text)
  }

  #read(text: string): Message | null {
    try {
      const message = parseMessage(text)
      if (spoken.has(message.type)) return message
      this.#socket.close(CloseCode.BadRequest, `A client does not send '${message.type}'`)
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      this.#socket.close(CloseCode.BadRequest, `This is no message of graphql-transport-ws: ${what}`)
    }
    return null
  }

  #subscribe(id: string, text: string): Promise<void> | void {
    const turn = this.#turns.get(id)
    if (turn === undefined) return this.#run(id, text)
    if (turn.completed && turn.next === null) turn.next = text
    else this.#socket.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`)
  }

  #complete(id: string, text: string): Promise<void> | void {
    const turn = this.#turns.get(id)
    if (turn === undefined) return
    if (turn.next !== null) turn.next = null
    else if (!turn.completed) {
      turn.completed = true
      return this.#hear(text)
    }
  }

  #run(id: string, text: string): Promise<void> {
    const turn: Turn = { completed: false, next: null }
    this.#turns.set(id, turn)
    return this.#hear(text).then(() => {
      this.#turns.delete(id)
      // What a client had asked for that has gone would never be ended.
      if (turn.next !== null && this.#socket.line.open) return this.#run(id, turn.next)
    })
  }
}
