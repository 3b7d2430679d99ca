import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { sharing } from '../concurrency/sharing.ts'
import { reached } from './stripe-faults.ts'

/** Whether events belong to the account and the mode of the gateway's key. */
export type EventScope = { includes(event: Stripe.Event): Promise<boolean> }

/** `sk_live_…`, `rk_test_…`; null: the key does not say its mode. */
export const modeOf = (secretKey: string): 'live' | 'test' | null => {
  const mode = /^[a-z]+_(live|test)_/.exec(secretKey)?.[1]
  return mode === 'live' || mode === 'test' ? mode : null
}

/**
 * An endpoint may receive events of the other mode, of connected accounts, or of all accounts of an organization. The
 * log warns of each kind once: such events have no effect.
 */
export function createEventScope(stripe: Stripe, mode: 'live' | 'test' | null, log: Logger): EventScope {
  const warned = new Set<string>()
  const shared = sharing<string, string>()
  let own: string | undefined

  const ownAccount = () => shared('', () => reached(async () => (await stripe.accounts.retrieveCurrent()).id))

  function warn(kind: string, event: Stripe.Event, message: string): false {
    if (!warned.has(kind)) log.warn({ event: event.id, type: event.type }, message)
    warned.add(kind)
    return false
  }

  return {
    async includes(event) {
      if (mode !== null && event.livemode === (mode === 'test')) {
        return warn(
          'mode',
          event,
          'Events of the other mode arrive: the webhook and STRIPE_SECRET_KEY must have one mode',
        )
      }
      const account = event.account ?? event.context
      if (account === undefined) return true
      own ??= await ownAccount()
      if (account === own) return true
      return warn('account', event, 'Events of another account arrive: let the endpoint send those of its own account')
    },
  }
}
