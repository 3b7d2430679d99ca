import { Gauge } from 'prom-client'
import { differenceKinds } from '../payments/differences.ts'
import type { OpenPayments } from '../payments/open-payments.ts'
import type { Metrics } from './metrics.ts'

/** Shows at /metrics the last comparison of payments at Stripe with purchases. */
export function measurePayments(
  { registry, gauge }: Pick<Metrics, 'registry' | 'gauge'>,
  { lastReconciliation }: Pick<OpenPayments, 'lastReconciliation'>,
): void {
  new Gauge({
    name: 'credits_payment_differences',
    help: 'Differences between payments at Stripe and purchases that the last comparison found, by kind.',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      const { differences } = lastReconciliation()
      for (const kind of differenceKinds) this.set({ kind }, differences.filter((one) => one.kind === kind).length)
    },
  })
  gauge(
    'credits_payments_compared_timestamp_seconds',
    'When payments were last compared with purchases, by the clock of the ledger; 0: not yet.',
    () => (lastReconciliation().doneAt ?? 0) / 1000,
  )
}
