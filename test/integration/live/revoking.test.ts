import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import type { Client } from 'graphql-ws'
import { SignJWT } from 'jose'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAccess } from '../../../src/access/open-access.ts'
import { openDatabase } from '../../../src/database/open.ts'
import { memberId, teamId } from '../../../src/domain/identity.ts'
import { actOf } from '../../setup/acts.ts'
import { connectBy, newKey, revokeKey, revokeTokens, status } from '../../setup/credentials.ts'
import { createTestDatabase } from '../../setup/database.ts'
import {
  ask,
  type Gateway,
  type SpawnedGateway,
  secret,
  spawnGateway,
  startGateway,
  stopped,
  tokenFor,
} from '../../setup/gateway.ts'
import { charge, makeTeam, resultOf } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

const team = 'revoking'
let home: Awaited<ReturnType<typeof createTestDatabase>>
let gateway: Gateway
let other: SpawnedGateway
const clients: Client[] = []
const streams: ReadableStreamDefaultReader<string>[] = []
let written = ''

beforeAll(async () => {
  home = await createTestDatabase()
  const write = (line: string) => {
    written += line
  }
  const log = pino({ level: 'trace' }, { write })
  ;[gateway, other] = await Promise.all([
    startGateway({ databaseUrl: home.url, log }),
    spawnGateway({ DATABASE_URL: home.url }),
  ])
  await makeTeam(gateway.url, team)
})
afterAll(async () => {
  for (const client of clients) await client.dispose()
  for (const stream of streams) await stream.cancel()
  other?.child.kill('SIGTERM')
  if (other) await stopped(other.child)
  await gateway?.close()
  await home?.drop()
})

type Member = { member: string }

const query = 'subscription { balance { available } }'
type Balance = { balance: { available: string } }

const memberToken = ({ member }: Member, of = team) => tokenFor({ team: of, member, role: 'MEMBER' })

/** A team of the test's own: the tests of this file run at the same time. */
async function newTeam(): Promise<string> {
  const own = randomUUID()
  await makeTeam(gateway.url, own)
  return own
}

/** A socket and an event stream that a credential has opened, both of which have told the balance. */
async function watchedBy(url: string, credential: string) {
  const { client, closed } = connectBy(url, credential)
  clients.push(client)
  const watch = new Watch<Balance>(client, query)
  await watch.next()
  const response = await fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, {
    headers: { authorization: `Bearer ${credential}`, accept: 'text/event-stream' },
  })
  const stream = (response.body ?? expect.unreachable('no stream')).pipeThrough(new TextDecoderStream()).getReader()
  streams.push(stream)
  let text = ''
  while (!text.includes('"available"')) text += (await stream.read()).value ?? ''
  const streamed = (async () => {
    for (;;) {
      const { value, done } = await stream.read()
      if (done) return text
      text += value
    }
  })()
  return { watch, closed, streamed }
}
const ends = { key: 'The API key was revoked', token: 'The token was revoked' }

