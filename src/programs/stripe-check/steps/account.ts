import { Stripe } from 'stripe'
import { teamId } from '../../../domain/identity.ts'
import { createPages } from '../../../payments/pages.ts'
import { handledTypes } from '../../../payments/stripe-events.ts'
import type { Step } from '../step.ts'

export const accountSteps: readonly Step[] = [
  {
    name: 'the account of the key',
    fact: 'Each event names its account; events of other accounts have no effect',
    async run({ stripe }) {
      const { id, object } = await stripe.accounts.retrieveCurrent()
      return { expected: ['account', 'acct'], came: [object, id.split('_')[0]] }
    },
  },
  {
    name: 'events have the version of the requests',
    fact: "Webhook payloads and the polled event list have the account's API version, not the SDK's; older ones are followed",
    async run(check) {
      await check.customer(null)
      const version = await check.eventually(async () => {
        const { data } = await check.stripe.events.list({ limit: 1 })
        return data[0]?.api_version ?? null
      })
      return { expected: Stripe.API_VERSION, came: version }
    },
  },
  {
    name: 'the list of undelivered events',
    fact: 'The short poll asks for delivery_success: false, so that an idle account is read cheaply',
    async run({ stripe }) {
      const { object } = await stripe.events.list({ delivery_success: false, created: { gte: 1 }, limit: 1 })
      return { expected: 'list', came: object }
    },
  },
  {
    name: 'an endpoint for webhooks with a version and every handled type',
    fact: 'The endpoint is created with api_version; a type that Stripe does not know is refused',
    async run(check) {
      const { webhookEndpoints } = check.stripe
      const made = await webhookEndpoints.create({
        url: 'https://example.com/webhooks/stripe',
        enabled_events: [...handledTypes],
        api_version: Stripe.API_VERSION,
        metadata: { run: check.run },
      })
      check.made(made.id, () => webhookEndpoints.del(made.id))
      const expected = { api_version: Stripe.API_VERSION, types: handledTypes.length, hasSecret: true }
      const { api_version, enabled_events, secret } = made
      return { expected, came: { api_version, types: enabled_events.length, hasSecret: secret !== undefined } }
    },
  },
  {
    name: 'the portal and the page on which a method is saved',
    fact: 'Live mode needs a saved portal configuration; a setup page says which methods are wanted',
    async run(check) {
      const customer = await check.stripe.customers.create({ metadata: { run: check.run } })
      check.made(customer.id, () => check.stripe.customers.del(customer.id))
      const pages = createPages({
        stripe: check.stripe,
        customers: { ensure: async () => customer },
        teams: { read: async () => null },
        catalogs: { inForce: () => check.catalog },
        now: async () => Date.now(),
      })
      const team = teamId(`stripe-check-${check.run}`)
      const setup = await pages.setupPage(team, 'https://example.com/payment')
      const again = await pages.setupPage(team, 'https://example.com/payment')
      const other = await pages.setupPage(team, 'https://example.com/other')
      const portal = await pages.billingPortal(team, 'https://example.com/billing')
      const { data } = await check.stripe.checkout.sessions.list({ customer: customer.id })
      return {
        expected: { isSame: true, isOther: true, sessions: ['open', 'expired'], portal: true },
        came: {
          isSame: setup === again,
          isOther: setup !== other,
          sessions: data.map(({ status }) => status),
          portal: URL.canParse(portal),
        },
      }
    },
  },
]
