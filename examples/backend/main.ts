import { createCredits, meterOpenAi } from '@credits-gateway/server'

/** A backend that answers by a model. Its usage is charged once, also where the gateway is away or this process is killed. */
const credits = createCredits({
  url: `${process.env.CREDITS_GATEWAY ?? 'http://127.0.0.1:4000'}/graphql`,
  token: process.env.CREDITS_API_KEY ?? '',
  outbox: process.env.OUTBOX ?? 'credits-outbox.db',
  onParked: ({ reference, refusal }) => console.error(`${reference} is not charged: ${refusal.message}`),
})

/** Stands in for a provider: replace `model` by `fetch`, and the URL by the provider's. */
const usage = { prompt_tokens: 1_200, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 1_000 } }
const model = async () => Response.json({ choices: [{ message: { content: 'Hello' } }], usage })

const metered = meterOpenAi(
  {
    credits,
    rates: { input: 'chat.input', output: 'chat.output' },
    charge: { reference: 'message-1', idempotencyKey: 'message-1' },
    estimate: { input: 1_200, output: 500 },
  },
  model,
)
const body = JSON.stringify({ model: 'any', messages: [] })
await metered('https://models.example/v1/chat/completions', { method: 'POST', body })

const lease = await credits.lease({
  usage: [{ rate: 'chat.output', quantity: '10000' }],
  reference: `lease ${Date.now()}`,
})
if (lease.__typename === 'Lease') {
  for (let step = 0; step < 20; step += 1) await lease.spend([{ rate: 'chat.output', quantity: '25' }])
  console.log(
    `The lease has ${lease.remaining} credits left. At most ${lease.overspend} are spent beyond what is confirmed.`,
  )
  await lease.close()
} else {
  console.error(lease.message)
}

const waiting = await credits.flush()
console.log(`${waiting} records wait for the gateway`)
await credits.close()
