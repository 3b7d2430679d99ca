import { Counter, Histogram } from 'prom-client'
import type { Database } from '../database/open.ts'
import type { SenderReport } from '../partners/measured-post.ts'
import { deliveryOutcomes } from '../partners/measured-post.ts'
import { databaseGauge } from './database-metrics.ts'
import type { Metrics } from './metrics.ts'

const countDisabled =
  'select count(*)::int as count from webhook_endpoint where disabled_at is not null and deleted_at is null'

/** Shows at /metrics what this gateway sends to partners; called with each report of its sender. */
export function measureWebhooks(
  metrics: Pick<Metrics, 'registry' | 'gauge'>,
  { pool }: Pick<Database, 'pool'>,
): (report: SenderReport) => void {
  const { registry, gauge } = metrics
  const registers = [registry]
  const attempts = new Counter({
    name: 'credits_webhook_attempts_total',
    help: 'Attempts of this gateway to deliver an event: delivered, refused by another status than 2xx, or unanswered.',
    labelNames: ['outcome'] as const,
    registers,
  })
  const answers = new Histogram({
    name: 'credits_webhook_answer_seconds',
    help: 'From the beginning of an attempt to the end of its answer, whatever its status.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  for (const outcome of deliveryOutcomes) attempts.inc({ outcome: outcome.toLowerCase() }, 0)
  let oldestAt: number | null = null
  gauge(
    'credits_webhook_oldest_event_seconds',
    'The age of the oldest event that this gateway has yet to deliver; 0: none waits, or another gateway sends.',
    () => (oldestAt === null ? 0 : Math.max(0, Date.now() - oldestAt) / 1_000),
  )
  databaseGauge(
    metrics,
    'credits_webhook_endpoints_disabled',
    'Endpoints that are disabled and not deleted.',
    async () => {
      const { rows } = await pool.query<{ count: number }>({ name: 'webhooks-disabled', text: countDisabled })
      return rows[0]?.count ?? 0
    },
  )
  return (report) => {
    oldestAt = report.oldestAt
    for (const outcome of deliveryOutcomes) attempts.inc({ outcome: outcome.toLowerCase() }, report.attempts[outcome])
    for (const ms of report.answeredInMs) answers.observe(ms / 1_000)
  }
}
