import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSandbox, type Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { sdkOf } from '../../../packages/stripe-sandbox/test/scene.ts'
import { Page } from '../../setup/browser.ts'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { charge, makeTeam, resultOf } from '../../setup/operator.ts'

let sandbox: Sandbox
let stripe: Stripe
let gateway: Gateway

beforeAll(async () => {
  sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
  stripe = sdkOf(sandbox)
  const { secretKey: STRIPE_SECRET_KEY, webhookSecret: STRIPE_WEBHOOK_SECRET, url: STRIPE_API_URL } = sandbox
  gateway = await startGateway({ env: { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_URL } })
  sandbox.deliverTo(`${gateway.url}/webhooks/stripe`)
})
afterAll(async () => {
  await gateway.close()
  await sandbox.close()
})

const configuring = `mutation ($input: AutoRechargeInput!) { result: configureAutoRecharge(input: $input) { __typename } }`
const reading = 'query ($id: ID!) { result: team(id: $id) { autoRecharge { state actionUrl } } }'
type Recharge = { readonly autoRecharge: { readonly state: string; readonly actionUrl: string } }

/** A team whose recharge was declined because its bank wants the customer. */
async function waiting(teamId: string, card = 'pm_card_authenticationRequired') {
  await makeTeam(gateway.url, teamId, 'free')
  const input = { teamId, enabled: true, threshold: '450', packageId: 'starter' }
  const configure = async () => resultOf(await ask(gateway.url, configuring, { input }))
  await configure()
  const [found] = (await stripe.customers.list({ limit: 1 })).data
  const customer = found?.id ?? ''
  const { id } = await stripe.paymentMethods.attach(card, { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
  await configure()
  await charge(gateway.url, teamId)
  const recharge = async () => resultOf<Recharge>(await ask(gateway.url, reading, { id: teamId })).autoRecharge
  return { customer, recharge }
}

const charges = async (customer: string) =>
  (await stripe.paymentIntents.list({ customer })).data.map(({ status }) => status)

describe('a recharge that its bank wants confirmed', () => {
  test.each(['authentication_required', 'authentication_not_handled'])(
    'is left as it is after %s until the customer opens its page',
    async (code) => {
      sandbox.banks.decline({ code })
      const { customer, recharge } = await waiting(code, 'pm_card_visa')
      await expect.poll(async () => (await recharge()).state).toBe('ACTION_REQUIRED')
      const { actionUrl } = await recharge()
      expect(actionUrl).toMatch(/\/payment\/confirm\?payment=pi_\w+$/)
      for (const method of ['GET', 'HEAD']) expect((await fetch(actionUrl, { method })).status).toBe(200)
      expect(await charges(customer)).toEqual(['requires_payment_method'])
      const [intent] = (await stripe.paymentIntents.list({ customer })).data
      expect(intent?.last_payment_error).toMatchObject({ code: expect.any(String) })
      expect(intent?.payment_method_options?.card).toMatchObject({ stored_credential_usage: 'unscheduled' })
      const { data } = await stripe.events.list({ type: 'payment_intent.requires_action', limit: 100 })
      expect(data.filter(({ data: { object } }) => 'id' in object && object.id === intent?.id)).toEqual([])
    },
  )

  test('is paid once, however often the customer confirms it', async () => {
    const { customer, recharge } = await waiting('confirmed twice')
    await expect.poll(async () => (await recharge()).state).toBe('ACTION_REQUIRED')
    const { actionUrl } = await recharge()
    const confirm = () => fetch(actionUrl, { method: 'POST', redirect: 'manual' })
    const answers = await Promise.all([confirm(), confirm(), confirm()])
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
    expect((await recharge()).actionUrl).toBe(actionUrl)
    const bank = await (await Page.open(actionUrl)).press('Confirm the payment')
    expect(bank.html).toContain('$5.00')
    expect(['Payment under way', '5,000 credits added']).toContain((await bank.press('Complete')).title)
    await expect.poll(async () => (await recharge()).state).toBe('ARMED')
    expect(await charges(customer)).toEqual(['succeeded'])
    const after = await confirm()
    expect([after.status, after.headers.get('location')]).toEqual([303, '/payment?outcome=success'])
    expect(await charges(customer)).toEqual(['succeeded'])
  })

  test('is declined once its bank declines it on the page', async () => {
    const { customer, recharge } = await waiting('declined there')
    await expect.poll(async () => (await recharge()).state).toBe('ACTION_REQUIRED')
    const bank = await (await Page.open((await recharge()).actionUrl)).press('Confirm the payment')
    sandbox.webhooks.hold()
    expect((await bank.press('Fail')).title).toBe('Payment not confirmed')
    sandbox.webhooks.release()
    await expect.poll(async () => (await recharge()).state).toBe('CHARGING')
    expect(await charges(customer)).toEqual(['requires_payment_method'])
  })

  test('has no page under another name or method', async () => {
    const page = `${gateway.url}/payment/confirm`
    for (const query of ['', '?payment=pi_unknown', "?payment=pi_1'--"]) {
      expect((await fetch(`${page}${query}`)).status).toBe(404)
      expect((await fetch(`${page}${query}`, { method: 'POST' })).status).toBe(404)
    }
    expect((await fetch(page, { method: 'PUT' })).status).toBe(405)
  })
})
