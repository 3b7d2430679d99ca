import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createStripe } from '../src/payments/stripe.ts'
import { readBody } from '../src/server/body.ts'
import { json } from '../src/server/json.ts'

/* A gateway's webhook, or (bare) a handler that checks the signature and forgets the event. */

const config = readConfig(process.env)
if (config.stripe === undefined) throw new Error('The keys of Stripe are missing')
const { webhookSecret } = config.stripe

if (process.argv[2] === 'bare') {
  const { webhooks } = createStripe(config.stripe)
  const server = createServer(async (request, response) => {
    const body = await readBody(request, 1_000_000)
    webhooks.constructEvent(body, request.headers['stripe-signature'] ?? '', webhookSecret)
    json(response, 200, { received: true })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  process.once('disconnect', () => process.exit())
} else {
  const app = await createApp(config, { demo: false })
  process.send?.({ url: app.url })
  process.once('disconnect', () => app.close().then(() => process.exit()))
}
