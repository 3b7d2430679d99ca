import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createCredits } from '@credits-gateway/server'

/** A backend that makes images. It holds what a job can cost, works, and charges the images that succeeded. */
const credits = createCredits({
  url: `${process.env.CREDITS_GATEWAY ?? 'http://127.0.0.1:4000'}/graphql`,
  token: process.env.CREDITS_API_KEY ?? '',
  outbox: process.env.OUTBOX ?? 'credits-outbox.db',
})
const rate = 'image.flux-2-pro'

type Job = { readonly id: string; readonly prompts: readonly string[] }

/** Stands in for a model, which refuses an empty prompt. */
async function makeImage(prompt: string): Promise<string> {
  if (prompt === '') throw new Error('The prompt is empty: describe the image')
  return `an image of ${prompt}`
}

/** The same job sent again holds once: its id is the key of the hold. */
async function work({ id, prompts }: Job): Promise<{ status: number; body: unknown }> {
  const usage = [{ rate, count: prompts.length }]
  const hold = await credits.hold({ usage, reference: id, idempotencyKey: id })
  if (hold.__typename !== 'Hold') return { status: 402, body: { message: hold.message } }
  const made = await Promise.allSettled(prompts.map(makeImage))
  const images = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (images.length === 0) await credits.release({ holdId: hold.id })
  // The outbox settles the hold, also where the gateway is away just now.
  else await credits.record([{ rate, count: images.length }], { holdId: hold.id, reference: id, idempotencyKey: id })
  return { status: 200, body: { images } }
}

const server = createServer(async (request, response) => {
  const { status, body } = await work((await json(request)) as Job)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`Send jobs to http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.once('SIGTERM', async () => {
  server.close()
  await credits.flush()
  await credits.close()
})
