import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { openEndpoint, openScene } from './scene.ts'

/** A sandbox that delivers to an endpoint, and a customer for each name, made in this order. */
async function openDelivery() {
  const { sandbox, stripe } = await openScene()
  const endpoint = await openEndpoint(sandbox.webhookSecret)
  const make = async (...names: string[]) => {
    for (const name of names) await stripe.customers.create({ name })
  }
  const names = () =>
    endpoint.received.map(({ event }) => (event.type === 'customer.created' ? event.data.object.name : event.type))
  return { sandbox, stripe, endpoint, make, names }
}

test('What happened before there was an address is delivered, too', async () => {
  const { sandbox, endpoint, make, names } = await openDelivery()
  await make('a', 'b', 'c')
  sandbox.deliverTo(endpoint.url)
  await sandbox.idle()
  expect(names()).toEqual(['a', 'b', 'c'])
  expect(sandbox.webhooks.deliveries()).toMatchObject(
    ['a', 'b', 'c'].map(() => ({
      type: 'customer.created',
      state: 'answered',
      attempts: [{ status: 200, failure: null }],
    })),
  )
})

test('What is not answered with 2xx is sent again, while the others go on', async () => {
  const { sandbox, endpoint, make, names } = await openDelivery()
  endpoint.answerNext(500, 200, 500)
  await make('a', 'b')
  sandbox.deliverTo(endpoint.url)
  await sandbox.idle()
  expect(names()).toEqual(['a', 'b', 'a', 'a'])
  const [first] = sandbox.webhooks.deliveries()
  expect(first?.attempts.map(({ status }) => status)).toEqual([500, 500, 200])
  const [one, two, three] = first?.attempts.map(({ atMs }) => atMs) ?? []
  expect((two ?? 0) - (one ?? 0)).toBeGreaterThanOrEqual(1000)
  expect((three ?? 0) - (two ?? 0)).toBeGreaterThanOrEqual(2000)
})

test('An endpoint that cannot be reached is tried for three days of the clock', async () => {
  const { sandbox, make } = await openDelivery()
  await make('a')
  sandbox.deliverTo('http://127.0.0.1:9/webhooks')
  const attempts = () => sandbox.webhooks.deliveries()[0]?.attempts ?? []
  await expect.poll(() => attempts().length).toBe(1)
  sandbox.clock.advance(3 * 24 * 3600)
  await sandbox.idle()
  expect(sandbox.webhooks.deliveries()).toMatchObject([{ state: 'given-up' }])
  expect(attempts()).toMatchObject([
    { status: null, failure: expect.stringContaining('fetch failed') },
    { status: null },
  ])
})

test('duplicate, drop and delay apply to the next deliveries of a type', async () => {
  const { sandbox, stripe, endpoint, make, names } = await openDelivery()
  sandbox.webhooks.fault({ do: 'duplicate' })
  sandbox.webhooks.fault({ do: 'drop', type: 'customer.created' })
  sandbox.webhooks.fault({ do: 'delay', ms: 1000, type: 'customer' })
  await make('twice', 'lost', 'late', 'last')
  sandbox.deliverTo(endpoint.url)
  await sandbox.idle()
  expect(names()).toEqual(['twice', 'twice', 'last', 'late'])
  const [, lost] = sandbox.webhooks.deliveries()
  expect(lost).toMatchObject({ state: 'dropped', attempts: [] })

  await sandbox.webhooks.redeliver(lost?.event ?? '')
  expect(names().at(-1)).toBe('lost')
  expect((await stripe.events.list()).data).toHaveLength(4)
})

test('Held deliveries wait until they are released, in reverse if asked for', async () => {
  const { sandbox, endpoint, make, names } = await openDelivery()
  sandbox.deliverTo(endpoint.url)
  sandbox.webhooks.hold()
  await make('a', 'b', 'c')
  await sandbox.idle()
  expect(names()).toEqual([])
  const [, second] = sandbox.webhooks.deliveries()
  expect(await sandbox.webhooks.redeliver(second?.event ?? '')).toEqual({ status: 200, failure: null })
  sandbox.webhooks.release({ reverse: true })
  await sandbox.idle()
  expect(names()).toEqual(['b', 'c', 'a'])
})

test('A signature is of its secret and its payload only', async () => {
  const { sandbox, endpoint, make } = await openDelivery()
  await make('a')
  sandbox.deliverTo(endpoint.url)
  await sandbox.idle()
  const [first] = endpoint.received
  const { event, signature } = first ?? raised()
  expect(signature).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
  const forged = JSON.stringify({ ...event, id: 'evt_forged' }, null, 2)
  expect(() => Stripe.webhooks.constructEvent(forged, signature, sandbox.webhookSecret)).toThrow()
  expect(() => Stripe.webhooks.constructEvent(JSON.stringify(event, null, 2), signature, 'whsec_other')).toThrow()
})

const raised = (): never => {
  throw new Error('Nothing was received')
}

test('delivery_success tells the events that were answered from those that were not', async () => {
  const { sandbox, stripe, endpoint, make } = await openDelivery()
  await make('a')
  sandbox.deliverTo(endpoint.url)
  await sandbox.idle()
  sandbox.webhooks.fault({ do: 'drop' })
  await make('b')
  await sandbox.idle()
  const named = async (delivery_success: boolean) =>
    (await stripe.events.list({ delivery_success })).data.map(({ data }) => data.object)
  expect(await named(true)).toMatchObject([{ name: 'a' }])
  expect(await named(false)).toMatchObject([{ name: 'b' }])
})
