import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder } from '../../setup/folders.ts'
import { type Gateway, spawnGateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { makeTeam } from '../../setup/operator.ts'
import { RawSocket } from '../../setup/raw-socket.ts'

const documents = {
  team: 'query Team($first: Int = 1) { team { id holds(first: $first) { totalCount } } }',
  charge:
    'mutation ($key: String!) { chargeUsage(input: { idempotencyKey: $key, usage: [{ rate: "image.resize" }] }) { __typename } }',
  balance: 'subscription { balance { available } }',
  typename: '{ __typename }',
}
let dir: string
let gateway: Gateway
let strict: Gateway
let token: string

beforeAll(async () => {
  dir = await makeFolder('credits-trusted-')
  const manifest = join(dir, 'documents.json')
  await writeFile(manifest, JSON.stringify(documents))
  gateway = await startGateway({ env: { TRUSTED_DOCUMENTS: manifest } })
  strict = await startGateway({
    databaseUrl: gateway.databaseUrl,
    env: { TRUSTED_DOCUMENTS: manifest, TRUSTED_DOCUMENTS_ONLY: '1' },
  })
  await makeTeam(gateway.url, 'trusted')
  token = await tokenFor({ team: 'trusted', role: 'MEMBER' })
})
afterAll(async () => {
  await strict?.close()
  await gateway?.close()
  await rm(dir, { recursive: true, force: true })
})

type Asked = { readonly query?: string; readonly documentId?: string; readonly variables?: object; extensions?: object }
type Answer = { data?: Record<string, unknown> | null; errors?: unknown[]; extensions?: { cost?: object } }
type Transport = (url: string, asked: Asked, authorization?: string) => Promise<Answer>

const headersOf = (authorization: string | undefined): Record<string, string> =>
  authorization === undefined ? {} : { authorization }

const byPost: Transport = async (url, asked, authorization) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headersOf(authorization) },
    body: JSON.stringify(asked),
  })
  return (await response.json()) as Answer
}

const addressOf = (url: string, asked: Asked) => {
  const parameters = Object.entries(asked).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return `${url}/graphql?${new URLSearchParams(parameters)}`
}

const byGet: Transport = async (url, asked, authorization) => {
  const response = await fetch(addressOf(url, asked), {
    headers: { accept: 'application/json', ...headersOf(authorization) },
  })
  return (await response.json()) as Answer
}

/** The first result of an event stream. */
const byStream: Transport = async (url, asked, authorization) => {
  const leaving = new AbortController()
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headersOf(authorization) },
    body: JSON.stringify(asked),
    signal: leaving.signal,
  })
  let seen = ''
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    seen += part
    const first = /^data: (.+)$/m.exec(seen)?.[1]
    if (first === undefined) continue
    leaving.abort()
    return JSON.parse(first)
  }
  throw new Error(`No result: ${seen}`)
}

const bySocket: Transport = async (url, { query = '', ...asked }, authorization) => {
  const socket = await RawSocket.open(url)
  await socket.init(authorization)
  socket.send({ id: '1', type: 'subscribe', payload: { query, ...asked } })
  const { type, payload } = await socket.next()
  socket.terminate()
  return type === 'error' ? { errors: payload as unknown[] } : (payload as Answer)
}

const transports: readonly (readonly [string, Transport])[] = [
  ['a JSON POST', byPost],
  ['a GET', byGet],
  ['an event stream', byStream],
  ['a socket', bySocket],
]
const bearer = () => `Bearer ${token}`
const apollo = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } })
const code = (expected: string, message?: string) => ({
  errors: [{ ...(message === undefined ? {} : { message }), extensions: { code: expected } }],
})

describe.each(transports)('over %s', (_, send) => {
  test('a trusted document is executed by its id, with variables, for its cost', async () => {
    for (const named of [{ documentId: 'team' }, apollo('team')]) {
      const answer = await send(gateway.url, { ...named, variables: { first: 2 } }, bearer())
      expect(answer).toMatchObject({ data: { team: { id: 'trusted' } }, extensions: { cost: expect.anything() } })
    }
  })

  test('an unknown id is answered as Apollo expects it', async () => {
    const notFound = code('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
    for (const named of [{ documentId: 'nothing' }, apollo('nothing')]) {
      expect(await send(gateway.url, named, bearer())).toMatchObject(notFound)
    }
  })

  test('other documents are accepted, unless trusted ones alone are', async () => {
    const query = '{ viewer { role } }'
    expect(await send(gateway.url, { query }, bearer())).toMatchObject({ data: { viewer: { role: 'MEMBER' } } })
    expect(await send(strict.url, { query }, bearer())).toMatchObject(code('DOCUMENT_NOT_TRUSTED'))
    expect(await send(strict.url, { query, documentId: 'team' }, bearer())).toMatchObject(code('DOCUMENT_NOT_TRUSTED'))
    for (const trusted of [{ documentId: 'team' }, { query: documents.team }]) {
      expect(await send(strict.url, trusted, bearer())).toMatchObject({ data: { team: { id: 'trusted' } } })
    }
  })

  test('nobody gets no more by an id than by its text', async () => {
    for (const { url } of [gateway, strict]) {
      expect(await send(url, { documentId: 'typename' })).toMatchObject({ data: { __typename: 'Query' } })
      for (const asked of [{ documentId: 'team' }, { query: documents.team }]) {
        expect(await send(url, asked)).toMatchObject(code('UNAUTHENTICATED'))
      }
    }
  })
})

test.each([
  ['an event stream', byStream],
  ['a socket', bySocket],
] as const)('over %s a trusted subscription is watched by its id', async (_, send) => {
  const seen = await send(strict.url, { documentId: 'balance' }, bearer())
  expect(seen).toMatchObject({ data: { balance: { available: expect.any(String) } } })
})

test.each([
  ['a JSON POST', byPost],
  ['a socket', bySocket],
] as const)('over %s a trusted mutation is executed by its id', async (name, send) => {
  const answer = await send(strict.url, { documentId: 'charge', variables: { key: name } }, bearer())
  expect(answer).toMatchObject({ data: { chargeUsage: { __typename: 'Charge' } } })
})

test('a trusted mutation is not executed over a GET', async () => {
  const answer = await fetch(addressOf(gateway.url, { documentId: 'charge', variables: { key: 'get' } }), {
    headers: { accept: 'application/json', authorization: bearer() },
  })
  expect(answer.status).toBe(405)
})

test('a gateway without trusted documents answers their ids so that clients send the text', async () => {
  const plain = await startGateway({ databaseUrl: gateway.databaseUrl })
  for (const [, send] of transports) {
    for (const named of [{ documentId: 'team' }, apollo('team')]) {
      expect(await send(plain.url, named, bearer())).toMatchObject(
        code('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported'),
      )
    }
  }
  await plain.close()
})

test('a document that does not fit the schema ends the start with one sentence that names it', async () => {
  const manifest = join(dir, 'wrong.json')
  await writeFile(manifest, JSON.stringify({ ...documents, wrong: '{ nothing }' }))
  const start = spawnGateway({ DATABASE_URL: gateway.databaseUrl, TRUSTED_DOCUMENTS: manifest })
  await expect(start).rejects.toThrow(
    /^TRUSTED_DOCUMENTS: \S+wrong\.json has the document "wrong", which does not fit the schema: [^\n]*\n$/,
  )
})
