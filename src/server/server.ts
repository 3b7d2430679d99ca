import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { Addresses } from './addresses.ts'
import { graphiqlRoutes } from './graphiql.ts'
import { healthz, readyz } from './health.ts'
import { createHostCheck } from './hosts.ts'
import { createHttp, listen, pathOf, type RequestTimes } from './http.ts'
import { Budgets } from './limits/budgets.ts'
import { Connections } from './limits/connections.ts'
import { type Metrics, spaceLabel } from './metrics.ts'
import { OpenResponses } from './open-responses.ts'
import type { TrustedDocuments } from './operations/trusted-documents.ts'
import { createOriginCheck } from './origins.ts'
import { builtPages, servePages } from './pages.ts'
import type { PageLinks } from './payment-page.ts'
import type { Route } from './route.ts'
import { scraping } from './scraping.ts'
import { measureServer } from './server-metrics.ts'
import { drain } from './sockets/drain.ts'
import type { Socket } from './sockets/socket.ts'
import { attachSockets } from './sockets/websocket-server.ts'
import { Spaces, type SpaceToServe, type TestSpaceToServe } from './spaces.ts'

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
  readonly production: SpaceToServe
  /** Null: the gateway has none. */
  readonly testSpace: TestSpaceToServe | null
  readonly metrics: Metrics
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
  const { config, schema, trusted, production, testSpace, metrics, log, times } = options
  const checks = { hostKnown: createHostCheck(config), originAllowed: createOriginCheck(config) }
  const responses = new OpenResponses()
  const addresses = new Addresses(config.trustedProxies)
  const budgets = Budgets.of(config.budgets)
  const connections = new Connections(addresses, config.maxAnonymousConnections)
  const development = isDevelopment(config)
  const serving = { schema, trusted, budgets, addresses, responses, development }
  const spaces = new Spaces({ ...serving, production, testSpace })
  const routes = routesOf(options, () => responses.draining)
  const pages = servePages(builtPages, development)
  const shared = { ...checks, spaces, budgets, addresses, connections, log }
  const server = createHttp({ ...shared, testSpace, responses, routes, pages, times })
  const known = new Set(['/graphql', ...Object.keys(routes)])
  responses.listenTo(server, (request, response) => {
    const path = pathOf(request)
    const labels = { path: known.has(path) ? path : 'other', status: response.statusCode }
    metrics.requests.inc({ ...labels, ...spaceLabel(responses.ofTests.has(response)) })
  })
  const closed = (code: string, { ofTests }: Socket) => metrics.socketsClosed.inc({ code, ...spaceLabel(ofTests) })
  const sockets = attachSockets(server, { ...shared, closed })
  const { underWay, subscriptions } = spaces.production
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

function routesOf(options: ServerOptions, isDraining: () => boolean): Readonly<Record<string, Route>> {
  const { config, production, metrics } = options
  const { database, access } = production.services
  return {
    ...(isDevelopment(config) ? graphiqlRoutes : {}),
    ...options.routes,
    '/healthz': healthz,
    '/readyz': readyz(database, isDraining, () => access.keySetState()),
    '/metrics': scraping(metrics.show, config),
  }
}
