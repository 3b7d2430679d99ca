import { PostingDocument, type PostingQuery, RefundChargeDocument } from '../billing/contract.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { LiveReading, type Reading } from './reading.ts'
import { fieldOf, type TeamScope } from './scope.ts'
import type { Store } from './store.ts'

type Node = Exclude<NonNullable<PostingQuery['node']>, Record<PropertyKey, never>>
export type PostingDetail = { readonly mayRefund: boolean; readonly posting: Node }
export type Subject = NonNullable<Node['subject']>

export type PostingController = Store<Reading<PostingDetail>> & {
  readonly retry: () => Promise<void>
  /** Without an amount: all that is left of the charge. The same key tried again gives back once. */
  readonly refund: (refund: {
    chargeId: string
    amount: string | null
    reason: string
    key: string
  }) => Promise<Outcome<unknown>>
}

/** One line of the activity with what it is about. */
export function createPosting(scope: TeamScope, id: string): PostingController {
  const reading = new LiveReading<PostingDetail>({
    scope,
    read: async (signal) => {
      const { viewer, node } = await scope.client.request(PostingDocument, { id }, { signal })
      return { mayRefund: viewer.role === 'PLATFORM', posting: fieldOf(node) as Node }
    },
  })
  return {
    subscribe: reading.subscribe,
    getSnapshot: reading.getSnapshot,
    retry: reading.retry,
    refund: ({ chargeId, amount, reason, key }) =>
      outcomeOf('Refund', async () => {
        const input = { chargeId, amount, reason, idempotencyKey: key, teamId: scope.teamId }
        return (await scope.client.request(RefundChargeDocument, { input })).refundCharge
      }),
  }
}