describe.concurrent.each(['the gateway that is told', 'another gateway'])('on %s', (where) => {
  const url = () => (where === 'another gateway' ? other.url : gateway.url)

  async function isOver(credential: string, reason: string, opened: Awaited<ReturnType<typeof watchedBy>>) {
    expect(await opened.closed).toMatchObject({ code: 4403, reason })
    const text = await opened.streamed
    expect(text).toMatch(/"code":"UNAUTHENTICATED"[\s\S]*event: complete\ndata:\n\n$/)
    expect(text).toContain(`${reason}: subscribe again with one that is valid.`)
    expect(await status(url(), credential)).toBe(401)
  }

  test('a revoked key ends its sockets and event streams, and is not taken again; others of the team go on', async () => {
    const team = await newTeam()
    const [key, another] = [await newKey(gateway.url, team), await newKey(gateway.url, team)]
    const [mine, theirs] = [await watchedBy(url(), key.secret), await watchedBy(url(), another.secret)]
    const ana = await watchedBy(url(), await memberToken({ member: 'ana' }, team))
    expect(await status(url(), key.secret)).toBe(200)
    await revokeKey(gateway.url, key)
    await isOver(key.secret, ends.key, mine)
    await charge(gateway.url, team)
    await Promise.all([theirs.watch.next(), ana.watch.next()])
    expect(await status(url(), another.secret)).toBe(200)
  })

  test("a member's revoked tokens end likewise, and one that is made upon the answer is taken", async () => {
    const team = await newTeam()
    const member = `ben-${randomUUID()}`
    const old = await memberToken({ member }, team)
    const [mine, ana] = [
      await watchedBy(url(), old),
      await watchedBy(url(), await memberToken({ member: 'ana' }, team)),
    ]
    const key = await newKey(gateway.url, team)
    const byKey = await watchedBy(url(), key.secret)
    await revokeTokens(gateway.url, { teamId: team, memberId: member })
    const fresh = await memberToken({ member }, team)
    await isOver(old, ends.token, mine)
    expect(await status(url(), fresh)).toBe(200)
    await watchedBy(url(), fresh)
    await charge(gateway.url, team)
    await Promise.all([ana.watch.next(), byKey.watch.next()])
  })

  test("a team's revoked tokens are all members', and no other team's", async () => {
    const [team, own] = [await newTeam(), await newTeam()]
    const old = await Promise.all(['ana', 'ben'].map((member) => tokenFor({ team: own, member, role: 'ADMIN' })))
    const opened = await Promise.all(old.map((token) => watchedBy(url(), token)))
    const outside = await watchedBy(url(), await memberToken({ member: 'ana' }, team))
    await revokeTokens(gateway.url, { teamId: own })
    for (const [index, one] of opened.entries()) await isOver(old[index] ?? '', ends.token, one)
    await charge(gateway.url, team)
    await outside.watch.next()
  })
})

test.concurrent('the stock client comes back with a new token, and with its new role', async () => {
  const team = await newTeam()
  const member = `cleo-${randomUUID()}`
  let role: 'ADMIN' | 'VIEWER' = 'ADMIN'
  const client = connect(
    gateway.url,
    {},
    {
      connectionParams: async () => ({ authorization: `Bearer ${await tokenFor({ team, member, role })}` }),
      retryAttempts: 5,
      retryWait: () => Promise.resolve(),
      shouldRetry: () => true,
    },
  )
  clients.push(client)
  const canPurchase = async () => {
    const results = client.iterate<{ viewer: { role: string } }>({ query: '{ viewer { role } }' })
    return (await results.next()).value?.data?.viewer.role
  }
  const watch = new Watch<Balance>(client, query)
  await watch.next()
  expect(await canPurchase()).toBe('ADMIN')
  role = 'VIEWER'
  await revokeTokens(gateway.url, { teamId: team, memberId: member })
  await watch.next()
  expect(await canPurchase()).toBe('VIEWER')
})

const made = (iat: number | undefined, claims: object = {}) => {
  const token = new SignJWT({ role: 'member', team, sub: 'dan', exp: Math.floor(Date.now() / 1000) + 600, ...claims })
  return (iat === undefined ? token : token.setIssuedAt(iat))
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret))
}

test.concurrent('what is revoked is exactly what was made before the instant that is told, or does not tell when', async () => {
  const from = (await revokeTokens(gateway.url, { teamId: team, memberId: 'dan' })) / 1000
  expect(Number.isInteger(from)).toBe(true)
  for (const iat of [from, from + 1]) expect(await status(gateway.url, await made(iat))).toBe(200)
  for (const iat of [from - 1, from - 0.001, from - 1_000, undefined, from + 3_600]) {
    expect(await status(gateway.url, await made(iat)), `${iat}`).toBe(401)
  }
})

test.concurrent("an admin revokes the own team's tokens, and not the operator's", async () => {
  const admin = await tokenFor({ team, member: 'eva', role: 'ADMIN' })
  const platform = await tokenFor({ team, member: 'backend', role: 'PLATFORM' })
  const member = await memberToken({ member: 'backend' })
  await revokeTokens(gateway.url, { memberId: 'backend' }, admin)
  expect(await status(gateway.url, member)).toBe(401)
  expect(await status(gateway.url, platform)).toBe(200)
  await revokeTokens(gateway.url, { memberId: 'backend' }, await tokenFor({ member: 'another', role: 'PLATFORM' }))
  expect(await status(gateway.url, platform)).toBe(401)
  const { data } = await ask(gateway.url, 'mutation { revokeTokens(input: {}) { ... on InvalidInput { path } } }')
  expect(data).toEqual({ revokeTokens: { path: ['memberId'] } })
})

