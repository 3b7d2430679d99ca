import { newId } from '../api/ids.ts'
import { parameters } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { openSettings } from '../store/settings.ts'

/** The account of the secret key, by its id alone. */
export const accountRoutes: readonly Route[] = [
  route('GET', '/v1/account', parameters({}), (work) => ({
    id: openSettings(work.database).once('account', () => newId('acct')),
    object: 'account',
  })),
]
