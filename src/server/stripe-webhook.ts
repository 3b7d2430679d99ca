import type { Logger } from 'pino'
import { Stripe } from 'stripe'
import { z } from 'zod'
import { isOutage, levelOf } from '../payments/outages.ts'
import type { StripeEvents } from '../payments/stripe-events.ts'
import { readBody } from './body.ts'
import { json } from './json.ts'
import type { Metrics } from './metrics.ts'
import type { Route } from './route.ts'

const maxBytes = 1_000_000

/** An event, or a thin one of the newer kind (`v2.core.event`), which only names what happened and has no effect here. */
type Told = Stripe.Event | Pick<Stripe.V2.Core.EventNotification, 'object' | 'type'>

const event = z.object({
  object: z.literal('event'),
  id: z.string(),
  type: z.string(),
  created: z.number(),
  data: z.object({ object: z.looseObject({}) }),
})
const thinEvent = z.object({ object: z.literal('v2.core.event'), type: z.string() })
const isTold = (value: unknown): value is Told => event.safeParse(value).success || thinEvent.safeParse(value).success

/** Null: it is no event. */
function readEvent(body: string): Told | null {
  try {
    const value: unknown = JSON.parse(body)
    return isTold(value) ? value : null
  } catch {
    return null
  }
}

export type StripeWebhookOptions = {
  readonly stripe: Pick<Stripe, 'webhooks'>
  /** The signing secret of the endpoint at Stripe. */
  readonly secret: string
  readonly events: Pick<StripeEvents, 'handle'>
  readonly metrics: Pick<Metrics, 'stripeEvents'>
  readonly log: Logger
}

/**
 * Receives the events of Stripe. Answers 200 after the event's effect is committed, also for types without one; 400 if
 * the signature is not Stripe's or older than five minutes, or the signed body is no event; 503 if the event can't be
 * stored now, so that Stripe sends it again.
 */
export function stripeWebhook({ stripe, secret, events, metrics, log }: StripeWebhookOptions): Route {
  const { signature } = stripe.webhooks
  const { stripeEvents: counter } = metrics
  if (signature === null) throw new Error('The SDK can not verify signatures')
  let hasWarned = false
  return async (request, response, held) => {
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST')
      return json(response, 405, { message: 'Stripe posts its events here: use POST' })
    }
    const body = await readBody(request, maxBytes, held)
    try {
      signature.verifyHeader(body, request.headers['stripe-signature'] ?? '', secret)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error
      counter.inc({ type: 'unsigned', result: 'refused' })
      return json(response, 400, { message: 'The signature is not right: check STRIPE_WEBHOOK_SECRET and the clock' })
    }
    const event = readEvent(body)
    if (event === null) {
      counter.inc({ type: 'unreadable', result: 'refused' })
      return json(response, 400, { message: 'This is no event of Stripe: post it as it was signed' })
    }
    const { type } = event
    if (event.object !== 'event') {
      if (!hasWarned)
        log.warn({ type }, 'Thin events of Stripe arrive, which have no effect: let the endpoint send snapshots')
      hasWarned = true
      counter.inc({ type, result: 'ignored' })
      return json(response, 200, { received: true })
    }
    try {
      const result = await events.handle(event)
      counter.inc({ type, result })
      json(response, 200, { received: true })
    } catch (error) {
      counter.inc({ type, result: 'failed' })
      log[levelOf(error)]({ err: error, event: event.id, type }, 'An event of Stripe could not be kept')
      json(response, isOutage(error) ? 503 : 500, { message: 'Send it again' })
    }
  }
}
