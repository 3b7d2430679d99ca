import type { ServerResponse } from 'node:http'
import { setTimeout as pauseFor } from 'node:timers/promises'
import { z } from 'zod'
import { attempt } from '../api/attempt.ts'
import { expand, type Includes } from '../api/expand.ts'
import { Failure, invalid } from '../api/failure.ts'
import { newId } from '../api/ids.ts'
import { list, readParameters } from '../api/parameters.ts'
import type { Route } from '../api/route.ts'
import type { Origin, Work } from '../api/work.ts'
import type { Log } from '../log.ts'
import { type Exchange, exchanges } from './exchanges.ts'
import type { RequestFault, RequestFaults } from './faults.ts'
import { canonicalForm, type FormFields } from './form.ts'
import type { IdempotencyKeys, Kept } from './idempotency.ts'
import type { RateLimits } from './rate-limits.ts'

export type Call = {
  readonly method: string
  readonly path: string
  readonly form: FormFields
  readonly authorization: string | undefined
  readonly idempotencyKey: string | undefined
}

export type ApiParts = {
  readonly routes: readonly Route[]
  readonly includes: Includes
  readonly keys: IdempotencyKeys
  readonly faults: RequestFaults
  readonly limits: RateLimits
  readonly secretKey: string
  readonly apiVersion: string
  readonly log: Log
  /** Runs it as one transaction, and delivers its events after commit. */
  readonly transact: <T>(origin: Origin, run: (work: Work) => T) => T
}

type Result = Kept & { readonly replayed?: boolean }

/** Answers a call of the API: the answer stored with its key, the result of its route, or Stripe's refusal. */
export async function answerCall(parts: ApiParts, call: Call, response: ServerResponse): Promise<void> {
  const request = newId('req')
  const fault = parts.faults.take(call.method, call.path)
  const key = call.method === 'POST' ? call.idempotencyKey : undefined
  let unlock = () => {}
  let result: Result
  try {
    authorize(parts.secretKey, call.authorization)
    if (fault?.do === 'rate-limit' || !parts.limits.allows(endpointOf(parts.routes, call), performance.now()))
      throw rateLimited
    if (fault?.do === 'refuse') throw refusedBy(fault)
    if (key !== undefined) unlock = parts.keys.lock(key)
    result = carryOut(parts, call, { request, key, fault })
    if (fault?.do === 'delay') await pauseFor(fault.ms ?? 0)
  } catch (error) {
    result = { request, ...refusal(parts.log, error) }
  }
  unlock()
  if (exchanges.hasSubscribers) exchanges.publish(exchangeOf(parts, call, result))
  if (fault?.do === 'cut-after') {
    response.destroy()
    return
  }
  response.writeHead(result.status, {
    'Content-Type': 'application/json',
    'Request-Id': request,
    'Stripe-Version': parts.apiVersion,
    ...(key === undefined ? {} : { 'Idempotency-Key': key, 'Original-Request': result.request }),
    ...(result.replayed === true ? { 'Idempotent-Replayed': 'true' } : {}),
    ...(result.status >= 500 ? { 'Stripe-Should-Retry': 'false' } : {}),
  })
  response.end(result.body)
}

const exchangeOf = ({ routes, apiVersion }: ApiParts, call: Call, { status, body }: Result): Exchange => ({
  endpoint: endpointOf(routes, call),
  form: call.form,
  apiVersion,
  status,
  answer: JSON.parse(body),
})

type Execution = {
  readonly request: string
  readonly key: string | undefined
  readonly fault: RequestFault | undefined
}

function carryOut(parts: ApiParts, call: Call, { request, key, fault }: Execution): Result {
  const { expand: paths, ...form } = call.form
  const fingerprint = `${call.method} ${call.path}\n${canonicalForm(call.form)}`
  return parts.transact({ id: request, idempotency_key: key ?? null }, (work) => {
    const kept = key === undefined ? undefined : parts.keys.replay(key, fingerprint, work.now)
    if (kept !== undefined) return { ...kept, replayed: true }
    let result: Result
    if (fault?.do === 'fail-before') result = { request, ...refusal(parts.log, broken) }
    else {
      const run = prepare(parts.routes, call.method, call.path, form)
      const expanded = readParameters(expandable, paths === undefined ? {} : { expand: paths }).expand ?? []
      result = { request, ...outcome(parts.log, work, () => expand(work, parts.includes, run(work), expanded)) }
      if (fault?.do === 'fail-after') result = { request, ...refusal(parts.log, broken) }
    }
    if (key !== undefined) parts.keys.keep(key, fingerprint, result, work.now)
    return result
  })
}

const expandable = z.strictObject({ expand: list(z.string()).optional() })

/** The answer of work that has begun. A refusal undoes the work, unless it says otherwise. */
function outcome(log: Log, work: Work, run: () => unknown): { status: number; body: string } {
  try {
    const answer = attempt(work, () => JSON.stringify(run(), null, 2))
    if (typeof answer === 'string') return { status: 200, body: answer }
    if (answer.fate === 'not-begun') throw answer
    return refusal(log, answer)
  } catch (error) {
    if (error instanceof Failure) throw error
    return refusal(log, error)
  }
}

/** The named operation that the call requests; a path that there is not is its own. */
function endpointOf(routes: readonly Route[], { method, path }: Call): string {
  const route = routes.find((known) => known.method === method && known.path.test(path))
  return `${method} ${route?.name ?? 'unknown'}`
}

function prepare(routes: readonly Route[], method: string, path: string, form: FormFields) {
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null
    if (match !== null) return route.prepare(form, match.slice(1).map(decodeURIComponent))
  }
  const message = `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`
  throw new Failure(404, { type: 'invalid_request_error', message }, 'not-begun')
}

function authorize(secretKey: string, authorization: string | undefined): void {
  const given = authorization?.replace(/^Bearer /, '')
  if (given === secretKey) return
  const message =
    given === undefined || given === ''
      ? "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
      : `Invalid API Key provided: ${given.slice(0, 8)}****${given.slice(-4)}`
  throw new Failure(401, { type: 'invalid_request_error', message }, 'not-begun')
}

const rateLimited = new Failure(
  429,
  {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message:
      'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
  },
  'not-begun',
)

const refusedBy = ({ status = 403, error }: RequestFault): Failure =>
  new Failure(
    status,
    { type: 'invalid_request_error', message: 'It was refused as the sandbox was asked to.', ...error },
    'not-begun',
  )

const broken = new Failure(500, {
  type: 'api_error',
  message: 'An unknown error occurred while processing your request. It was a fault that the sandbox was asked for.',
})

function refusal(log: Log, error: unknown): { status: number; body: string } {
  const failure = error instanceof Failure ? error : unexpected(log, error)
  return { status: failure.status, body: JSON.stringify({ error: failure.body }, null, 2) }
}

function unexpected(log: Log, error: unknown): Failure {
  if (error instanceof URIError) return invalid('The path is not a well-formed address')
  log(error)
  return new Failure(500, { type: 'api_error', message: 'The sandbox has a fault: see its output' })
}
