import { GrantsDocument, type GrantsQuery } from '../billing/contract.ts'
import { LiveReading, type Reading } from './reading.ts'
import { type TeamScope, teamOf } from './scope.ts'
import type { Store } from './store.ts'

export type Grant = NonNullable<GrantsQuery['team']>['grants'][number]
export type GrantsController = Store<Reading<readonly Grant[]>> & { readonly retry: () => Promise<void> }

/** Open grants in the order in which they will be burned. */
export function createGrants(scope: TeamScope): GrantsController {
  return new LiveReading<readonly Grant[]>({
    scope,
    follows: () => true,
    read: async (signal) =>
      teamOf(await scope.client.request(GrantsDocument, { teamId: scope.teamId }, { signal })).grants,
  })
}
