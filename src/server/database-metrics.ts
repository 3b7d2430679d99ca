import { setTimeout as delay } from 'node:timers/promises'
import { Gauge } from 'prom-client'
import type { Database } from '../database/open.ts'
import { platformHeldBackSeconds } from '../ledger/history/platform-events.ts'
import type { Metrics } from './metrics.ts'

/** How long a scrape waits for the database. */
const maxReadingMs = 1_000

/** A gauge that each scrape reads from the database; NaN where that does not answer in time. */
export function databaseGauge(
  { registry }: Pick<Metrics, 'registry'>,
  name: string,
  help: string,
  read: () => Promise<number>,
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      const late = delay(maxReadingMs, Number.NaN, { ref: false })
      this.set(await Promise.race([read().catch(() => Number.NaN), late]))
    },
  })
}

/** Shows at /metrics how far the order of all teams is behind. */
export function measurePlatformEvents(metrics: Pick<Metrics, 'registry'>, { pool }: Pick<Database, 'pool'>): void {
  databaseGauge(
    metrics,
    'credits_platform_events_held_back_seconds',
    'For how long a transaction that still writes, anywhere in the cluster, has held back the oldest posting of platformEvents; 0: none is held back.',
    () => platformHeldBackSeconds(pool),
  )
}
