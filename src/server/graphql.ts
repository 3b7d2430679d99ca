import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql'
import { createYoga, isAsyncIterable, type Plugin, type YogaInitialContext } from 'graphql-yoga'
import type { Access } from '../access/open-access.ts'
import type { Viewer } from '../access/viewer.ts'
import { contextOf, type GatewayContext, type Services } from '../resolvers/context.ts'
import { type Sender, senderOf } from '../resolvers/sender.ts'
import { markMeasured } from '../schema/limits.ts'
import type { Admission } from './admission.ts'
import { anonymousRefusal } from './anonymous.ts'
import { type Budgets, type Charged, costOf, type Payer, RateLimited, showAccount } from './budgets.ts'
import type { Caller, Callers } from './callers.ts'
import { boundedDocuments, documentCache, errorCache } from './documents.ts'
import { boundedErrors } from './error-limits.ts'
import { graphqlExecution } from './execution.ts'
import type { MaskError } from './masking.ts'
import { pulled } from './pulled.ts'
import { isSubscription, type Subscriptions } from './subscriptions.ts'
import { untilEnded } from './until-ended.ts'
import { boundedValidation } from './validation.ts'
import { variableFaults } from './variable-faults.ts'
import { variablesRefusal } from './variables.ts'

const lastWordWithinMs = 5_000

/** The caller of a socket is known since `connection_init`, that of a request since its headers were read. */
export type Admitted = { readonly viewer: Viewer | null; readonly payer: Payer }
type SocketCaller = Admitted & { readonly signal: AbortSignal; readonly sender: Sender }
type HttpCaller = YogaInitialContext &
  Pick<Admitted, 'payer'> & { readonly req: IncomingMessage; readonly res: ServerResponse }

export type GraphqlOptions = {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly subscriptions: Subscriptions
  readonly callers: Callers
  readonly budgets: Budgets
  readonly access: Pick<Access, 'watch'>
  readonly mask: MaskError
  /** Outside production: GraphiQL is served, and nobody may introspect the schema. */
  readonly development: boolean
  /** Hears of a response that becomes an event stream. */
  readonly streaming: (response: ServerResponse) => void
}

/** GraphQL over HTTP and SSE, and the pipeline (parse, validate, context, execute, mask) that sockets share. */
export function createGraphql(options: GraphqlOptions) {
  const { schema, services, subscriptions, callers, budgets, access, mask, development, streaming } = options
  const beforeSubscribing: Plugin = {
    onSubscribe({ args, setSubscribeFn }) {
      const { caller: who, res, params, payer } = args.contextValue as HttpCaller & GatewayContext
      const viewer = who()
      if (!res.closed) streaming(res)
      const caller = countStream(callers, viewer, res)
      const broken = caller.broken()
      setSubscribeFn(async ({ document, operationName, variableValues: variables }) => {
        if (broken !== null) return { errors: [tooMany(broken)] }
        const { query = '' } = params
        const result = await subscriptions.subscribe({
          ...{ query, document, operationName, variables, viewer, caller },
          pay: async (operation) => paid(await budgets.operation(payer, operation, 'subscription'), res),
        })
        return isSubscription(result) ? pulled(result, mask) : result
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
      const { viewer = null, signal, request, req, sender } = caller as Partial<SocketCaller & HttpCaller>
      const from = sender ?? (req && senderOf(req.socket.remoteAddress, req.headers.traceparent))
      return contextOf(viewer, services, signal ?? request?.signal, from)
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
      graphqlExecution,
      admission(development),
      boundedDocuments,
      boundedValidation,
      boundedVariables,
      costs(budgets),
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

type Begun = NonNullable<Awaited<ReturnType<NonNullable<Plugin['onExecute']>>>>

/** Takes the points of queries and mutations, over HTTP and sockets, and tells what is left. */
const costs = (budgets: Budgets): Plugin<Partial<HttpCaller>> => ({
  onExecute({ args: { schema, document, operationName, variableValues, contextValue }, setResultAndStopExecution }) {
    const { payer, res } = contextValue as Partial<HttpCaller>
    if (payer === undefined) return
    markMeasured(contextValue)
    const charge = budgets.operation(payer, { schema, document, operationName, variables: variableValues }, 'operation')
    const begin = (charged: Charged | GraphQLError): Begun | undefined => {
      const refusal = paid(charged, res)
      if (refusal !== null) return void setResultAndStopExecution({ errors: [refusal] })
      const cost = costOf(charged as Charged)
      // The headers tell nobody enough.
      if (cost === null || payer.anonymous) return
      return {
        onExecuteDone({ result, setResult }) {
          if (!isAsyncIterable(result)) setResult({ ...result, extensions: { ...result.extensions, cost } })
        },
      }
    }
    return charge instanceof Promise ? charge.then(begin) : begin(charge)
  },
})

/** Tells an HTTP client what it has left. Why the operation is refused; null: it is paid. */
function paid(charged: Charged | GraphQLError, response: ServerResponse | undefined): GraphQLError | null {
  const refused = charged instanceof GraphQLError
  if (response !== undefined) showAccount(response, charged instanceof RateLimited || !refused ? charged.account : null)
  return refused ? charged : null
}

/** Counts an event stream among what its caller runs, as a socket with one operation. */
function countStream(callers: Callers, viewer: Viewer | null, response: ServerResponse): Caller {
  const caller = callers.enter(viewer)
  caller.operations += 1
  whenClosed(response, () => {
    caller.operations -= 1
    callers.leave(caller)
  })
  return caller
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
