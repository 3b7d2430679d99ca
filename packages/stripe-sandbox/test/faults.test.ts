import { expect, test } from 'vitest'
import { openScene, refusalOf } from './scene.ts'

const path = '/v1/customers'

test('fail-after: 500 although it was carried out, and the key keeps the 500', async () => {
  const { sandbox, stripe } = await openScene()
  sandbox.faults.add({ do: 'fail-after', method: 'POST', path })
  const create = () => stripe.customers.create({}, { idempotencyKey: 'k1' })
  expect(await refusalOf(create())).toMatchObject({ statusCode: 500, type: 'StripeAPIError' })
  expect(await refusalOf(create())).toMatchObject({ statusCode: 500, headers: { 'idempotent-replayed': 'true' } })
  expect((await stripe.customers.list()).data).toHaveLength(1)
})

test('fail-before: 500, nothing was carried out', async () => {
  const { sandbox, stripe } = await openScene()
  sandbox.faults.add({ do: 'fail-before', method: 'POST', path, times: 2 })
  for (const key of ['k1', 'k2']) {
    expect(await refusalOf(stripe.customers.create({}, { idempotencyKey: key }))).toMatchObject({ statusCode: 500 })
  }
  expect((await stripe.customers.list()).data).toEqual([])
  expect((await stripe.events.list()).data).toEqual([])
  await stripe.customers.create({}, { idempotencyKey: 'k3' })
})

test('cut-after: carried out, no answer; the key finds it', async () => {
  const { sandbox, stripe } = await openScene()
  // The SDK tries once more by itself after a cut.
  sandbox.faults.add({ do: 'cut-after', method: 'POST', path, times: 2 })
  const create = () => stripe.customers.create({}, { idempotencyKey: 'k1' })
  expect(await refusalOf(create())).toMatchObject({ type: 'StripeConnectionError' })
  const [made] = (await stripe.customers.list()).data
  expect(await create()).toMatchObject({ id: made?.id })
})

test('rate-limit: 429, the key stays free', async () => {
  const { sandbox, stripe } = await openScene()
  sandbox.faults.add({ do: 'rate-limit' })
  const create = () => stripe.customers.create({}, { idempotencyKey: 'k1' })
  expect(await refusalOf(create())).toMatchObject({ statusCode: 429, type: 'StripeRateLimitError' })
  expect(await create()).toMatchObject({ object: 'customer' })
})

test('delay: a client that gives up is not told, and it was carried out', async () => {
  const { sandbox, stripe } = await openScene()
  sandbox.faults.add({ do: 'delay', ms: 60_000, method: 'POST', path })
  expect(await refusalOf(stripe.customers.create({}, { timeout: 200 }))).toMatchObject({
    type: 'StripeConnectionError',
  })
  expect((await stripe.customers.list()).data).toHaveLength(1)
})

test('refuse: the status and the error that were given, the key stays free', async () => {
  const { sandbox, stripe } = await openScene()
  const error = { message: "Having the 'rak_customer_write' permission would allow this request to continue." }
  sandbox.faults.add({ do: 'refuse', method: 'POST', path, error })
  const create = () => stripe.customers.create({}, { idempotencyKey: 'k1' })
  expect(await refusalOf(create())).toMatchObject({ statusCode: 403, type: 'StripePermissionError', ...error })
  expect(await create()).toMatchObject({ object: 'customer' })
})

test('clear calls off what is left', async () => {
  const { sandbox, stripe } = await openScene()
  sandbox.faults.add({ do: 'rate-limit', times: 100 })
  sandbox.faults.clear()
  await stripe.customers.list()
})
