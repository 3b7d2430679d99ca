import type Stripe from 'stripe'

/** The `error` of an answer, as Stripe writes it. */
export type ErrorBody = {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  message: string
  code?: string
  param?: string
  decline_code?: string
  advice_code?: string
  network_decline_code?: string
  network_advice_code?: string
  charge?: string
  doc_url?: string
  payment_intent?: Stripe.PaymentIntent
  payment_method?: Stripe.PaymentMethod
  setup_intent?: Stripe.SetupIntent
}

/** The fate of the work and of its idempotency key. */
export type Fate = 'not-begun' | 'undone' | 'done'

/**
 * A request that is refused. `not-begun`: nothing was executed, the idempotency key stays free. `undone`: the work is
 * undone, the answer stays with the key. `done`: the work stays (a declined charge is a charge).
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly status: number
  readonly body: ErrorBody
  readonly fate: Fate

  constructor(status: number, body: ErrorBody, fate: Fate = 'undone') {
    super(body.message)
    this.status = status
    this.fate = fate
    const { code } = body
    this.body = code === undefined ? body : { ...body, doc_url: docUrlOf(code) }
  }
}

/** The page about an error code. */
export const docUrlOf = (code: string): string => `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`

/** 400 of the most common type. */
export function invalid(message: string, more: { code?: string; param?: string } = {}): Failure {
  return new Failure(400, { type: 'invalid_request_error', message, ...more })
}

/** A parameter that cannot be read: nothing was executed. */
export function invalidParameter(message: string, more: { code?: string; param?: string }): Failure {
  return new Failure(400, { type: 'invalid_request_error', message, ...more }, 'not-begun')
}

/** 404 if the path names the object, 400 if a parameter does. */
export function missing(noun: string, id: string, param?: string, isPath = param === undefined): Failure {
  const message = `No such ${noun}: '${id}'${noun === 'PaymentMethod' ? elsewhere : ''}`
  const status = isPath ? 404 : 400
  return new Failure(status, { type: 'invalid_request_error', code: 'resource_missing', message, param: param ?? 'id' })
}

const elsewhere =
  "; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this request on that connected account. Learn more at https://stripe.com/docs/connect/authentication"
