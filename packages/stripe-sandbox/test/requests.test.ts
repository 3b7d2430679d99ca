import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { onSession } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

/** Asks as no SDK would: the status and the `error` of the answer. */
async function raw({ url, secretKey }: { url: string; secretKey: string }, path: string, body?: string) {
  const answer = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'application/x-www-form-urlencoded' },
    body,
  })
  const { error } = await answer.json()
  return { status: answer.status, error }
}

test.each([
  ['/v1/customers', 'nmae=Ana', 'parameter_unknown', 'nmae'],
  ['/v1/customers', 'invoice_settings[defualt]=x', 'parameter_unknown', 'invoice_settings[defualt]'],
  ['/v1/payment_intents', 'currency=usd', 'parameter_missing', 'amount'],
  ['/v1/payment_intents', 'amount=12.5&currency=usd', 'parameter_invalid_integer', 'amount'],
  ['/v1/payment_intents', 'amount=0&currency=usd', 'parameter_invalid_integer', 'amount'],
  ['/v1/payment_intents', 'amount=500&currency=usd&description=', 'parameter_invalid_empty', 'description'],
  ['/v1/payment_intents', 'amount=500&currency=usd&customer=cus_none', 'resource_missing', 'customer'],
  ['/v1/payment_intents', 'amount=500&currency=credits', undefined, 'currency'],
  ['/v1/payment_intents', 'amount=500&currency=usd&off_session=true', undefined, 'off_session'],
  ['/v1/payment_intents', 'amount=500&currency=usd&confirm=maybe', undefined, 'confirm'],
  ['/v1/customers', 'email=nobody', 'email_invalid', 'email'],
  ['/v1/checkout/sessions', 'mode=payment&success_url=http://a.example', 'parameter_missing', 'line_items'],
  ['/v1/checkout/sessions', 'mode=gift&success_url=http://a.example', undefined, 'mode'],
  ['/v1/checkout/sessions', 'mode=payment&success_url=here', 'url_invalid', 'success_url'],
  [
    '/v1/checkout/sessions',
    'mode=payment&success_url=http://a.example&line_items[0][price_data][currency]=usd&line_items[0][price_data][product_data][name]=x',
    'parameter_missing',
    'line_items[0][price_data][unit_amount]',
  ],
])('POST %s with %s is refused: %s', async (path, body, code, param) => {
  const { sandbox } = await openScene()
  const { status, error } = await raw(sandbox, path, body)
  expect({ status, error }).toMatchObject({ status: 400, error: { type: 'invalid_request_error', param } })
  expect(error.code).toBe(code)
  expect(error.message).not.toBe('')
})

test('What there is not is refused with 404', async () => {
  const { sandbox, stripe } = await openScene()
  expect(await raw(sandbox, '/v1/nothing')).toMatchObject({
    status: 404,
    error: { type: 'invalid_request_error', message: expect.stringContaining('(GET: /v1/nothing)') },
  })
  expect(await refusalOf(stripe.paymentIntents.retrieve('pi_none'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    param: 'id',
    doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
  })
})

test('A list has pages in both directions, newest first, and the SDK walks them', async () => {
  const { sandbox, stripe } = await openScene()
  const made: string[] = []
  for (let n = 0; n < 25; n++) {
    made.unshift((await stripe.customers.create({ name: `${n}` })).id)
    if (n === 9) sandbox.clock.advance(60)
  }
  const ids = ({ data }: Stripe.ApiList<Stripe.Customer>) => data.map(({ id }) => id)
  const first = await stripe.customers.list()
  expect([ids(first), first.has_more, first.url]).toEqual([made.slice(0, 10), true, '/v1/customers'])
  const last = await stripe.customers.list({ limit: 100, starting_after: made[19] })
  expect([ids(last), last.has_more]).toEqual([made.slice(20), false])
  const back = await stripe.customers.list({ limit: 5, ending_before: made[8] })
  expect([ids(back), back.has_more]).toEqual([made.slice(3, 8), true])
  expect((await stripe.customers.list({ limit: 7 }).autoPagingToArray({ limit: 100 })).map(({ id }) => id)).toEqual(
    made,
  )

  const { created } = await stripe.customers.retrieve(made[24] ?? '').then((one) => ('created' in one ? one : raised()))
  expect(ids(await stripe.customers.list({ created: { lte: created + 30 }, limit: 100 }))).toEqual(made.slice(15))
  expect(ids(await stripe.customers.list({ created: { gt: created + 30 }, limit: 100 }))).toEqual(made.slice(0, 15))
  for (const wrong of [{ limit: 101 }, { limit: 0 }, { starting_after: 'cus_none' }]) {
    expect(await refusalOf(stripe.customers.list(wrong))).toMatchObject({
      statusCode: 400,
      param: Object.keys(wrong)[0],
    })
  }
})

const raised = (): never => {
  throw new Error('The customer is deleted')
}

test('expand goes into lists and through objects; what cannot be expanded is refused', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create({ email: 'ana@example.com' })
  await stripe.paymentIntents.create(onSession(customer, 'pm_card_visa'))
  const { data } = await stripe.paymentIntents.list({ expand: ['data.latest_charge.customer', 'data.payment_method'] })
  expect(data).toMatchObject([
    { latest_charge: { customer: { email: 'ana@example.com' } }, payment_method: { card: { last4: '4242' } } },
  ])
  expect(await refusalOf(stripe.paymentIntents.list({ expand: ['data.status'] }))).toMatchObject({ param: 'expand' })
})

