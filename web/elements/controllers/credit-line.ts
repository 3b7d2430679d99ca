import { CreditLineDocument, type CreditLineQuery } from '../billing/contract.ts'
import { LiveReading, type Reading } from './reading.ts'
import { type TeamScope, teamOf } from './scope.ts'
import type { Store } from './store.ts'

export type CreditLine = NonNullable<NonNullable<CreditLineQuery['team']>['creditLine']>
/** `line` null: the team has no credit line. */
export type CreditLineReading = { readonly line: CreditLine | null }
export type CreditLineController = Store<Reading<CreditLineReading>> & { readonly retry: () => Promise<void> }

/** How much a team may owe for work beyond its balance, and what it owes now. */
export function createCreditLine(scope: TeamScope): CreditLineController {
  return new LiveReading<CreditLineReading>({
    scope,
    follows: () => true,
    read: async (signal) => {
      const { creditLine } = teamOf(
        await scope.client.request(CreditLineDocument, { teamId: scope.teamId }, { signal }),
      )
      return { line: creditLine }
    },
  })
}
