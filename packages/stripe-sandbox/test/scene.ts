import { createServer } from 'node:http'
import Stripe from 'stripe'
import { onTestFinished } from 'vitest'
import { openSandbox, type Sandbox, type SandboxOptions } from '../src/sandbox.ts'

/** A sandbox for one test and the real SDK on it; its state is in memory unless the test sets a directory. */
export async function openScene(options: Partial<SandboxOptions> = {}): Promise<{ sandbox: Sandbox; stripe: Stripe }> {
  const sandbox = await openSandbox({ dir: null, ...options })
  onTestFinished(() => sandbox.close())
  return { sandbox, stripe: sdkOf(sandbox) }
}

/** The SDK as its user has it, connected to the sandbox; it does not retry by itself. */
export function sdkOf({ url, secretKey }: Pick<Sandbox, 'url' | 'secretKey'>): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(secretKey, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false })
}

export type Received = { readonly event: Stripe.Event; readonly signature: string }

export type Endpoint = {
  readonly url: string
  readonly received: readonly Received[]
  /** The types in order of arrival. */
  types(): string[]
  /** Sets the statuses of the next answers; 200 afterwards. */
  answerNext(...statuses: readonly number[]): void
}

/** A webhook endpoint that verifies each delivery with the SDK. It answers 400 to one that it can't verify. */
export async function openEndpoint(secret: string): Promise<Endpoint> {
  const received: Received[] = []
  const statuses: number[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const signature = String(request.headers['stripe-signature'])
    try {
      const event = Stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, secret)
      received.push({ event, signature })
      response.writeHead(statuses.shift() ?? 200).end()
    } catch {
      response.writeHead(400).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/webhooks/stripe`,
    received,
    types: () => received.map(({ event }) => event.type),
    answerNext: (...next) => void statuses.push(...next),
  }
}

/** The error that refuses a call; throws if the call succeeds. */
export async function refusalOf(call: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  const answer = await call.catch((error: unknown) => error)
  if (answer instanceof Stripe.errors.StripeError) return answer
  throw new Error(`It was not refused: ${JSON.stringify(answer)}`)
}
