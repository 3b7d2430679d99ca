import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { makeTeam } from '../../setup/operator.ts'
import { RawSocket } from '../../setup/raw-socket.ts'

let gateway: Gateway
let authorization: string
beforeAll(async () => {
  gateway = await startGateway()
  await makeTeam(gateway.url, 'clients')
  authorization = `Bearer ${await tokenFor({ team: 'clients', role: 'MEMBER' })}`
})
afterAll(() => gateway?.close())

const query = '{ team { id } }'
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization, ...headers },
    body: JSON.stringify(body),
  })
const codeOf = async (answer: Response) => (await answer.json()).errors[0]

describe('what can be neither read nor written', () => {
  test.each([
    ['text/html', 406, 'NOT_ACCEPTABLE', 'application/graphql-response+json'],
    ['text/csv;q=1', 406, 'NOT_ACCEPTABLE', 'text/event-stream'],
  ])('a client that accepts %s alone is told what to accept', async (accept, status, code, advice) => {
    const answer = await post({ query }, { accept })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8'])
    expect(await codeOf(answer)).toEqual({ message: expect.stringContaining(advice), extensions: { code } })
  })

  test('a subscription that accepts JSON alone is told of event streams', async () => {
    const answer = await post({ query: 'subscription { balance { available } }' }, { accept: 'application/json' })
    expect(answer.status).toBe(406)
    expect((await codeOf(answer)).message).toContain('text/event-stream')
  })

  test.each(['text/plain', 'application/xml'])('a body of %s is refused with what to send', async (type) => {
    const answer = await post({ query }, { 'content-type': type })
    expect(answer.status).toBe(415)
    expect(await codeOf(answer)).toEqual({
      message: expect.stringContaining('application/json'),
      extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' },
    })
  })

  test('the names of media types have no case', async () => {
    expect((await post({ query }, { 'content-type': 'Application/JSON; Charset=UTF-8' })).status).toBe(200)
  })
})

test('a client that sends a hash instead of a document is told to send the document', async () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: 'e'.repeat(64) } }
  const asked = new URLSearchParams({ extensions: JSON.stringify(extensions) })
  const get = fetch(`${gateway.url}/graphql?${asked}`, { headers: { authorization, accept: 'application/json' } })
  for (const answer of [await post({ extensions }), await get]) {
    expect(answer.status).toBe(200)
    expect(await codeOf(answer)).toEqual({
      message: 'PersistedQueryNotSupported',
      extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' },
    })
  }
  expect(await (await post({ query, extensions })).json()).toMatchObject({ data: { team: { id: 'clients' } } })
})

describe('pages', () => {
  test.each(['http://localhost:5173', 'http://127.0.0.1:3000', 'http://[::1]:8080', 'https://app.localhost'])(
    'of %s may be developed against a gateway outside production',
    async (origin) => {
      const answer = await post({ query }, { origin })
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin])
      const socket = await RawSocket.open(gateway.url, { headers: { origin } })
      await socket.init(authorization)
      socket.terminate()
    },
  )

  test('of a foreign origin read why they are refused, also behind a preflight', async () => {
    const origin = 'https://localhost.evil.example'
    const asked = { origin, 'access-control-request-method': 'POST' }
    const preflight = await fetch(`${gateway.url}/graphql`, { method: 'OPTIONS', headers: asked })
    const answer = await post({ query }, { origin })
    for (const { headers } of [preflight, answer]) expect(headers.get('access-control-allow-origin')).toBe(origin)
    expect([preflight.status, answer.status]).toEqual([204, 403])
    expect(await codeOf(answer)).toEqual({
      message: expect.not.stringContaining('evil'),
      extensions: { code: 'ORIGIN_NOT_ALLOWED' },
    })
  })
})

test('a socket that says nothing of itself is who its upgrade says', async () => {
  const ask = async (socket: RawSocket) => {
    socket.subscribe('1', '{ viewer { role } }')
    return (await socket.next()).payload
  }
  const upgraded = await RawSocket.open(gateway.url, { headers: { authorization } })
  await upgraded.init()
  expect(await ask(upgraded)).toMatchObject({ data: { viewer: { role: 'MEMBER' } } })
  const both = await RawSocket.open(gateway.url, { headers: { authorization: 'Bearer refused' } })
  await both.init(authorization)
  expect(await ask(both)).toMatchObject({ data: { viewer: { role: 'MEMBER' } } })
  const refused = await RawSocket.open(gateway.url, { headers: { authorization: 'Bearer refused' } })
  refused.send({ type: 'connection_init' })
  expect((await refused.closed).code).toBe(4403)
  for (const socket of [upgraded, both]) socket.terminate()
})
