import { Metrics } from './metrics.ts'

export type Ready = { readonly isReady: boolean; readonly reason: string | null }

/** The result of one probe of the gateway. */
export type Look = {
  readonly ready: Ready
  /** Null: the metrics are closed to this page; `METRICS_TOKEN` opens them. */
  readonly metrics: Metrics | null
}

/** Probes the gateway that answers this page. Behind a load balancer that may be another one each time. */
export async function look(metricsToken: string, isAsked: boolean, signal: AbortSignal): Promise<Look> {
  const [ready, metrics] = await Promise.all([readiness(signal), isAsked ? scrape(metricsToken, signal) : null])
  return { ready, metrics }
}

async function readiness(signal: AbortSignal): Promise<Ready> {
  const response = await fetch('/readyz', { signal })
  const { reason = null } = (await response.json()) as { reason?: string }
  return { isReady: response.ok, reason }
}

async function scrape(token: string, signal: AbortSignal): Promise<Metrics | null> {
  const headers: HeadersInit = token === '' ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch('/metrics', { headers, signal })
  return response.ok ? new Metrics(await response.text()) : null
}
