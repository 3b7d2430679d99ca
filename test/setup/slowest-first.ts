import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * A worker runs files of one project only, so each project's files are started together. The small files of the last one fill the
 * end of a run: a file of one minute that starts last makes the run a minute longer.
 */
const projects = ['fault', 'integration', 'property', 'unit', 'recorded']

/** The slowest files, the slowest of each project first. Source: docs/testing.md. */
const slowest = [
  'fault/payments-killed',
  'fault/payments-under-load',
  'fault/server-client-killed',
  'fault/webhooks',
  'fault/gateway-sweeping',
  'fault/live-history',
  'fault/embedded-postgres',
  'fault/gateway-killed',
  'fault/gateway-together',
  'fault/payments-stripe-fails',
  'fault/payments-out-of-step',
  'fault/hint-bus-lost',
  'fault/gateway-database-lost',
  'integration/payments/orderings',
  'integration/payments/combined-orderings',
  'integration/payments/at-once',
  'browser/money',
  'integration/payments/add-ons',
  'browser/credits-pill',
  'browser/screenshots',
  'integration/payments/subscriptions',
  'browser/billing',
  'integration/payments/reversed-invoices',
  'integration/ledger/verify-ledger',
  'integration/payments/taxes',
  'integration/server/supervised',
  'integration/client/silent-line',
  'integration/api/matrix/matrix',
  'integration/payments/metered-bills',
  'integration/ledger/member-groups',
  'attack/identity',
  'integration/payments/unit-invoices',
  'integration/server-client/outbox',
  'integration/live/watched-team-poller',
  'browser/currencies',
  'browser/buy',
  'conformance/products/wevion-buying',
  'attack/large-bodies',
  'conformance/products/wevion-recharge',
  'property/allowance-changes',
  'property/ledger-model',
  'property/allowance-model',
  'property/shared-events',
  'property/shared-states',
]

/** Starts the slowest files of a project first; the others follow in the order of their size. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = slowest.findIndex((name) => moduleId.includes(`/test/${name}`))
      return found === -1 ? slowest.length : found
    }
    const placeOfProject = ({ project }: TestSpecification) => projects.indexOf(project.name)
    const bySize = await super.sort(files)
    return bySize.toSorted((one, other) => placeOfProject(one) - placeOfProject(other) || place(one) - place(other))
  }
}