test.concurrent('what no message tells of is found out all the same', async () => {
  const database = await openDatabase({ url: home.url, log: pino({ level: 'silent' }) })
  const silent = await openAccess({ database, trust: { secret } })
  const token = await memberToken({ member: 'finn' })
  const opened = await watchedBy(gateway.url, token)
  await silent.revokeTokens(teamId(team), memberId('finn'), actOf('revokeTokens'))
  expect(await opened.closed).toMatchObject({ code: 4403 })
  expect(await status(gateway.url, token)).toBe(401)
  await silent.close()
  await database.close()
})

test.concurrent('what was revoked before a gateway starts is refused by it from the first request on', async () => {
  const [key, token] = [await newKey(gateway.url, team), await memberToken({ member: 'gil' })]
  await revokeKey(gateway.url, key)
  await revokeTokens(gateway.url, { teamId: team, memberId: 'gil' })
  const late = await startGateway({ databaseUrl: home.url })
  expect(await status(late.url, key.secret)).toBe(401)
  expect(await status(late.url, token)).toBe(401)
  expect(await status(late.url, await memberToken({ member: 'gil' }))).toBe(200)
  await late.close()
})

/** A socket that hears a close and goes on talking, as no honest client does. */
async function stubborn(credential: string): Promise<{ line: Socket; say: (message: object) => void }> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Protocol': 'graphql-transport-ws',
  }
  const asking = request(`${gateway.url}/graphql`, { headers })
  asking.end()
  const [, line] = (await once(asking, 'upgrade')) as [unknown, Socket]
  const say = (message: object) => {
    const text = Buffer.from(JSON.stringify(message))
    const length = Buffer.alloc(2)
    length.writeUInt16BE(text.length)
    // Masked with zeros; the two bytes of length serve any text from 126 bytes on.
    line.write(Buffer.concat([Buffer.from([0x81, 0x80 | 126]), length, Buffer.alloc(4), text]))
  }
  say({ type: 'connection_init', payload: { authorization: `Bearer ${credential}`, padding: ' '.repeat(126) } })
  await once(line, 'data')
  return { line, say }
}

test.concurrent('whoever goes on talking after the close is not heard', async () => {
  const key = await newKey(gateway.url, team)
  const { line, say } = await stubborn(key.secret)
  const idempotencyKey = randomUUID()
  const mutation = (rate: string) =>
    `mutation { result: chargeUsage(input: { usage: [{ rate: "${rate}" }], idempotencyKey: "${idempotencyKey}", teamId: "${team}" }) { __typename } }`
  const closing = once(line, 'data')
  await revokeKey(gateway.url, key)
  expect(((await closing)[0] as Buffer)[0]).toBe(0x88)
  say({ id: '1', type: 'subscribe', payload: { query: mutation('image.flux-2-pro') } })
  line.write(Buffer.from([0x88, 0x80, 0, 0, 0, 0]))
  await once(line, 'close')
  // Had the first been heard, the same key with another input would be a conflict.
  const next = await ask(gateway.url, mutation('image.gpt-image-1-5'))
  expect(resultOf<{ __typename: string }>(next).__typename).toBe('Charge')
})

test('no secret of a key is ever logged', async () => {
  const key = await newKey(gateway.url, team)
  await watchedBy(gateway.url, key.secret)
  await ask(gateway.url, '{ nothing }', {}, key.secret)
  await ask(gateway.url, '{ team { id } }', {}, `${key.secret}x`)
  await revokeKey(gateway.url, key)
  await ask(gateway.url, '{ team { id } }', {}, key.secret)
  expect(written).toContain('The gateway listens')
  for (const log of [written, other.output()]) expect(log).not.toContain('cg_')
})
