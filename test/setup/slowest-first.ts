import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest, the longest first. A file that starts last and takes a minute makes the whole run a minute longer. */
const slowest = [
  'fault/payments-killed',
  'integration/payments/orderings',
  'integration/client/reconnecting',
  'fault/embedded-postgres',
  'fault/gateway-sweeping',
  'integration/live/lookout',
  'integration/payments/add-ons',
  'property/allowance-model',
  'fault/payments-under-load',
  'fault/live-history',
  'fault/gateway-together',
  'integration/payments/subscriptions',
  'integration/live/hint-bus',
  'fault/hint-bus-lost',
  'integration/payments/at-once',
  'integration/server/starting',
  'integration/ledger/verify-ledger',
  'property/shared-stream',
  'property/ledger-model',
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
