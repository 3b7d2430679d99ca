import type { AccountQuery } from '../billing/contract.ts'
import { AccountDocument } from '../billing/contract.ts'
import { LiveReading, type Reading } from './reading.ts'
import { type TeamScope, teamOf } from './scope.ts'
import type { Store } from './store.ts'

export type Account = {
  readonly role: AccountQuery['viewer']['role']
  readonly team: NonNullable<AccountQuery['team']>
}

export type AccountController = Store<Reading<Account>> & { readonly retry: () => Promise<void> }

/** The viewer and its team. */
export function createAccount(scope: TeamScope): AccountController {
  return new LiveReading<Account>({
    scope,
    follows: ({ type }) => type === 'PLAN_CHANGED',
    read: async (signal) => {
      const data = await scope.client.request(AccountDocument, { teamId: scope.teamId }, { signal })
      return { role: data.viewer.role, team: teamOf(data) }
    },
  })
}
