import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import type { Refusal } from '../../../src/payments/stripe.ts'
import { createStripe } from '../../../src/payments/stripe.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying

beforeAll(async () => {
  scene = await openPaying()
})
afterAll(() => scene.close())

const tooSmall = { message: 'Amount must be at least $0.50 usd', code: 'amount_too_small', param: 'amount' }
const refuse = (path: string, error: typeof tooSmall | { message: string }, status = 400) =>
  scene.sandbox.faults.add({ do: 'refuse', method: 'POST', path, error, status })

async function expectOperatorsPart(team: TeamId) {
  expect(await scene.purchases(team)).toMatchObject([
    {
      state: 'FAILED',
      declineCode: 'payment_refused',
      failure: expect.stringMatching(/amount_too_small.*not about the payment method.*operator/),
    },
  ])
  expect(await scene.charges(team)).toEqual([])
}

describe('a refusal by Stripe that is not about the card', () => {
  test('of a saved method says that the operator has to act', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    refuse('/v1/payment_intents', tooSmall)
    await scene.buy(team)
    await expectOperatorsPart(team)
  })

  test.each(['/v1/checkout/sessions', '/v1/customers'])('of %s leaves no purchase pending', async (path) => {
    const team = await scene.team()
    refuse(path, tooSmall)
    await scene.buy(team, 'starter', 'CHECKOUT')
    await expectOperatorsPart(team)
  })

  test('pauses a recharge at once', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    refuse('/v1/payment_intents', tooSmall)
    await scene.recharge(team)
    const recharge = async () => (await scene.account(team)).recharge
    await expect.poll(async () => (await recharge())?.state).toBe('PAUSED')
    expect(await recharge()).toMatchObject({ lastFailure: expect.stringContaining('operator'), retryAt: null })
    await expectOperatorsPart(team)
  })

  test('is not what a method is refused for', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    const error = { message: 'No such PaymentMethod', code: 'resource_missing', param: 'payment_method' }
    refuse('/v1/payment_intents', error)
    expect(await scene.buy(team)).toMatchObject({
      state: 'FAILED',
      declineCode: 'resource_missing',
      failure: expect.stringContaining('replace it in the billing portal'),
    })
  })
})

describe('a key that may not do something', () => {
  test.each([
    [403, "Having the 'rak_payment_intent_write' permission would allow this request to continue."],
    [401, 'Invalid API Key provided: sk_test_****1234'],
  ])('charges nothing, and the same may be tried again: %i', async (status, message) => {
    const team = await scene.team()
    await scene.saveCard(team)
    refuse('/v1/payment_intents', { message }, status)
    await expect(scene.buy(team)).rejects.toThrow('Payments are out of reach')
    expect(await scene.charges(team)).toEqual([])
  })

  test('is reported with the request and the missing permission', async () => {
    const { secretKey, url: apiUrl } = scene.sandbox
    const refusals: Refusal[] = []
    const stripe = createStripe({ secretKey, apiUrl }, (refusal) => void refusals.push(refusal))
    const message = "Having the 'rak_customer_write' permission would allow this request to continue."
    refuse('/v1/customers', { message }, 403)
    await expect(stripe.customers.create({})).rejects.toThrow('rak_customer_write')
    expect(refusals).toEqual([{ status: 403, request: 'POST /v1/customers', message }])
    await stripe.customers.create({ name: 'allowed' })
    expect(refusals).toHaveLength(1)
    expect(await scene.available(await scene.team())).toBe(500n * MICRO)
  })
})
