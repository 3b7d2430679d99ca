import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql'
import { createYoga, isAsyncIterable, type Plugin, type YogaInitialContext } from 'graphql-yoga'
import type { Access } from '../access/open-access.ts'
import type { Viewer } from '../access/viewer.ts'
import { contextOf, type GatewayContext, type Services } from '../resolvers/request/context.ts'
import { senderOf } from '../resolvers/request/sender.ts'
import type { Addresses } from './addresses.ts'
import { endWithCredential } from './event-streams/end-with-credential.ts'
import { countStream, cutOffAfter, tooMany, whenClosed } from './event-streams/event-stream-limits.ts'
import { iterateSubscription } from './event-streams/subscription-iterator.ts'
import { graphiqlForBrowsers } from './graphiql.ts'
import { type Budgets, leftAfter, type Payer, showAccount } from './limits/budgets.ts'
import type { LimitedCallers } from './limits/caller-limits.ts'
import { boundedErrors } from './limits/error-limits.ts'
import type { Admission } from './operations/admission.ts'
import type { MaskError } from './operations/masking.ts'
import type { Pipeline } from './operations/pipeline.ts'
import { isSubscription, type SharedSubscriptions } from './operations/shared-subscriptions.ts'

/** The caller of a request is known since its headers were read. */
export type Admitted = { readonly viewer: Viewer | null; readonly payer: Payer }
type HttpCaller = YogaInitialContext & Admitted & { readonly req: IncomingMessage; readonly res: ServerResponse }

export type GraphqlOptions = {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly pipeline: Pipeline
  readonly subscriptions: SharedSubscriptions
  readonly callers: LimitedCallers
  readonly budgets: Budgets
  readonly access: Pick<Access, 'watch'>
  readonly mask: MaskError
  readonly addresses: Addresses
  /** Outside production: GraphiQL is served. */
  readonly development: boolean
  /** Hears of a response that becomes an event stream. */
  readonly streaming: (response: ServerResponse) => void
}

/**
 * GraphQL over HTTP with Yoga: GET, event streams, GraphiQL, forms, and JSON POSTs that posts.ts does not serve. Yoga reads
 * requests and writes answers; the pipeline does what is between.
 */
export function createGraphql(options: GraphqlOptions) {
  const { schema, services, pipeline, subscriptions, callers, budgets, access, mask, addresses } = options
  const { development, streaming } = options
  const beforeSubscribing: Plugin = {
    onSubscribe({ args, setSubscribeFn }) {
      const { caller: who, res, params, payer } = args.contextValue as HttpCaller & GatewayContext
      const viewer = who()
      if (!res.closed) {
        // nginx buffers events for clients of HTTP/1.1 until some 1,500 bytes have come, by default.
        res.setHeader('X-Accel-Buffering', 'no')
        streaming(res)
      }
      const caller = countStream(callers, viewer, res)
      const broken = caller.broken()
      setSubscribeFn(async ({ document, operationName, variableValues: variables }) => {
        if (broken !== null) return { errors: [tooMany(broken)] }
        const { query = '' } = params
        const result = await subscriptions.subscribe({
          query,
          document,
          operationName,
          variables,
          viewer,
          caller,
          async pay(operation) {
            const charged = await budgets.operation(payer, operation, 'subscription')
            showAccount(res, leftAfter(charged))
            return charged instanceof GraphQLError ? charged : null
          },
        })
        return isSubscription(result) ? iterateSubscription(result, mask) : result
      })
      if (!viewer) return
      cutOffAfter(access, viewer, res)
      return {
        onSubscribeResult({ result, setResult }) {
          if (!isAsyncIterable(result)) return
          const results = endWithCredential(result as AsyncIterable<ExecutionResult>, (ended) =>
            access.watch(viewer, ended),
          )
          whenClosed(res, () => results.return?.())
          setResult(results)
        },
      }
    },
  }
  return createYoga<Admitted & { readonly refusal?: unknown }, GatewayContext>({
    schema,
    context: (caller) => {
      const { viewer = null, request, req } = caller as HttpCaller
      return contextOf(viewer, services, request.signal, senderOf(addresses.clientOf(req), req.headers.traceparent))
    },
    graphqlEndpoint: '/graphql',
    graphiql: false,
    maskedErrors: { maskError: (error) => mask(error), errorMessage: '' },
    // Read and bounded before it comes here: Yoga's own bound copies every body through three streams.
    maxRequestBodySize: false,
    logging: false,
    cors: false,
    multipart: false,
    batching: false,
    landingPage: false,
    extraParamNames: ['documentId'],
    parserAndValidationCache: false,
    plugins: [
      ...(development ? [graphiqlForBrowsers] : []),
      unstored,
      explained,
      throughPipeline(pipeline),
      beforeSubscribing,
    ],
  })
}

