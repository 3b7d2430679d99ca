import type { ServerResponse } from 'node:http'
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql'
import {
  createYoga,
  isAsyncIterable,
  type Plugin,
  useExecutionCancellation,
  type YogaInitialContext,
} from 'graphql-yoga'
import type { Access } from '../access/open-access.ts'
import { InvalidToken } from '../access/tokens.ts'
import type { Viewer } from '../access/viewer.ts'
import { contextOf, type GatewayContext, type Services } from '../resolvers/context.ts'
import type { Callers } from './callers.ts'
import { boundedDocuments, documentCache, errorCache } from './documents.ts'
import type { MaskError } from './masking.ts'
import { pulled } from './pulled.ts'
import { isSubscription, type Subscriptions } from './subscriptions.ts'
import { untilEnded } from './until-ended.ts'

const lastWordWithinMs = 5_000

/** Who asks over a socket was settled when it was opened. */
export type SocketCaller = { readonly viewer: Viewer | null; readonly signal: AbortSignal }
type HttpCaller = YogaInitialContext & { readonly res: ServerResponse }

export type GraphqlOptions = {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly subscriptions: Subscriptions
  readonly callers: Callers
  readonly access: Pick<Access, 'read' | 'watch'>
  readonly mask: MaskError
  readonly graphiql: boolean
  /** Hears of a response that becomes an event stream. */
  readonly streaming: (response: ServerResponse) => void
}

/** GraphQL over HTTP and SSE, and the pipeline (parse, validate, context, execute, mask) that sockets share. */
export function createGraphql(options: GraphqlOptions) {
  const { schema, services, subscriptions, callers, access, mask, graphiql, streaming } = options
  const beforeSubscribing: Plugin = {
    onSubscribe({ args, setSubscribeFn }) {
      const { caller, res, params } = args.contextValue as HttpCaller & GatewayContext
      const viewer = caller()
      if (!res.closed) streaming(res)
      const broken = countStream(callers, viewer, res)
      setSubscribeFn(async ({ document, operationName, variableValues: variables }) => {
        if (broken !== null) return { errors: [tooMany(broken)] }
        const { query = '' } = params
        const result = await subscriptions.subscribe({ query, document, operationName, variables, viewer })
        return isSubscription(result) ? pulled(result) : result
      })
      if (!viewer) return
      cutOffAfter(access, viewer, res)
      return {
        onSubscribeResult({ result, setResult }) {
          if (!isAsyncIterable(result)) return
          const results = untilEnded(result as AsyncIterable<ExecutionResult>, (ended) => access.watch(viewer, ended))
          whenClosed(res, () => results.return?.())
          setResult(results)
        },
      }
    },
  }
  return createYoga<object, GatewayContext>({
    schema,
    context: async (caller) => {
      const { viewer, signal, request } = caller as Partial<SocketCaller & HttpCaller>
      if (viewer !== undefined) return contextOf(viewer, services, signal)
      const known = await authenticate(access, request?.headers.get('authorization'))
      return contextOf(known, services, request?.signal)
    },
    graphqlEndpoint: '/graphql',
    graphiql: graphiql ? { title: 'Credits Gateway', subscriptionsProtocol: 'WS' } : false,
    maskedErrors: { maskError: (error) => mask(error), errorMessage: '' },
    // Read and bounded before it comes here: Yoga's own bound copies every body through three streams.
    maxRequestBodySize: false,
    logging: false,
    cors: false,
    multipart: false,
    batching: false,
    landingPage: false,
    parserAndValidationCache: { documentCache, errorCache },
    plugins: [useExecutionCancellation(), boundedDocuments, beforeSubscribing],
  })
}

export type Graphql = ReturnType<typeof createGraphql>

async function authenticate(
  access: Pick<Access, 'read'>,
  authorization: string | null | undefined,
): Promise<Viewer | null> {
  try {
    return await access.read(authorization)
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error
    const http = { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }
    throw new GraphQLError(error.message, { extensions: { code: 'UNAUTHENTICATED', http } })
  }
}

/** Counts an event stream among what its caller runs, as a socket with one operation; which limit it breaks, null: none. */
function countStream(callers: Callers, viewer: Viewer | null, response: ServerResponse): string | null {
  const caller = callers.enter(viewer)
  caller.operations += 1
  whenClosed(response, () => {
    caller.operations -= 1
    callers.leave(caller)
  })
  return caller.broken()
}

const tooMany = (broken: string) =>
  new GraphQLError(`A caller may have ${broken}: use fewer`, {
    extensions: { code: 'OVERLOADED', http: { status: 429 } },
  })

/** For a client that reads nothing any more, and so never comes to the last word. */
function cutOffAfter(access: Pick<Access, 'watch'>, viewer: Viewer, response: ServerResponse): void {
  let timer: NodeJS.Timeout | undefined
  const callOff = access.watch(viewer, () => {
    timer = setTimeout(() => response.socket?.destroySoon(), lastWordWithinMs)
  })
  whenClosed(response, () => {
    callOff()
    clearTimeout(timer)
  })
}

/** Also of a client that had left before there was anything to tell: of results for such a one Yoga ends nothing. */
function whenClosed(response: ServerResponse, done: () => unknown): void {
  if (response.closed) done()
  else response.once('close', done)
}
