import { z } from 'zod'
import type { Control } from '../http/server.ts'
import type { Controlled } from './controlled.ts'

const requestFault = z.strictObject({
  do: z.enum(['delay', 'fail-after', 'fail-before', 'cut-after', 'rate-limit', 'refuse']),
  method: z.string().optional(),
  path: z.string().optional(),
  times: z.int().positive().optional(),
  ms: z.int().nonnegative().optional(),
  status: z.int().min(400).max(499).optional(),
  error: z.strictObject({ message: z.string(), code: z.string().optional(), param: z.string().optional() }).optional(),
})

const common = { times: z.int().positive().optional(), type: z.string().optional() }
const webhookFault = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('duplicate'), ...common }),
  z.strictObject({ do: z.literal('drop'), ...common }),
  z.strictObject({ do: z.literal('delay'), ms: z.int().nonnegative(), ...common }),
])

const decline = z.strictObject({
  code: z.string(),
  customer: z.string().optional(),
  times: z.int().positive().optional(),
})
const ended = z.enum(['succeeded', 'failed'])
const payment = z.strictObject({ payment_intent: z.string() })
const renewal = z.strictObject({
  payment_method: z.string(),
  number: z.string().optional(),
  exp_month: z.int().min(1).max(12).optional(),
  exp_year: z.int().positive().optional(),
})

type Action = (sandbox: Controlled, body: unknown) => unknown

const action =
  <T>(schema: z.ZodType<T>, run: (sandbox: Controlled, given: T) => unknown): Action =>
  (sandbox, body) =>
    run(sandbox, schema.parse(body))

/** The actions below `/sandbox/`, with a JSON body. */
const actions: Readonly<Record<string, Action>> = {
  'GET /sandbox/webhooks/deliveries': (sandbox) => sandbox.webhooks.deliveries(),
  'GET /sandbox/clock': (sandbox) => ({ now: sandbox.clock.now() }),
  'POST /sandbox/clock/advance': action(
    z.strictObject({ seconds: z.number().nonnegative() }),
    (sandbox, { seconds }) => {
      sandbox.clock.advance(seconds)
      return { now: sandbox.clock.now() }
    },
  ),
  'POST /sandbox/faults': action(requestFault, (sandbox, fault) => sandbox.faults.add(fault)),
  'DELETE /sandbox/faults': (sandbox) => {
    sandbox.faults.clear()
    sandbox.webhooks.clearFaults()
  },
  'POST /sandbox/banks/decline': action(decline, (sandbox, given) => sandbox.banks.decline(given)),
  'POST /sandbox/banks/finish': action(
    z.strictObject({ payment_intent: z.string(), end: ended }),
    (sandbox, { payment_intent, end }) => sandbox.banks.finish(payment_intent, end),
  ),
  'POST /sandbox/banks/finish-refund': action(
    z.strictObject({ refund: z.string(), end: ended }),
    (sandbox, { refund, end }) => sandbox.banks.finishRefund(refund, end),
  ),
  'POST /sandbox/banks/dispute': action(
    z.strictObject({
      payment_intent: z.string(),
      amount: z.int().positive().optional(),
      kind: z.enum(['dispute', 'inquiry', 'prevented']).optional(),
    }),
    (sandbox, { payment_intent, amount, kind }) => ({ dispute: sandbox.banks.dispute(payment_intent, amount, kind) }),
  ),
  'POST /sandbox/banks/decide-dispute': action(
    z.strictObject({
      dispute: z.string(),
      end: z.enum(['won', 'lost', 'warning_closed', 'needs_response', 'appeal_needs_response']),
    }),
    (sandbox, { dispute, end }) => sandbox.banks.decideDispute(dispute, end),
  ),
  'POST /sandbox/banks/warn-of-fraud': action(payment, (sandbox, { payment_intent }) => ({
    early_fraud_warning: sandbox.banks.warnOfFraud(payment_intent),
  })),
  'POST /sandbox/banks/review': action(payment, (sandbox, { payment_intent }) => ({
    review: sandbox.banks.review(payment_intent),
  })),
  'POST /sandbox/banks/renew-card': action(renewal, (sandbox, { payment_method, ...card }) =>
    sandbox.banks.renewCard(payment_method, card),
  ),
  'POST /sandbox/banks/pay-out': (sandbox) => ({ payouts: sandbox.banks.payOut() }),
  'POST /sandbox/billing/after-retries': action(
    z.strictObject({ choice: z.enum(['cancel', 'unpaid']) }),
    (sandbox, { choice }) => sandbox.billing.afterRetries(choice),
  ),
  'POST /sandbox/webhooks/faults': action(webhookFault, (sandbox, fault) => sandbox.webhooks.fault(fault)),
  'POST /sandbox/webhooks/address': action(z.strictObject({ url: z.url() }), (sandbox, { url }) =>
    sandbox.deliverTo(url),
  ),
  'POST /sandbox/webhooks/version': action(
    z.strictObject({ api_version: z.string().regex(/^\d{4}-\d{2}-\d{2}(\.\w+)?$/) }),
    (sandbox, { api_version }) => sandbox.webhooks.version(api_version),
  ),
  'POST /sandbox/webhooks/hold': (sandbox) => sandbox.webhooks.hold(),
  'POST /sandbox/webhooks/release': action(z.strictObject({ reverse: z.boolean().optional() }), (sandbox, how) =>
    sandbox.webhooks.release(how),
  ),
  'POST /sandbox/webhooks/redeliver': action(z.strictObject({ event: z.string() }), (sandbox, { event }) =>
    sandbox.webhooks.redeliver(event),
  ),
  'POST /sandbox/webhooks/idle': (sandbox) => sandbox.idle(),
}

export type ControlCall = {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly authorization: string | undefined
}

/** Answers `/sandbox/…` for callers with the secret key; 400 says what is wrong with the body. */
export async function control(sandbox: Controlled, call: ControlCall): Promise<Control> {
  const { method, path, body, authorization } = call
  if (authorization !== `Bearer ${sandbox.secretKey}`) {
    return { status: 401, body: { error: 'Send the secret key as a bearer token' } }
  }
  const run = actions[`${method} ${path}`]
  if (run === undefined) return { status: 404, body: { error: `There are: ${Object.keys(actions).join(', ')}` } }
  try {
    return { status: 200, body: (await run(sandbox, body === '' ? {} : JSON.parse(body))) ?? { done: true } }
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    return { status: 400, body: { error: message } }
  }
}
