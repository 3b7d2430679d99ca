import { CloseCode, type Message, MessageType, parseMessage } from 'graphql-ws'
import type { Socket } from './socket.ts'

const spoken: ReadonlySet<Message['type']> = new Set([
  MessageType.ConnectionInit,
  MessageType.Ping,
  MessageType.Pong,
  MessageType.Subscribe,
  MessageType.Complete,
])

/** Null, and the socket closed, where it is nothing that a client may say. */
export function readMessage(socket: Socket, text: string): Message | null {
  try {
    const message = parseMessage(text)
    if (spoken.has(message.type)) return message
    socket.line.close(CloseCode.BadRequest, `A client does not send '${message.type}'`)
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    socket.line.close(CloseCode.BadRequest, `This is no message of graphql-transport-ws: ${what}`)
  }
  return null
}