test('The same key and parameters get the same answer, marked as replayed', async () => {
  const { stripe } = await openScene()
  const once = () => stripe.customers.create({ name: 'Ana' }, { idempotencyKey: 'k1' })
  const first = await once()
  const again = await once()
  expect(again.id).toBe(first.id)
  expect((await stripe.customers.list()).data).toHaveLength(1)
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined()
  expect(again.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'idempotency-key': 'k1',
    'original-request': first.lastResponse.requestId,
  })
  expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId)
  const [event] = (await stripe.events.list()).data
  expect(event?.request).toEqual({ id: first.lastResponse.requestId, idempotency_key: 'k1' })
})

test('The same key with other parameters, or for another call, is refused', async () => {
  const { stripe } = await openScene()
  const key = { idempotencyKey: 'k1' }
  const { id } = await stripe.customers.create({ name: 'Ana' }, key)
  const calls = [stripe.customers.create({ name: 'Ben' }, key), stripe.customers.update(id, { name: 'Ana' }, key)]
  for (const refused of await Promise.all(calls.map(refusalOf))) {
    expect(refused).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' })
  }
})

test('A key is forgotten after 24 hours of the clock', async () => {
  const { sandbox, stripe } = await openScene()
  const create = () => stripe.customers.create({ name: 'Ana' }, { idempotencyKey: 'k1' })
  const first = await create()
  sandbox.clock.advance(24 * 3600 - 5)
  expect((await create()).id).toBe(first.id)
  sandbox.clock.advance(10)
  expect((await create()).id).not.toBe(first.id)
})

test('A decline stays with its key; what was never carried out leaves the key free', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const pay = () =>
    stripe.paymentIntents.create(onSession(customer, 'pm_card_visa_chargeDeclined'), { idempotencyKey: 'k1' })
  const first = await refusalOf(pay())
  const again = await refusalOf(pay())
  expect(again).toMatchObject({ statusCode: 402, charge: first.charge, headers: { 'idempotent-replayed': 'true' } })
  expect((await stripe.charges.list({ customer })).data).toHaveLength(1)

  const key = { idempotencyKey: 'k2' }
  expect(await refusalOf(stripe.paymentIntents.create({ amount: 0, currency: 'usd' }, key))).toMatchObject({
    param: 'amount',
  })
  expect(await stripe.paymentIntents.create({ amount: 500, currency: 'usd' }, key)).toMatchObject({ amount: 500 })
})

test('While a request is under way its key is taken', async () => {
  const { sandbox, stripe } = await openScene()
  sandbox.faults.add({ do: 'delay', ms: 1500, method: 'POST', path: '/v1/customers' })
  const create = () => stripe.customers.create({ name: 'Ana' }, { idempotencyKey: 'k1' })
  const [one, other] = await Promise.allSettled([create(), create()])
  const refused = [one, other].find(({ status }) => status === 'rejected')
  expect(refused).toMatchObject({ reason: { statusCode: 409, code: 'idempotency_key_in_use' } })
  expect((await stripe.customers.list()).data).toHaveLength(1)
  await create()
  expect((await stripe.customers.list()).data).toHaveLength(1)
})

test('Answers carry the version that the SDK pins', async () => {
  const { stripe } = await openScene()
  const { lastResponse } = await stripe.customers.list()
  expect(lastResponse.apiVersion).toBe(Stripe.API_VERSION)
})

test('The account of the key has one id', async () => {
  const { stripe } = await openScene()
  const { id } = await stripe.accounts.retrieveCurrent()
  expect(id).toMatch(/^acct_/)
  expect(await stripe.accounts.retrieveCurrent()).toMatchObject({ id })
})
