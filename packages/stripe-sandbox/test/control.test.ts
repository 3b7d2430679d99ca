import { expect, test } from 'vitest'
import { customerWith, offSession } from './paying.ts'
import { openEndpoint, openScene, refusalOf } from './scene.ts'

test('What can be asked for in process can be asked for over HTTP', async () => {
  const { sandbox, stripe } = await openScene()
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${sandbox.url}/sandbox/${path}`, {
      method,
      headers: { Authorization: `Bearer ${sandbox.secretKey}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json() }
  }
  const endpoint = await openEndpoint(sandbox.webhookSecret)
  await ask('POST', 'webhooks/address', { url: endpoint.url })
  await ask('POST', 'faults', { do: 'rate-limit' })
  expect(await refusalOf(stripe.customers.list())).toMatchObject({ statusCode: 429 })

  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  await ask('POST', 'banks/decline', { code: 'stolen_card' })
  expect(await refusalOf(stripe.paymentIntents.create(offSession(customer, method)))).toMatchObject({
    decline_code: 'stolen_card',
  })
  const { id } = await stripe.paymentIntents.create(offSession(customer, method))
  const { body } = await ask('POST', 'banks/dispute', { payment_intent: id })
  expect(await stripe.disputes.retrieve(body.dispute)).toMatchObject({ payment_intent: id })
  await ask('POST', 'banks/decide-dispute', { dispute: body.dispute, end: 'won' })
  expect(await stripe.disputes.retrieve(body.dispute)).toMatchObject({ status: 'won' })

  const before = sandbox.clock.now()
  await ask('POST', 'clock/advance', { seconds: 3600 })
  expect(sandbox.clock.now() - before).toBeGreaterThanOrEqual(3_600_000)
  expect(await ask('POST', 'webhooks/idle')).toEqual({ status: 200, body: { done: true } })
  const { body: deliveries } = await ask('GET', 'webhooks/deliveries')
  expect(deliveries).toHaveLength(endpoint.received.length)

  expect(await ask('POST', 'faults', { do: 'nothing' })).toMatchObject({ status: 400 })
  expect(await ask('POST', 'nothing')).toMatchObject({ status: 404 })
  expect((await fetch(`${sandbox.url}/sandbox/clock`)).status).toBe(401)
})
