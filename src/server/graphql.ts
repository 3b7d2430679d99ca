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
import type { Viewer } from '../access/viewer.ts'
import { contextOf, type GatewayContext, type Services } from '../resolvers/context.ts'
import type { Admission } from './admission.ts'
import { anonymousRefusal } from './anonymous.ts'
import type { Callers } from './callers.ts'
import { boundedDocuments, documentCache, errorCache } from './documents.ts'
import { boundedErrors } from './error-limits.ts'
import type { MaskError } from './masking.ts'
import { pulled } from './pulled.ts'
import { isSubscription, type Subscriptions } from './subscriptions.ts'
import { untilEnded } from './until-ended.ts'
import { boundedValidation } from './validation.ts'
import { variableFaults } from './variable-faults.ts'
import { variablesRefusal } from './variables.ts'

const lastWordWithinMs = 5_000

/** The caller of a socket is known since `connection_init`, that of a request since its headers were read. */
export type Admitted = { readonly viewer: Viewer | null }
type SocketCaller = Admitted & { readonly signal: AbortSignal }
type HttpCaller = YogaInitialContext & { readonly res: ServerResponse }

export type GraphqlOptions = {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly subscriptions: Subscriptions
  readonly callers: Callers
  readonly access: Pick<Access, 'watch'>
  readonly mask: MaskError
  /** Outside production: GraphiQL is served, and nobody may introspect the schema. */
  readonly development: boolean
  /** Hears of a response that becomes an event stream. */
  readonly streaming: (response: ServerResponse) => void
}

/** GraphQL over HTTP and SSE, and the pipeline (parse, validate, context, execute, mask) that sockets share. */
export function createGraphql(options: GraphqlOptions) {
  const { schema, services, subscriptions, callers, access, mask, development, streaming } = options
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
  return createYoga<Partial<Admitted> & { readonly refusal?: unknown }, GatewayContext>({
    schema,
    context: (caller) => {
      const { viewer = null, signal, request } = caller as Partial<SocketCaller & HttpCaller>
      return contextOf(viewer, services, signal ?? request?.signal)
    },
    graphqlEndpoint: '/graphql',
    graphiql: development ? { title: 'Credits Gateway', subscriptionsProtocol: 'WS' } : false,
    maskedErrors: { maskError: (error) => mask(error), errorMessage: '' },
    // Read and bounded before it comes here: Yoga's own bound copies every body through three streams.
    maxRequestBodySize: false,
    logging: false,
    cors: false,
    multipart: false,
    batching: false,
    landingPage: false,
    parserAndValidationCache: { documentCache, errorCache },
    plugins: [
      useExecutionCancellation(),
      admission(development),
      boundedDocuments,
      boundedValidation,
      boundedVariables,
      beforeSubscribing,
    ],
  })
}

export type Graphql = ReturnType<typeof createGraphql>

/**
 * What HTTP requests are refused for before their document is parsed, and before their body is where the token is refused.
 * These hooks don't run for sockets: operations.ts has the same there.
 */
const admission = (development: boolean): Plugin => ({
  onRequestParse({ serverContext, setRequestParser }) {
    const admitted = serverContext as Partial<Admission>
    if (!('refusal' in admitted)) return
    setRequestParser(() => {
      throw admitted.refusal
    })
  },
  onParams({ params, context, setResult }) {
    // Yoga reports what is no request of GraphQL.
    if (typeof params?.query !== 'string') return
    const { viewer = null } = context as Partial<Admitted>
    const refusal = viewer === null ? anonymousRefusal(params.query, development) : null
    if (refusal !== null) return setResult(refusal)
    const tooMuch = variablesRefusal(params.variables)
    if (tooMuch !== null) setResult({ errors: [tooMuch] })
  },
  onResultProcess({ result, setResult }) {
    if (Array.isArray(result) || isAsyncIterable(result) || result.errors === undefined) return
    setResult({ ...result, errors: boundedErrors(result.errors) })
  },
})

/** Queries and mutations; of a subscription its own pipeline checks the variables. */
const boundedVariables: Plugin = {
  onExecute({ args: { schema, document, operationName, variableValues }, setResultAndStopExecution }) {
    const errors = variableFaults({ schema, document, operationName, variables: variableValues })
    if (errors.length > 0) setResultAndStopExecution({ errors })
  },
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
