import { BillingDetailsDocument, type DetailsFragment, SetBillingDetailsDocument } from '../billing/contract.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { LiveReading, type Reading } from './reading.ts'
import { fieldOf, type TeamScope } from './scope.ts'
import type { Store } from './store.ts'

export type BillingDetails = DetailsFragment
export type BillingDetailsController = Store<Reading<BillingDetails>> & {
  readonly retry: () => Promise<void>
  /** All of them from now on; null or no text removes a part. */
  readonly save: (details: BillingDetails) => Promise<Outcome<unknown>>
}

/** The team as its invoices name it. For admins; anyone else's reading is `forbidden`. */
export function createBillingDetails({ client, teamId }: TeamScope): BillingDetailsController {
  const reading = new LiveReading<BillingDetails>({
    scope: { client, teamId },
    read: async (signal) =>
      fieldOf((await client.request(BillingDetailsDocument, { teamId }, { signal })).billingDetails),
  })
  return {
    subscribe: reading.subscribe,
    getSnapshot: reading.getSnapshot,
    retry: reading.retry,
    save: async (details) => {
      const input = { ...details, teamId }
      const send = async () => (await client.request(SetBillingDetailsDocument, { input })).setBillingDetails
      const outcome = await outcomeOf('Team', send)
      if (outcome.ok) {
        reading.set(details)
        await reading.read()
      }
      return outcome
    },
  }
}
