import type { RequestFaults } from '../http/faults.ts'
import type { Webhooks } from '../webhooks/deliverer.ts'
import type { BillingControl } from './billing.ts'
import type { BankControl } from './payments.ts'

/** The parts of a sandbox that a test or a demo may steer. */
export type Controlled = {
  readonly secretKey: string
  /** See `Webhooks.deliverTo`. */
  deliverTo(webhookUrl: string): void
  /** See `Webhooks.idle`. */
  idle(): Promise<void>
  readonly faults: Pick<RequestFaults, 'add' | 'clear'>
  readonly webhooks: Webhooks & {
    /** Sets the account's API version: the next events have it. */
    version(apiVersion: string): void
  }
  readonly banks: BankControl
  readonly billing: BillingControl
  readonly clock: {
    now(): number
    /** Alarms that become due meanwhile run in order, each at its own instant, before this returns. */
    advance(seconds: number): void
  }
}