export type Graphql = ReturnType<typeof createGraphql>

const throughPipeline = (pipeline: Pipeline): Plugin<HttpCaller> => ({
  onRequestParse({ request, url, serverContext, setRequestParser }) {
    const admitted = serverContext as Partial<Admission>
    if ('refusal' in admitted) {
      setRequestParser(() => {
        throw admitted.refusal
      })
    }
    // Yoga reads no other parameters of an address than its own.
    const documentId = request.method === 'GET' ? url.searchParams.get('documentId') : null
    const named = documentId === null ? {} : { documentId }
    return {
      onRequestParseDone({ requestParserResult: params, setRequestParserResult }) {
        if (Array.isArray(params) || typeof params !== 'object' || params === null) return
        const complete = pipeline.complete({ ...named, ...params })
        if (complete instanceof GraphQLError) throw complete
        setRequestParserResult(complete)
      },
    }
  },
  onParams({ params, context, setResult }) {
    const { query, variables } = params
    // Yoga reports what is no request of GraphQL.
    if (typeof query !== 'string') return
    const refusal = pipeline.refusal((context as HttpCaller).viewer, { query, variables })
    if (refusal !== null) setResult(refusal)
  },
  onParse({ setParseFn }) {
    setParseFn((source) => pipeline.parse(typeof source === 'string' ? source : source.body))
  },
  onValidate({ setValidationFn }) {
    setValidationFn((_schema, document) => pipeline.validate(document))
  },
  onExecute({ setExecuteFn }) {
    setExecuteFn(({ document, operationName, variableValues: variables, contextValue: context }) => {
      const { payer, res, request } = context as HttpCaller
      return pipeline.execute({
        document,
        operationName,
        variables,
        context,
        payer,
        signal: request.signal,
        onCharged: (account) => showAccount(res, account),
      })
    })
  },
  onResultProcess({ result, setResult }) {
    if (Array.isArray(result) || isAsyncIterable(result) || result.errors === undefined) return
    setResult({ ...result, errors: boundedErrors(result.errors) })
  },
})

/** Yoga lets event streams be stored. */
const unstored: Plugin = {
  onResponse({ response }) {
    if (response.headers.has('Cache-Control')) response.headers.set('Cache-Control', 'no-store')
  },
}

/** Yoga answers what it can't read or write with a status alone. */
const explained: Plugin = {
  onResponse({ response, setResponse, fetchAPI }) {
    const error = response.body === null ? mediaFaults[response.status] : undefined
    if (error === undefined) return
    const headers = { ...Object.fromEntries(response.headers), 'content-type': 'application/json; charset=utf-8' }
    setResponse(new fetchAPI.Response(JSON.stringify({ errors: [error] }), { status: response.status, headers }))
  },
}

const mediaFaults: Readonly<Record<number, { message: string; extensions: { code: string } }>> = {
  406: {
    message:
      'Accept application/graphql-response+json or application/json; for a subscription text/event-stream, or use a WebSocket',
    extensions: { code: 'NOT_ACCEPTABLE' },
  },
  415: {
    message: 'Send a POST with the content type application/json',
    extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' },
  },
}
