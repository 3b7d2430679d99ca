import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Client } from 'graphql-ws'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { status } from '../../setup/credentials.ts'
import { createTestDatabase } from '../../setup/database.ts'
import { type Gateway, startGateway } from '../../setup/gateway.ts'
import { lockAccounts } from '../../setup/locked-accounts.ts'
import { metric, untilMetric } from '../../setup/metrics.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { RawLine, upgradeRequest } from '../../setup/raw-socket.ts'
import { connect, Watch } from '../../setup/watching.ts'

// What the stock client does where we close its socket; 4403 and 1008 are in sockets.test.ts and floods.test.ts.

const gateways = new Set<Gateway>()
const clients = new Set<Client>()

afterEach(async () => {
  for (const client of clients) await client.dispose()
  for (const gateway of gateways) await gateway.close()
  clients.clear()
  gateways.clear()
})

async function started(options: Parameters<typeof startGateway>[0] = {}): Promise<Gateway> {
  const gateway = await startGateway(options)
  gateways.add(gateway)
  return gateway
}

/** A client that comes back as often as it needs to, and the codes with which its sockets were closed. */
function returning(url: string, retryAttempts: number, authorization?: string) {
  const codes: unknown[] = []
  const closed = (event: unknown) => codes.push((event as { code: number }).code)
  const told = authorization === undefined ? {} : { connectionParams: { authorization } }
  const options = { retryAttempts, retryWait: tick, shouldRetry: () => true, on: { closed }, ...told }
  const client = connect(url, { team: 'returning', role: 'VIEWER' }, options)
  clients.add(client)
  return { client, codes }
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve))
const pill = 'subscription { balance { available } }'
type Pill = { balance: { available: string } }

test('1012: it comes back to the gateway that follows, and its pill goes on', async () => {
  const home = await createTestDatabase()
  const first = await started({ databaseUrl: home.url })
  await makeTeam(first.url, 'returning')
  const { client, codes } = returning(first.url, 1_000_000)
  const watched = new Watch<Pill>(client, pill)
  await watched.next()
  await charge(first.url, 'returning')
  await watched.until(({ balance }) => balance.available === '49900')
  await first.close()
  const second = await started({ databaseUrl: home.url, port: Number(new URL(first.url).port) })
  await charge(second.url, 'returning')
  await watched.until(({ balance }) => balance.available === '49800')
  expect(codes[0]).toBe(1012)
  await client.dispose()
  await second.close()
  await home.drop()
})

test('1013: it tries again, as often as it was told to, while nobody can say whose token it has', async () => {
  const auth = { by: 'jwks', url: 'http://127.0.0.1:1/keys', issuer: 'nobody', audience: 'credits' } as const
  const { url } = await started({ auth })
  const { privateKey } = await generateKeyPair('ES256')
  const authorization = await signedBy(privateKey)
  const { client, codes } = returning(url, 3, authorization)
  await expect(new Watch<Pill>(client, pill).next()).rejects.toMatchObject({ code: 1013 })
  expect(codes).toEqual([1013, 1013, 1013, 1013])
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query: '{ viewer { role } }' }),
  })
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  expect((await response.json()).errors[0].extensions).toEqual({
    code: 'IDENTITY_PROVIDER_UNAVAILABLE',
    retryAfterSeconds: 5,
  })
})

test('who leaves while its token is read is not counted among the sockets of its caller', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys = JSON.stringify({ keys: [await exportJWK(publicKey)] })
  const waiting: ServerResponse[] = []
  let answer = (response: ServerResponse) => void waiting.push(response)
  const door = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1')
  await once(door, 'listening')
  const at = `http://127.0.0.1:${(door.address() as AddressInfo).port}/keys`
  const { url } = await started({ auth: { by: 'jwks', url: at, issuer: 'nobody', audience: 'credits' } })
  const authorization = await signedBy(privateKey)
  for (let count = 0; count < 250; count += 1) {
    const { line } = await RawLine.upgrade(url)
    line.send({ type: 'connection_init', payload: { authorization } })
    line.send({ type: 'ping' })
    // On a slow machine the reading of the keys is given up before all have left: those are closed.
    await line.nextFrame()
    line.terminate()
  }
  await untilMetric(url, 'credits_open_sockets', 0)
  answer = (response) => void response.end(keys)
  for (const response of waiting) answer(response)
  // A reading that was given up is tried again after 5 seconds.
  while ((await status(url, authorization.replace('Bearer ', ''))) !== 200) await tick()
  const line = await RawLine.open(url, authorization)
  line.send({ type: 'ping' })
  expect(await line.next()).toEqual({ type: 'pong' })
  line.terminate()
  door.close()
})

test('a gateway that stops refuses new sockets with 503', async () => {
  const gateway = await started()
  await makeTeam(gateway.url, 'returning')
  const line = await RawLine.connect(gateway.url)
  const request = upgradeRequest(gateway.url, '/graphql')
  line.write(request.slice(0, 20))
  const lock = await lockAccounts(gateway.databaseUrl)
  const accepted = charge(gateway.url, 'returning')
  await underWay(gateway.url, 2)
  const closing = gateway.close()
  line.write(request.slice(20))
  expect(await line.answered()).toBe(503)
  await once(line.stream, 'close')
  await lock.release()
  expect((await accepted).__typename).toBe('Charge')
  await closing
})

const signedBy = async (key: CryptoKey) => {
  const token = new SignJWT({ role: 'viewer', team: 'returning' }).setProtectedHeader({ alg: 'ES256' })
  token.setSubject('ana').setIssuedAt().setIssuer('nobody').setAudience('credits').setExpirationTime('1h')
  return `Bearer ${await token.sign(key)}`
}

async function underWay(url: string, requests: number): Promise<void> {
  while ((await metric(url, 'credits_http_requests_under_way')) < requests);
}
