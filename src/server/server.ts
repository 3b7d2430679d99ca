import type { ServerResponse } from 'node:http'
import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import type { Access } from '../access/open-access.ts'
import type { Config } from '../config.ts'
import type { Services } from '../resolvers/request/context.ts'
import { Addresses } from './addresses.ts'
import { graphiqlRoutes } from './graphiql.ts'
import { createGraphql } from './graphql.ts'
import { healthz, readyz } from './health.ts'
import { createHostCheck } from './hosts.ts'
import { createHttp, listen, pathOf, type RequestTimes } from './http.ts'
import { Budgets } from './limits/budgets.ts'
import { LimitedCallers } from './limits/caller-limits.ts'
import { Connections } from './limits/connections.ts'
import type { LedgerDelay } from './limits/ledger-delay.ts'
import { UnderWay } from './limits/under-way.ts'
import type { Metrics } from './metrics.ts'
import { createMasking } from './operations/masking.ts'
import { Pipeline } from './operations/pipeline.ts'
import { createSubscriptions } from './operations/shared-subscriptions.ts'
import type { TrustedDocuments } from './operations/trusted-documents.ts'
import { createOriginCheck } from './origins.ts'
import { builtPages, servePages } from './pages.ts'
import { type PageLinks, paymentPage } from './payment-page.ts'
import { Posts } from './posts.ts'
import type { Route } from './route.ts'
import { scraping } from './scraping.ts'
import { securityHeaders } from './security-headers.ts'
import { drain } from './sockets/drain.ts'
import { attachSockets } from './sockets/websocket-server.ts'

type ServerSettings =
  | 'environment'
  | 'host'
  | 'port'
  | 'publicUrl'
  | 'allowedOrigins'
  | 'allowedHosts'
  | 'metricsToken'
  | 'budgets'
  | 'trustedProxies'
  | 'maxAnonymousConnections'

export type ServerOptions = {
  readonly config: Pick<Config, ServerSettings>
  readonly schema: GraphQLSchema
  readonly trusted: TrustedDocuments
  readonly services: Services
  readonly access: Pick<Access, 'read' | 'watch'>
  readonly metrics: Metrics
  readonly ledgerDelay: LedgerDelay
  readonly log: Logger
  /** More paths: webhooks, pages. */
  readonly routes?: Readonly<Record<string, Route>>
  /** Tests shorten these. */
  readonly times?: RequestTimes | undefined
}

export type GatewayServer = {
  readonly port: number
  /** Resolves within about 10 seconds, when everything accepted is answered or cut off. */
  close(): Promise<void>
}

const links = [
  ['Home', '/'],
  ['Plans', '/billing'],
] as const
/** In production the product itself has the pages: the first of the allowed origins counts as the product's. */
const pagesOf = ({ environment, allowedOrigins: [home] }: Pick<Config, 'environment' | 'allowedOrigins'>): PageLinks =>
  environment !== 'production' ? links : home === undefined ? [] : [['Home', home]]

/**
 * Serves GraphQL over HTTP, SSE and WebSockets, health and metrics. Resolves when it listens.
 *
 * @throws {CannotListen} naming PORT or HOST.
 */
export async function startServer(options: ServerOptions): Promise<GatewayServer> {
  const { config, schema, trusted, services, access, metrics, ledgerDelay, log, times } = options
  const mask = createMasking(log)
  const hostKnown = createHostCheck(config)
  const originAllowed = createOriginCheck(config)
  const all = new Set<ServerResponse>()
  const streaming = new Set<ServerResponse>()
  const subscriptions = createSubscriptions({ schema, services, mask })
  const callers = new LimitedCallers()
  const budgets = new Budgets(config.budgets)
  const addresses = new Addresses(config.trustedProxies)
  const connections = new Connections(addresses, config.maxAnonymousConnections)
  const underWay = new UnderWay(ledgerDelay)
  const development = config.environment !== 'production'
  const pipeline = new Pipeline({
    schema,
    trusted,
    budgets,
    development,
    isCatalogPublic: () => services.catalogs.inForce().isPublic,
  })
  const graphql = createGraphql({
    schema,
    services,
    pipeline,
    subscriptions,
    callers,
    budgets,
    access,
    mask,
    development,
    streaming: (response) => {
      streaming.add(response)
      underWay.leave(response)
    },
  })
  let draining = false
  const known = new Set(['/graphql'])
  const routes: Record<string, Route> = {
    ...(development ? graphiqlRoutes : {}),
    '/payment': paymentPage(pagesOf(config)),
    ...options.routes,
    '/healthz': healthz,
    '/readyz': readyz(services.database, () => draining),
    '/metrics': scraping(metrics.show, config),
  }
  for (const path of Object.keys(routes)) known.add(path)

  const limits = { budgets, addresses, connections, underWay }
  const posts = new Posts({ pipeline, services, mask })
  const pages = servePages(builtPages, development)
  const serving = { graphql, posts, access, routes, pages, hostKnown, originAllowed }
  const server = createHttp({ ...serving, ...limits, times, log })
  server.prependListener('request', (request, response) => {
    all.add(response)
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    if (draining) response.setHeader('Connection', 'close')
    response.once('close', () => {
      all.delete(response)
      streaming.delete(response)
      const path = pathOf(request)
      metrics.requests.inc({ path: known.has(path) ? path : 'other', status: response.statusCode })
    })
  })
  const closed = (code: string) => metrics.socketsClosed.inc({ code })
  const shared = { pipeline, services, subscriptions, callers, ...limits }
  const sockets = attachSockets(server, { ...shared, access, mask, hostKnown, originAllowed, log, closed })
  metrics.gauge(
    'credits_anonymous_connections',
    'Open connections whose client is not known.',
    () => connections.anonymous,
  )
  metrics.counter(
    'credits_operations_refused_total',
    'Operations that an overloaded gateway refused.',
    () => underWay.refused,
  )
  metrics.gauge(
    'credits_operations_under_way',
    'Operations that are accepted and not answered yet.',
    () => underWay.size,
  )
  metrics.gauge('credits_operations_limit', 'Operations that may be under way at once.', () => underWay.limit)
  metrics.gauge('credits_http_requests_under_way', 'HTTP requests that are not answered yet.', () => all.size)
  metrics.gauge('credits_open_sockets', 'Open WebSockets.', () => sockets.open.size)
  metrics.gauge('credits_subscriptions', 'Running subscriptions, over sockets and as event streams.', () =>
    [...sockets.open].reduce((sum, { subscriptions }) => sum + subscriptions, streaming.size),
  )
  metrics.gauge('credits_streams', 'Streams that run, however many watch each.', () => subscriptions.running)
  const port = await listen(server, config.port, config.host).catch((error) => {
    sockets.end()
    throw error
  })
  return {
    port,
    async close() {
      draining = true
      await drain(server, sockets, { all, streaming })
    },
  }
}
