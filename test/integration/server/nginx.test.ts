import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2'
import { request } from 'node:https'
import type { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { freePort } from '../../setup/free-port.ts'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { type Nginx, noNginx, publicHost, startNginx, withNginx } from '../../setup/nginx.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

const pill = 'subscription { balance { available } }'

describe.skipIf(noNginx)(withNginx("behind nginx with the documentation's configuration"), () => {
  let gateway: Gateway
  /** The gateway's own address; its `url` is the public one. */
  let own: string
  let nginx: Nginx
  let session: ClientHttp2Session

  beforeAll(async () => {
    const port = await freePort()
    const settings = { PORT: `${port}`, PUBLIC_URL: `https://${publicHost}`, TRUSTED_PROXIES: '127.0.0.1' }
    gateway = await startGateway({ env: settings })
    own = `http://127.0.0.1:${port}`
    nginx = await startNginx(own)
    session = connectHttp2(nginx.url, { ca: nginx.certificate })
    await once(session, 'connect')
  })

  afterAll(async () => {
    session?.destroy()
    await nginx?.stop()
    await gateway?.close()
  })

  async function send(path: string, headers: Record<string, string> = {}, body?: string): Promise<ClientHttp2Stream> {
    const method = body === undefined ? 'GET' : 'POST'
    const stream = session.request({ ':path': path, ':method': method, ':authority': publicHost, ...headers })
    stream.setEncoding('utf8').end(body)
    return stream
  }

  async function answerTo(...sent: Parameters<typeof send>): Promise<{ status: number; text: string }> {
    const stream = await send(...sent)
    const [headers] = await once(stream, 'response')
    let text = ''
    for await (const chunk of stream) text += chunk
    return { status: headers[':status'], text }
  }

  const withToken = async (more: Record<string, string> = {}) => ({
    authorization: `Bearer ${await tokenFor({ team: 'proxied', role: 'VIEWER' })}`,
    'content-type': 'application/json',
    ...more,
  })

  test('queries are answered over HTTP/2, by GET and by POST', async () => {
    await makeTeam(own, 'proxied')
    expect((session.socket as TLSSocket).alpnProtocol).toBe('h2')
    const query = '{ team { balance { available } } }'
    const headers = await withToken()
    const byGet = await answerTo(`/graphql?query=${encodeURIComponent(query)}`, headers)
    const byPost = await answerTo('/graphql', headers, JSON.stringify({ query }))
    for (const answer of [byGet, byPost]) {
      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.text).data).toEqual({ team: { balance: { available: '50000' } } })
    }
  })

  test('a body of 2 MB reaches the gateway, and one of more than 4 MB gets the answer of the gateway', async () => {
    const query = `{ team { name } } #${'x'.repeat(2_000_000)}`
    expect((await answerTo('/graphql', await withToken(), JSON.stringify({ query }))).text).not.toContain('nginx')
    const large = await answerTo(
      '/graphql',
      await withToken(),
      JSON.stringify({ query: query + query + query.slice(0, 300_000) }),
    )
    expect([large.status, large.text]).toEqual([413, expect.stringContaining('BODY_TOO_LARGE')])
  })

  const streams = {
    'HTTP/1.1': async (path: string, headers: Record<string, string>): Promise<Readable> => {
      const sent = request(`${nginx.url}${path}`, { ca: nginx.certificate, headers: { host: publicHost, ...headers } })
      const [response] = await once(sent.end(), 'response')
      return response.setEncoding('utf8')
    },
    'HTTP/2': (path: string, headers: Record<string, string>): Promise<Readable> => send(path, headers),
  }

  test.each(['HTTP/1.1', 'HTTP/2'] as const)(
    'an event stream over %s arrives event by event',
    async (version) => {
      const team = `streamed by ${version}`
      await makeTeam(own, team)
      const authorization = `Bearer ${await tokenFor({ team, role: 'VIEWER' })}`
      const path = `/graphql?query=${encodeURIComponent(pill)}`
      const stream = await streams[version](path, { authorization, accept: 'text/event-stream' })
      let seen = ''
      const until = async (text: string) => {
        while (!seen.includes(text)) seen += (await once(stream, 'data'))[0]
      }
      await until('"available":"50000"')
      await charge(own, team)
      await until('"available":"49900"')
      stream.destroy()
    },
    20_000,
  )

  test('a WebSocket is upgraded, and the pill is live', async () => {
    await makeTeam(own, 'upgraded')
    class Trusting extends WebSocket {
      constructor(address: string, protocols: string | string[]) {
        super(address, protocols, { ca: nginx.certificate, headers: { host: publicHost } })
      }
    }
    const client = connect(nginx.url, { team: 'upgraded', role: 'VIEWER' }, { webSocketImpl: Trusting })
    const watch = new Watch<{ balance: { available: string } }>(client, pill)
    await watch.until(({ balance }) => balance.available === '50000')
    await charge(own, 'upgraded')
    await watch.until(({ balance }) => balance.available === '49900')
    await client.dispose()
  })

  test('plain HTTP leads to TLS, and probes are answered', async () => {
    const plain = await fetch(`${nginx.plainUrl}/graphql`, { redirect: 'manual' })
    expect([plain.status, plain.headers.get('location')]).toEqual([301, 'https://127.0.0.1/graphql'])
    expect(await answerTo('/readyz')).toMatchObject({ status: 200 })
  })
})
