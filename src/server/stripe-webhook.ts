import type { Logger } from 'pino'
import { Stripe } from 'stripe'
import { isConnectionLost } from '../database/errors.ts'
import { LaneFull } from '../ledger/lane.ts'
import { LedgerUnavailable } from '../ledger/until-reached.ts'
import type { StripeEvents } from '../payments/stripe-events.ts'
import { readBody } from './body.ts'
import type { Route } from './http.ts'
import { json } from './json.ts'
import type { Metrics } from './metrics.ts'

const mostBytes = 1_000_000

/**
 * Where Stripe tells what happened. Answers 200 after the event's effect is committed, also for types that have none; 400
 * where the signature is not Stripe's or older than five minutes; 503 where it can't be kept now, so that Stripe sends it
 * again.
 */
export function stripeWebhook(
  { webhooks }: Pick<Stripe, 'webhooks'>,
  secret: string,
  events: StripeEvents,
  { stripeEvents: counter }: Pick<Metrics, 'stripeEvents'>,
  log: Logger,
): Route {
  return async (request, response) => {
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST')
      return json(response, 405, { message: 'Stripe posts its events here: use POST' })
    }
    const body = await readBody(request, mostBytes)
    let event: Stripe.Event
    try {
      event = webhooks.constructEvent(body, request.headers['stripe-signature'] ?? '', secret)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError) && !(error instanceof SyntaxError))
        throw error
      counter.inc({ type: 'unsigned', result: 'refused' })
      return json(response, 400, { message: 'The signature is not right: check STRIPE_WEBHOOK_SECRET and the clock' })
    }
    const { type } = event
    try {
      const result = await events.handle(event)
      counter.inc({ type, result })
      json(response, 200, { received: true })
    } catch (error) {
      counter.inc({ type, result: 'failed' })
      const passes = error instanceof LedgerUnavailable || error instanceof LaneFull || isConnectionLost(error)
      log[passes ? 'warn' : 'error']({ err: error, event: event.id, type }, 'An event of Stripe could not be kept')
      json(response, passes ? 503 : 500, { message: 'Send it again' })
    }
  }
}
