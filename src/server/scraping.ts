import { timingSafeEqual } from 'node:crypto'
import { hashOf } from '../access/secret.ts'
import type { Config } from '../config.ts'
import { json } from './json.ts'
import type { Route } from './route.ts'

/**
 * Shows metrics to senders of METRICS_TOKEN. Without that setting the metrics are open outside production, and closed
 * in production.
 */
export function scraping(
  show: Route,
  { metricsToken, environment }: Pick<Config, 'metricsToken' | 'environment'>,
): Route {
  if (metricsToken === undefined) return environment === 'production' ? closed : show
  const expected = hashOf(`Bearer ${metricsToken}`)
  return (request, response, held) => {
    if (timingSafeEqual(hashOf(request.headers.authorization ?? ''), expected)) return show(request, response, held)
    response.setHeader('WWW-Authenticate', 'Bearer')
    json(response, 401, { message: 'Send METRICS_TOKEN as a bearer token' })
  }
}

const closed: Route = (_request, response) =>
  json(response, 403, {
    message: 'Metrics are closed: the operator sets METRICS_TOKEN, and sends it as a bearer token',
  })
