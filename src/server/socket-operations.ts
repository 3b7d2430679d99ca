import { GraphQLError, getOperationAST } from 'graphql'
import type { ServerOptions } from 'graphql-ws'
import type { Graphql } from './graphql.ts'
import { type MaskError, toPublic } from './masking.ts'
import type { Socket } from './socket.ts'
import { isSubscription, type Subscribing, type Subscriptions } from './subscriptions.ts'
import { WatchedOperation } from './watched-operation.ts'

export type OperationOptions = {
  readonly graphql: Graphql
  readonly subscriptions: Subscriptions
  readonly mask: MaskError
}

type Hooks = Required<
  Pick<
    ServerOptions<{ authorization?: unknown }, { socket: Socket }>,
    'onSubscribe' | 'execute' | 'subscribe' | 'onNext' | 'onError' | 'onComplete'
  >
>

/** What `subscribe` is to begin, in the place of a context. */
class Beginning {
  readonly socket: Socket
  readonly id: string
  readonly subscribing: Subscribing

  constructor(socket: Socket, id: string, subscribing: Subscribing) {
    this.socket = socket
    this.id = id
    this.subscribing = subscribing
  }
}

/**
 * Operations of a socket, through the same pipeline as over HTTP. What can't be parsed, isn't valid or may not start is
 * answered as that operation's error: thrown, it would close the socket, with a code that clients take as final.
 */
export function operationsOf({ graphql, subscriptions, mask }: OperationOptions): Hooks {
  const { execute } = graphql.getEnveloped({})
  const publicErrors = (errors: readonly unknown[]) => errors.map((error) => toPublic(mask(error)))

  const safely = async <T>(run: () => T | Promise<T>): Promise<T | { errors: GraphQLError[] }> => {
    try {
      return await run()
    } catch (error) {
      return { errors: publicErrors([error]) }
    }
  }

  return {
    async onSubscribe({ extra: { socket } }, id, payload) {
      try {
        const { viewer } = socket
        const { schema, parse, validate, contextFactory } = graphql.getEnveloped({ viewer })
        const document = parsed(() => parse(payload.query))
        const faults = validate(schema, document)
        if (faults.length > 0) return publicErrors(faults)
        const { operationName, variables: variableValues } = payload
        const operation = getOperationAST(document, operationName)
        if (operation == null) {
          return [fault('BAD_USER_INPUT', 'Which operation is meant? Name one of the document in operationName')]
        }
        const isWatching = operation.operation === 'subscription'
        const contextValue = isWatching
          ? new Beginning(socket, id, { document, ...payload, viewer })
          : await contextFactory()
        if (!socket.begin(id, isWatching)) return [fault('TOO_MANY_OPERATIONS', 'There are too many: end some')]
        return { schema, document, operationName, variableValues, contextValue }
      } catch (error) {
        return publicErrors([error])
      }
    },
    execute: (args) => safely(() => execute(args)),
    subscribe: ({ contextValue }) =>
      safely(async () => {
        if (!(contextValue instanceof Beginning)) throw new Error('A subscription was not begun')
        const { socket, id, subscribing } = contextValue
        const result = await subscriptions.subscribe(subscribing)
        return isSubscription(result) ? new WatchedOperation(socket.line, id, result) : result
      }),
    onNext: (_context, _id, _payload, _args, { errors, ...result }) =>
      errors === undefined ? undefined : { ...result, errors: publicErrors(errors).map((error) => error.toJSON()) },
    onError: (_context, _id, _payload, errors) => publicErrors(errors).map((error) => error.toJSON()),
    onComplete: ({ extra: { socket } }, id) => socket.end(id),
  }
}

/** As over HTTP, a client can tell by the code that its document, not its request, is wrong. */
function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const { message, source, positions, extensions } = error
    throw new GraphQLError(message, { source, positions, extensions: { code: 'GRAPHQL_PARSE_FAILED', ...extensions } })
  }
}

const fault = (code: string, message: string) => new GraphQLError(message, { extensions: { code } })
