import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The slowest files, the slowest first. A file of one minute that starts last makes the run a minute longer. Source: docs/testing.md. */
const slowest = [
  'integration/payments/orderings',
  'integration/payments/combined-orderings',
  'fault/payments-killed',
  'integration/payments/at-once',
  'fault/live-history',
  'integration/client/reconnecting',
  'fault/embedded-postgres',
  'fault/payments-under-load',
  'fault/gateway-sweeping',
  'fault/gateway-together',
  'fault/gateway-killed',
  'integration/server/starting',
  'integration/client/silent-line',
  'integration/payments/subscriptions',
  'fault/payments-stripe-fails',
  'fault/hint-bus-lost',
  'integration/ledger/verify-ledger',
  'property/allowance-changes',
  'property/allowance-model',
  'integration/payments/add-ons',
  'fault/payments-out-of-step',
  'property/shared-states',
  'integration/live/lookout',
]

/** Starts the slowest files first; the others follow in the order of their size. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = slowest.findIndex((name) => moduleId.includes(`/test/${name}`))
      return found === -1 ? slowest.length : found
    }
    const bySize = await super.sort(files)
    return bySize.toSorted((one, other) => place(one) - place(other))
  }
}
