import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * `PASS`: forward it. `REFUSE`: 503 with `Retry-After: 0`, as an overloaded gateway. `LOSE_REQUEST`: cut the line before the gateway hears of it.
 * `LOSE_ANSWER`: cut the line when the gateway has answered.
 */
export type Treatment = 'PASS' | 'REFUSE' | 'LOSE_REQUEST' | 'LOSE_ANSWER'

export type GatewayDoor = {
  readonly url: string
  /** The bodies of all requests that came to the door. */
  readonly bodies: readonly string[]
  close(): Promise<void>
}

type Decide = (body: string) => Treatment | Promise<Treatment>
/** Called with the gateway's answer, which leaves when the promise resolves. */
type Answered = (body: string) => void | Promise<void>

/** A door in front of a gateway: a test decides what happens to each request. */
export async function gatewayDoor(
  gatewayUrl: () => string,
  decide: Decide,
  answered: Answered = () => undefined,
): Promise<GatewayDoor> {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    bodies.push(body)
    const treatment = await decide(body)
    if (treatment === 'LOSE_REQUEST') return request.socket.destroy()
    if (treatment === 'REFUSE') {
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '0' })
      return response.end('{"errors":[{"message":"Too much to do","extensions":{"code":"OVERLOADED"}}]}')
    }
    const { authorization = '' } = request.headers
    const headers = { authorization, 'content-type': 'application/json', accept: 'application/json' }
    const answer = await fetch(`${gatewayUrl()}/graphql`, { method: 'POST', headers, body })
    const text = await answer.text()
    await answered(body)
    if (treatment === 'LOSE_ANSWER') return request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    return response.end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
