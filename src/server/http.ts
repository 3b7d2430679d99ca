import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Logger } from 'pino'
import { codeOf } from '../database/errors.ts'
import type { Addresses } from './addresses.ts'
import { BodyTooLarge, maxAnonymousBodyBytes, maxBodyBytes, readBody } from './body.ts'
import { allowOrigin, refuseOrigin } from './cors.ts'
import { discardBody } from './discard.ts'
import { type HostCheck, refuseHost } from './hosts.ts'
import { json } from './json.ts'
import { type BudgetState, type Budgets, type Payer, RateLimited, showAccount } from './limits/budgets.ts'
import type { Connections } from './limits/connections.ts'
import { type Held, TooManyBytes } from './limits/held-bytes.ts'
import { refuseOverloaded } from './limits/overloaded.ts'
import { ownerOf } from './limits/under-way.ts'
import type { OpenResponses } from './open-responses.ts'
import { type Admission, admit } from './operations/admission.ts'
import { toPublic } from './operations/masking.ts'
import type { OriginCheck } from './origins.ts'
import type { Route } from './route.ts'
import type { Spaces, TestSpaceToServe } from './spaces.ts'

/**
 * Longer bodies, in characters, are passed to Yoga as a stream: that costs less than Yoga's check of each character.
 */
const longBody = 16_384

export type HttpOptions = {
  readonly spaces: Pick<Spaces, 'of' | 'production'>
  readonly testSpace: Pick<TestSpaceToServe, 'log' | 'paths'> | null
  readonly responses: OpenResponses
  /** The handlers of paths without a query; `/graphql` has its own. */
  readonly routes: Readonly<Record<string, Route>>
  /** The handler of every other path. */
  readonly pages: Route
  readonly hostKnown: HostCheck
  readonly originAllowed: OriginCheck
  readonly budgets: Budgets
  readonly addresses: Addresses
  readonly connections: Connections
  readonly times?: RequestTimes | undefined
  readonly log: Logger
}

/** How long a client may take to send a request. */
export type RequestTimes = { readonly maxHeadersMs: number; readonly maxRequestMs: number }
export const requestTimes: RequestTimes = { maxHeadersMs: 10_000, maxRequestMs: 30_000 }
/** A load balancer must reach these paths, whatever other clients of its address do. */
const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz'])
/** How often Node checks for clients that are late. */
const lateCheckMs = 1_000

/** The gateway can't listen on the configured port or host; the message says what to change. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen'
}

/** The gateway's HTTP server, which does not listen yet. */
export function createHttp(options: HttpOptions): Server {
  const { spaces, testSpace, responses, routes, pages } = options
  const { hostKnown, originAllowed, budgets, addresses, connections } = options
  const { maxHeadersMs, maxRequestMs } = { ...requestTimes, ...options.times }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request)
    if (!probes.has(path) && !hostKnown(request)) return refuseHost(request, response)
    if (path === '/graphql') return serveGraphql(request, response)
    if (testSpace?.paths.has(path)) responses.ofTests.add(response)
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    const address = addresses.of(request)
    if (!probes.has(path)) {
      const payer = budgets.payerOf(null, () => `${route === undefined ? 'pages' : path} ${address}`)
      showAccount(response, await pay(budgets, payer))
    }
    if (route === undefined) return pages(request, response)
    const held = spaces.production.heldBytes.begin(null, address)
    try {
      await route(request, response, held)
    } finally {
      held.release()
    }
  }

  async function serveGraphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    allowOrigin(request, response)
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end()
      return
    }
    if (!originAllowed(request)) return refuseOrigin(response)
    const space = await spaces.of(request.headers.authorization)
    const { isTest, access, budgets, underWay, heldBytes, posts, graphql } = space
    if (isTest) responses.ofTests.add(response)
    if (underWay.refusesNext()) return refuseOverloaded(request, response)
    const admission = await admit(access, request.headers, () => addresses.clientOf(request))
    const viewer = 'viewer' in admission ? admission.viewer : null
    if (viewer !== null) connections.identify(request.socket)
    const payer = budgets.payerOf(viewer, () => addresses.of(request))
    const account = await pay(budgets, payer)
    if (!underWay.enter(response, ownerOf(viewer))) {
      showAccount(response, account)
      return refuseOverloaded(request, response)
    }
    const held = heldBytes.begin(viewer, payer.key)
    try {
      if (request.method === 'POST') {
        const text = await takeBody(request, admission, held)
        if (text !== null) {
          if (await posts.serve({ request, response, text, viewer, payer, account })) return
          Object.assign(request, { body: asRead(text) })
        }
      }
      showAccount(response, account)
      await graphql(request, response, { ...admission, payer })
    } catch (error) {
      showAccount(response, account)
      throw error
    } finally {
      held.release()
      underWay.leave(response)
    }
  }

  const logOf = (response: ServerResponse): Logger =>
    testSpace !== null && responses.ofTests.has(response) ? testSpace.log : options.log

  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      headersTimeout: maxHeadersMs,
      requestTimeout: maxRequestMs,
      connectionsCheckingInterval: Math.min(lateCheckMs, maxHeadersMs),
    },
    (request, response) => {
      serve(request, response).catch((error) => fail(request, response, error, logOf(response)))
    },
  )
  connections.listenTo(server, maxHeadersMs)
  return server
}

