import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, GraphQLError, getOperationAST, OperationTypeNode } from 'graphql'
import { type FetchAPI, processRegularResult } from 'graphql-yoga'
import type { Viewer } from '../access/viewer.ts'
import { contextOf, type Services } from '../resolvers/context.ts'
import { senderOf } from '../resolvers/sender.ts'
import { type Account, accountHeaders, type Payer } from './budgets.ts'
import { maxErrors } from './error-limits.ts'
import type { MaskError } from './masking.ts'
import { acceptedJson, type JsonType, sendsJson } from './media-types.ts'
import type { Params, Pipeline } from './pipeline.ts'
import type { DocumentRequest } from './trusted-documents.ts'

export type PostOptions = {
  readonly pipeline: Pipeline
  readonly services: Services
  readonly mask: MaskError
}

/** A POST whose caller is known and whose body is read. */
export type Post = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly text: string
  readonly viewer: Viewer | null
  readonly payer: Payer
  /** What the payer has left after the request itself. */
  readonly account: Account | null
}

/**
 * Queries and mutations in a JSON POST that is answered with JSON: the way of nearly every request, without the objects that
 * Yoga makes of requests and answers. What is no request of GraphQL, names no operation, or subscribes is left to Yoga.
 */
export class Posts {
  readonly #pipeline: Pipeline
  readonly #services: Services
  readonly #mask: MaskError

  constructor({ pipeline, services, mask }: PostOptions) {
    this.#pipeline = pipeline
    this.#services = services
    this.#mask = mask
  }

  /** False: nothing is done, and Yoga serves it. */
  async serve(post: Post): Promise<boolean> {
    const { request, response, text } = post
    const type = sendsJson(request) ? acceptedJson(request) : null
    const body = type === null ? null : bodyOf(text)
    if (type === null || body === null) return false
    const leaving = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) leaving.abort()
    })
    const charged = { account: post.account }
    const result = await this.#resultOf(body, post, leaving.signal, charged)
    if (result === null) return false
    if (!response.closed) answer(response, result, type, charged.account)
    return true
  }

  /** Null: it names no query or mutation. */
  async #resultOf(body: Body, post: Post, signal: AbortSignal, charged: Charge): Promise<ExecutionResult | null> {
    try {
      const params = this.#pipeline.complete(body)
      if (params instanceof GraphQLError) return { errors: [this.#mask(params)] }
      if (!hasText(params)) return null
      const result = this.#pipeline.refusal(post.viewer, params) ?? (await this.#run(params, post, signal, charged))
      if (result?.errors === undefined || signal.aborted) return result
      return { ...result, errors: result.errors.slice(0, maxErrors).map(this.#mask) }
    } catch (error) {
      return { errors: signal.aborted ? [] : [this.#mask(error)] }
    }
  }

  async #run(
    { query, ...params }: Params,
    post: Post,
    signal: AbortSignal,
    charged: Charge,
  ): Promise<ExecutionResult | null> {
    const { request, viewer, payer } = post
    const document = this.#pipeline.parse(query)
    const operation = getOperationAST(document, params.operationName)
    if (operation == null || operation.operation === OperationTypeNode.SUBSCRIPTION) return null
    const faults = this.#pipeline.validate(document)
    if (faults.length > 0) return { errors: faults }
    const sender = senderOf(request.socket.remoteAddress, request.headers.traceparent)
    return this.#pipeline.execute({
      ...{ ...params, document, payer, signal },
      context: contextOf(viewer, this.#services, signal, sender),
      onCharged(account) {
        charged.account = account ?? charged.account
      },
    })
  }
}

/** What the payer has left, as far as it is known. */
type Charge = { account: Account | null }

/** A request of GraphQL, which may name a document instead of having one. */
type Body = Omit<Params, 'query'> & DocumentRequest

const known: ReadonlySet<string> = new Set(['query', 'documentId', 'operationName', 'variables', 'extensions'])

/** Null: the text is no request of GraphQL. Yoga says what is wrong with it. */
function bodyOf(text: string): Body | null {
  try {
    const body: unknown = JSON.parse(text)
    return isBody(body) ? body : null
  } catch {
    return null
  }
}

function isBody(body: unknown): body is Body {
  if (!isObject(body)) return false
  for (const name in body) if (!known.has(name) && body[name] != null) return false
  const { query, variables, extensions } = body
  const isText = query == null || typeof query === 'string'
  return isText && isOptionalObject(variables) && isOptionalObject(extensions)
}

const hasText = (body: Body): body is Params => typeof body.query === 'string'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isOptionalObject = (value: unknown): boolean => value == null || isObject(value)

/** What Yoga makes of a result: its rule of status and headers, without an object of the Fetch API. */
class Answer {
  readonly body: string
  readonly init: { readonly status: number; readonly headers: Readonly<Record<string, string>> }

  constructor(body: Answer['body'], init: Answer['init']) {
    this.body = body
    this.init = init
  }
}
// Of the Fetch API Yoga's rule uses `Response` alone, to make one of a body and its init.
const answers = { Response: Answer } as unknown as FetchAPI

function answer(response: ServerResponse, result: ExecutionResult, type: JsonType, account: Account | null): void {
  // What the rule makes with `answers` is an Answer.
  const { body, init } = processRegularResult(result, answers, type) as unknown as Answer
  const length = Buffer.byteLength(body)
  response.writeHead(init.status, { ...init.headers, ...accountHeaders(account), 'Content-Length': length }).end(body)
}
