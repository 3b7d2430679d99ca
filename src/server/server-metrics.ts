import type { ServerResponse } from 'node:http'
import type { Connections } from './limits/connections.ts'
import type { UnderWay } from './limits/under-way.ts'
import type { Metrics } from './metrics.ts'
import type { OpenResponses } from './open-responses.ts'
import type { SharedSubscriptions } from './operations/shared-subscriptions.ts'
import type { Sockets } from './sockets/websocket-server.ts'

export type MeasuredParts = {
  readonly connections: Connections
  readonly underWay: UnderWay
  readonly responses: OpenResponses
  readonly sockets: Sockets
  readonly subscriptions: SharedSubscriptions
}

/** Shows at /metrics what is open and under way. */
export function measureServer(metrics: Metrics, parts: MeasuredParts): void {
  const { connections, underWay, responses, sockets, subscriptions } = parts
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
  const responsesIn = (all: Iterable<ServerResponse>, ofTests: boolean) =>
    [...all].filter((response) => responses.ofTests.has(response) === ofTests).length
  const socketsIn = (ofTests: boolean) => [...sockets.open].filter((socket) => socket.ofTests === ofTests)
  metrics.gaugeBySpace('credits_http_requests_under_way', 'HTTP requests that are not answered yet.', (ofTests) =>
    responsesIn(responses.all, ofTests),
  )
  metrics.gaugeBySpace('credits_open_sockets', 'Open WebSockets.', (ofTests) => socketsIn(ofTests).length)
  metrics.gaugeBySpace(
    'credits_subscriptions',
    'Running subscriptions, over sockets and as event streams.',
    (ofTests) =>
      socketsIn(ofTests).reduce(
        (sum, { subscriptions }) => sum + subscriptions,
        responsesIn(responses.streaming, ofTests),
      ),
  )
  metrics.gauge('credits_streams', 'Streams that run, however many watch each.', () => subscriptions.running)
}
