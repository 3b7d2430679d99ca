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
import { OpenResponses } from './open-responses.ts'
import { createMasking } from './operations/masking.ts'
import { Pipeline } from './operations/pipeline.ts'
import { createSubscriptions } from './operations/shared-subscriptions.ts'
import type { TrustedDocuments } from './operations/trusted-documents.ts'
import { createOriginCheck } from './origins.ts'
import { builtPages, servePages } from './pages.ts'
import type { PageLinks } from './payment-page.ts'
import { Posts } from './posts.ts'
import type { Route } from './route.ts'
import { scraping } from './scraping.ts'
import { measureServer } from './server-metrics.ts'
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
  ['home', '/'],
  ['plans', '/billing'],
] as const
const isDevelopment = ({ environment }: Pick<Config, 'environment'>): boolean => environment !== 'production'

/**
 * The pages that a page about a payment leads to. In production the product itself has the pages: the first of the allowed
 * origins counts as the product's.
 */
export function pagesOf(config: Pick<Config, 'environment' | 'allowedOrigins'>): PageLinks {
  if (isDevelopment(config)) return links
  const [home] = config.allowedOrigins
  return home === undefined ? [] : [['home', home]]
}

/**
 * Serves GraphQL over HTTP, SSE and WebSockets, health and metrics. Resolves when it listens.
 *
 * @throws {CannotListen} naming PORT or HOST.
 */
export async function startServer(options: ServerOptions): Promise<GatewayServer> {
  const { config, schema, trusted, services, access, metrics, log, times } = options
  const mask = createMasking(log)
  const checks = { hostKnown: createHostCheck(config), originAllowed: createOriginCheck(config) }
  const responses = new OpenResponses()
  const subscriptions = createSubscriptions({ schema, services, mask })
  const limits = limitsOf(options)
  const { addresses, budgets, connections, underWay } = limits
  const development = isDevelopment(config)
  const isCatalogPublic = () => services.catalogs.inForce().isPublic
  const pipeline = new Pipeline({ schema, trusted, budgets, development, isCatalogPublic })
  const shared = { services, pipeline, subscriptions, callers: new LimitedCallers(), access, mask }
  const graphql = createGraphql({
    ...shared,
    schema,
    addresses,
    budgets,
    development,
    streaming: (response) => {
      responses.streaming.add(response)
      underWay.leave(response)
    },
  })
  const routes = routesOf(options, () => responses.draining)
  const posts = new Posts({ pipeline, services, mask, addresses })
  const pages = servePages(builtPages, development)
  const server = createHttp({ ...checks, ...limits, graphql, posts, access, routes, pages, times, log })
  const known = new Set(['/graphql', ...Object.keys(routes)])
  responses.listenTo(server, (request, { statusCode: status }) => {
    const path = pathOf(request)
    metrics.requests.inc({ path: known.has(path) ? path : 'other', status })
  })
  const closed = (code: string) => metrics.socketsClosed.inc({ code })
  const sockets = attachSockets(server, { ...shared, ...checks, ...limits, log, closed })
  measureServer(metrics, { connections, underWay, responses, sockets, subscriptions })
  const port = await listen(server, config.port, config.host).catch((error) => {
    sockets.end()
    throw error
  })
  return {
    port,
    async close() {
      responses.draining = true
      await drain(server, sockets, responses)
    },
  }
}

function limitsOf({ config, ledgerDelay }: Pick<ServerOptions, 'config' | 'ledgerDelay'>) {
  const addresses = new Addresses(config.trustedProxies)
  return {
    addresses,
    budgets: new Budgets(config.budgets),
    connections: new Connections(addresses, config.maxAnonymousConnections),
    underWay: new UnderWay(ledgerDelay),
  }
}

function routesOf(options: ServerOptions, isDraining: () => boolean): Readonly<Record<string, Route>> {
  const { config, services, metrics } = options
  return {
    ...(isDevelopment(config) ? graphiqlRoutes : {}),
    ...options.routes,
    '/healthz': healthz,
    '/readyz': readyz(services.database, isDraining, () => services.access.keySetState()),
    '/metrics': scraping(metrics.show, config),
  }
}
