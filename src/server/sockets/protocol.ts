import type { ExecutionResult } from 'graphql'
import {
  CloseCode,
  type ConnectionInitMessage,
  type Message,
  MessageType,
  type PingMessage,
  type SubscribeMessage,
} from 'graphql-ws'
import { InvalidToken } from '../../access/tokens.ts'
import { networkOf } from '../addresses.ts'
import type { Budgets } from '../limits/budgets.ts'
import type { Connections } from '../limits/connections.ts'
import { overloaded } from '../limits/overloaded.ts'
import { ownerOf } from '../limits/under-way.ts'
import { isSubscription } from '../operations/shared-subscriptions.ts'
import { brokenSizeLimit } from '../operations/variables.ts'
import type { ServedSpace, Spaces } from '../spaces.ts'
import { readMessage } from './client-message.ts'
import { tryAgainLater } from './close-codes.ts'
import type { Socket, SocketOperation } from './socket.ts'
import type { AskedOperation, Operations } from './socket-operations.ts'
import { type RefuseOperation, SocketWatcher } from './socket-watcher.ts'

export type ProtocolOptions = {
  readonly spaces: Spaces
  readonly budgets: Budgets
  readonly connections: Pick<Connections, 'identify'>
}

/**
 * The server's side of `graphql-transport-ws`. A message that a client may not send closes the socket with 4400. A
 * fault of one operation is sent for that operation only. A client that has completed an operation may use its id again
 * at once. Subscriptions are not run here, but joined: their texts go to the line unchanged
 * (docs/decisions/24-sockets.md).
 *
 * Source: graphql-ws, PROTOCOL.md.
 */
export class Protocol {
  readonly #spaces: Spaces
  readonly #budgets: Budgets
  readonly #connections: ProtocolOptions['connections']
  /** One function for all subscriptions. */
  readonly #fail: RefuseOperation

  constructor({ spaces, budgets, connections }: ProtocolOptions) {
    this.#spaces = spaces
    this.#budgets = budgets
    this.#connections = connections
    this.#fail = (socket, id, operation, error) =>
      refuse(socket, id, operation, this.#spaceOf(socket).operations.told([error]))
  }

  /** Accepts a message of a client. Whatever it is, nothing is thrown. */
  hear(socket: Socket, text: string): void {
    const message = readMessage(socket, text)
    switch (message?.type) {
      case MessageType.ConnectionInit:
        void this.#greet(socket, message)
        break
      case MessageType.Ping:
        pong(socket, message)
        break
      case MessageType.Subscribe:
        this.#run(socket, message).catch((error) =>
          socket.line.close(CloseCode.InternalServerError, this.#spaceOf(socket).mask(error).message),
        )
        break
      case MessageType.Complete: {
        const operation = socket.operations.get(message.id)
        if (operation !== undefined) socket.end(message.id, operation)
      }
    }
  }

  async #greet(socket: Socket, { payload }: ConnectionInitMessage): Promise<void> {
    if (socket.greeted) {
      return socket.line.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests')
    }
    socket.greet()
    const { authorization, origin } = socket.credentials(payload?.authorization)
    const space = await this.#spaces.of(authorization)
    socket.ofTests = space.isTest
    try {
      const viewer = await space.access.read(authorization, origin, () => socket.clientAddress)
      if (socket.admit(viewer, { space, connections: this.#connections }))
        say(socket, { type: MessageType.ConnectionAck })
    } catch (error) {
      if (error instanceof InvalidToken) socket.line.close(CloseCode.Forbidden, error.message)
      else socket.line.close(tryAgainLater, space.mask(error).message)
      await this.#budgets.request(this.#budgets.payerOf(null, () => networkOf(socket.clientAddress)))
    }
  }

  #spaceOf({ asker }: Socket): ServedSpace {
    return asker?.space ?? this.#spaces.production
  }

  async #run(socket: Socket, { id, payload }: SubscribeMessage): Promise<void> {
    const { asker } = socket
    if (asker === null) return socket.line.close(CloseCode.Unauthorized, 'Unauthorized')
    const { operations, underWay } = asker.space
    if (socket.operations.has(id)) {
      return socket.line.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`)
    }
    const operation = socket.begin(id)
    if (operation === null) return
    const leaving = new AbortController()
    operation.leaving = leaving
    try {
      const unpaid = operations.refusal(asker)
      const refusal = unpaid instanceof Promise ? await unpaid : unpaid
      if (socket.operations.get(id) !== operation) return
      const asked = refusal ?? operations.read(payload, asker, leaving.signal)
      if (!('watches' in asked)) refuse(socket, id, operation, asked)
      else if (asked.watches || underWay.enter(operation, ownerOf(asker.viewer)))
        await this.#serve(socket, id, operation, asked)
      else refuse(socket, id, operation, operations.told([overloaded]))
    } finally {
      if (operation.watcher === null) socket.release()
    }
  }

  async #serve(socket: Socket, id: string, operation: SocketOperation, asked: AskedOperation): Promise<void> {
    if (!asked.watches) {
      return socket.answering(async () => {
        const result = await asked.execute().finally(() => socket.asker?.space.underWay.leave(operation))
        await tell(socket, id, operation, result)
      })
    }
    const result = await asked.subscribe()
    if (!isSubscription(result)) return tell(socket, id, operation, result)
    if (socket.operations.get(id) !== operation) return
    const watcher = new SocketWatcher(socket, id, operation, this.#fail)
    operation.watcher = watcher
    operation.leaving = null
    watcher.watch(result.join)
  }
}

function refuse(socket: Socket, id: string, operation: SocketOperation, errors: ReturnType<Operations['told']>): void {
  if (!socket.end(id, operation)) return
  say(socket, { id, type: MessageType.Error, payload: errors.map((error) => error.toJSON()) })
}

async function tell(socket: Socket, id: string, operation: SocketOperation, result: ExecutionResult): Promise<void> {
  if (socket.operations.get(id) !== operation) return
  await answer(socket, { id, type: MessageType.Next, payload: result })
  if (socket.end(id, operation)) await answer(socket, { id, type: MessageType.Complete })
}

const answer = (socket: Socket, message: Message): Promise<void> => socket.line.answer(JSON.stringify(message))
const say = (socket: Socket, message: Message): void => void answer(socket, message)

/** The answer repeats the payload, so the payload is bounded. */
function pong(socket: Socket, { payload }: PingMessage): void {
  const limit = brokenSizeLimit(payload)
  if (limit !== null) socket.line.close(CloseCode.BadRequest, `The payload of a ping has at most ${limit}`)
  else say(socket, { type: MessageType.Pong, payload: payload ?? undefined })
}
