import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, GraphQLError, getOperationAST, OperationTypeNode } from 'graphql'
import { type FetchAPI, processRegularResult } from 'graphql-yoga'
import type { Viewer } from '../access/viewer.ts'
import { contextOf, type Services } from '../resolvers/request/context.ts'
import { senderOf } from '../resolvers/request/sender.ts'
import type { Addresses } from './addresses.ts'
import { accountHeaders, type BudgetState, type Payer } from './limits/budgets.ts'
import { maxErrors } from './limits/error-limits.ts'
import { acceptedJson, type JsonType, sendsJson } from './media-types.ts'
import type { MaskError } from './operations/masking.ts'
import type { Params, Pipeline } from './operations/pipeline.ts'
import type { DocumentRequest } from './operations/trusted-documents.ts'

export type PostOptions = {
  readonly pipeline: Pipeline
  readonly services: Services
  readonly mask: MaskError
  readonly addresses: Addresses
}

/** A POST whose caller is known and whose body is read. */
export type Post = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly text: string
  readonly viewer: Viewer | null
  readonly payer: Payer
  /** The points that the payer has left after the request itself. */
  readonly account: BudgetState | null
}

/**
 * Serves queries and mutations in a JSON POST that is answered with JSON. Nearly every request is one, and is served
 * without the objects that Yoga makes of requests and answers. Yoga serves the rest: what is no GraphQL request, names
 * no operation, or subscribes.
 */
export class Posts {
  readonly #pipeline: Pipeline
  readonly #services: Services
  readonly #mask: MaskError
  readonly #addresses: Addresses

  constructor({ pipeline, services, mask, addresses }: PostOptions) {
    this.#pipeline = pipeline
    this.#services = services
    this.#mask = mask
    this.#addresses = addresses
  }

  /** False: nothing was done, and Yoga has to serve the request. */
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

  /** Null: the request names no query or mutation. */
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
    const sender = senderOf(this.#addresses.clientOf(request), request.headers.traceparent)
    return this.#pipeline.execute({
      ...params,
      document,
      payer,
      signal,
      context: contextOf(viewer, this.#services, signal, sender),
      onCharged(account) {
        charged.account = account ?? charged.account
      },
    })
  }
}

/** The points that the payer has left, as far as they are known. */
type Charge = { account: BudgetState | null }

/** A GraphQL request, which may name a trusted document instead of containing one. */
type Body = Omit<Params, 'query'> & DocumentRequest

const known: ReadonlySet<string> = new Set(['query', 'documentId', 'operationName', 'variables', 'extensions'])

/** Null: the text is no GraphQL request. Yoga says what is wrong with it. */
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

/** The status, headers and body that Yoga gives to a result, without an object of the Fetch API. */
class Answer {
  readonly body: string
  readonly init: { readonly status: number; readonly headers: Readonly<Record<string, string>> }

  constructor(body: Answer['body'], init: Answer['init']) {
    this.body = body
    this.init = init
  }
}
// Yoga's rule uses only `Response` of the Fetch API, and only its constructor.
const answers = { Response: Answer } as unknown as FetchAPI

function answer(response: ServerResponse, result: ExecutionResult, type: JsonType, account: BudgetState | null): void {
  // The rule creates its result with `answers`, so the result is an Answer.
  const { body, init } = processRegularResult(result, answers, type) as unknown as Answer
  const length = Buffer.byteLength(body)
  response.writeHead(init.status, { ...init.headers, ...accountHeaders(account), 'Content-Length': length }).end(body)
}
