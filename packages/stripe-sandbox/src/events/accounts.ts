import type Stripe from 'stripe'
import { newId } from '../api/ids.ts'
import { parameters } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { openSettings } from '../store/settings.ts'

/** The account of the secret key, without its profile, settings and requirements. */
export const accountRoutes: readonly Route[] = [
  route('GET', '/v1/account', parameters({}), (work): Stripe.Account => {
    return {
      id: openSettings(work.database).once('account', () => newId('acct')),
      object: 'account',
      charges_enabled: true,
      country: 'US',
      default_currency: 'usd',
      details_submitted: true,
      email: null,
      payouts_enabled: true,
      type: 'standard',
    }
  }),
]