/** @throws {RateLimited} */
async function pay(budgets: Budgets, payer: Payer): Promise<BudgetState | null> {
  const account = await budgets.request(payer)
  if (account instanceof RateLimited) throw account
  return account
}

/**
 * Resolves to the port once the server listens; 0 means any free one.
 *
 * @throws {CannotListen} naming PORT or HOST.
 */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new CannotListen(adviceFor(codeOf(error), port, host), { cause: error })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/**
 * The body, as far as the caller may send one. Without a token a body has at most 64 KB; with a refused token none is
 * read (null).
 */
async function takeBody(request: IncomingMessage, admission: Admission, held: Held): Promise<string | null> {
  if (!('refusal' in admission)) {
    return readBody(request, admission.viewer === null ? maxAnonymousBodyBytes : maxBodyBytes, held)
  }
  discardBody(request)
  return null
}

/**
 * A body for Yoga, which lists the indices of a text to see whether it is empty: a text of 4 MB would block the event
 * loop for more than a second. Yoga passes a stream on as it is.
 */
const asRead = (body: string): string | Readable => (body.length > longBody ? Readable.from([body]) : body)

export const pathOf = ({ url = '/' }: IncomingMessage): string => {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

function adviceFor(code: string | undefined, port: number, host: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use: stop the program that has it, or set PORT to a free one (0: any)`
    case 'EACCES':
      return `Port ${port} may not be used by this user: set PORT to one above 1023`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine: set HOST to 127.0.0.1, or to 0.0.0.0 for all`
    default:
      return `The gateway can't listen on ${host}:${port} (${code}): set HOST and PORT to what this machine offers`
  }
}

function fail(request: IncomingMessage, response: ServerResponse, error: unknown, log: Logger): void {
  const refused = refusalOf(error)
  if (refused !== null) {
    const { status, retryAfterSeconds, ...told } = refused
    discardBody(request)
    if (error instanceof RateLimited) showAccount(response, error.account)
    if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds)
    json(response, status, { errors: [told] })
    return
  }
  if (request.destroyed && !request.complete) return
  log.error({ err: error, path: pathOf(request) }, 'A request failed')
  if (response.headersSent) response.destroy()
  else json(response, 500, { message: 'Something went wrong on our side: try again' })
}

type Refused = {
  readonly status: number
  readonly retryAfterSeconds?: number
  readonly message: string
  readonly extensions: object
}

/** The answer to a request that is refused before its document is read; null: this error is no such refusal. */
function refusalOf(error: unknown): Refused | null {
  if (error instanceof BodyTooLarge) {
    return { status: 413, message: error.message, extensions: { code: 'BODY_TOO_LARGE' } }
  }
  if (error instanceof TooManyBytes) {
    const { message, whose } = error
    return { status: whose === 'own' ? 429 : 503, retryAfterSeconds: 1, message, extensions: { code: 'OVERLOADED' } }
  }
  if (error instanceof RateLimited) {
    const { extensions, message } = toPublic(error)
    return { status: 429, retryAfterSeconds: error.account.resetSeconds, message, extensions }
  }
  return null
}
