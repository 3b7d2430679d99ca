import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { restingOperations } from '../../src/server/limits/operation-limit.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { lockAccounts } from '../setup/locked-accounts.ts'
import { metric } from '../setup/metrics.ts'
import { balanceOf, charge, grant, hundred, makeTeam } from '../setup/operator.ts'
import { RawSocket } from '../setup/raw-socket.ts'

const sockets = 8
const operationsOfSocket = 80
/** More than may be under way, over few connections. */
const operations = sockets * operationsOfSocket
/** So few are accepted whatever the limit is. */
const few = 20
const patience = { interval: 20, timeout: 60_000 }
const query = `mutation ($input: ChargeUsageInput!) { result: chargeUsage(input: $input) { __typename
  ... on Error { code message } ... on Node { id } ... on Charge { amount } } }`

let gateway: Gateway
let busy: string
let quiet: string
const agent = new Agent({ keepAlive: true, maxSockets: Infinity })

beforeAll(async () => {
  gateway = await startGateway({ env: { BUDGET_MEMBER: '1000000000', MAX_ANONYMOUS_CONNECTIONS: '0' } })
  for (const team of ['busy', 'quiet']) {
    await makeTeam(gateway.url, team)
    await grant(gateway.url, team, '1000000')
    await charge(gateway.url, team)
  }
  busy = await tokenFor({ team: 'busy', role: 'MEMBER' })
  quiet = await tokenFor({ team: 'quiet', role: 'MEMBER' })
})
afterAll(() => {
  agent.destroy()
  return gateway?.close()
})

type Answered = { readonly key: string; readonly status: number; readonly retryAfter?: string; readonly body: string }

function send(body: object, token: string, key = ''): Promise<Answered> {
  const { port } = new URL(gateway.url)
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers, agent },
      (response) => {
        const { statusCode = 0, headers } = response
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.once('end', () => resolve({ key, status: statusCode, retryAfter: headers['retry-after'], body: text }))
      },
    )
    outgoing.once('error', reject)
    outgoing.end(JSON.stringify(body))
  })
}

const chargeBusy = (key: string) =>
  send({ query, variables: { input: { usage: hundred, idempotencyKey: key } } }, busy, key)
const limit = () => metric(gateway.url, 'credits_operations_limit')
const underWay = () => metric(gateway.url, 'credits_operations_under_way')

async function openSocket(): Promise<RawSocket> {
  const socket = await RawSocket.open(gateway.url)
  await socket.init(`Bearer ${busy}`)
  return socket
}

/** The first message to an operation: its answer, or its refusal. */
type Reply = { readonly key: string; readonly type: string; readonly payload?: unknown }

function chargeOften(socket: RawSocket): Promise<Reply>[] {
  const replies = new Map<string, (reply: Reply) => void>()
  const promises = Array.from({ length: operationsOfSocket }, () => {
    const key = randomUUID()
    socket.subscribe(key, query, { input: { usage: hundred, idempotencyKey: key } })
    return new Promise<Reply>((resolve) => replies.set(key, resolve))
  })
  void (async () => {
    while (replies.size > 0) {
      const { id = '', type, payload } = await socket.next()
      replies.get(id)?.({ key: id, type, payload })
      replies.delete(id)
    }
  })()
  return promises
}

test('beyond the limit requests are refused at once; what was accepted is finished, and the rest accepted later', async () => {
  const socket = await openSocket()
  socket.subscribe('pill', 'subscription { balance { revision } }')
  expect((await socket.next()).type).toBe('next')

  const before = Number((await balanceOf(gateway.url, 'busy')).available)

  const lock = await lockAccounts(gateway.databaseUrl)
  const storm = await Promise.all(Array.from({ length: sockets }, () => openSocket()))
  const first = storm.slice(0, sockets / 2).flatMap((each) => chargeOften(each))
  await expect.poll(limit, patience).toBeLessThan(first.length)
  const replies = [...first, ...storm.slice(sockets / 2).flatMap((each) => chargeOften(each))]
  const refused: Reply[] = []
  for (const reply of replies) void reply.then((one) => one.type === 'error' && refused.push(one))
  await expect.poll(async () => refused.length + (await underWay()), patience).toBe(operations)
  expect(refused.length).toBeGreaterThan(0)

  const overHttp = await Promise.all(Array.from({ length: few }, () => chargeBusy(randomUUID())))
  for (const { status, retryAfter, body } of overHttp) {
    expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: '1' })
    expect(JSON.parse(body)).toEqual({
      errors: [{ message: expect.stringContaining('again'), extensions: { code: 'OVERLOADED' } }],
    })
  }
  expect(await metric(gateway.url, 'credits_operations_refused_total')).toBe(refused.length + few)
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)

  socket.subscribe('one more', 'query { __typename }')
  expect(await socket.next()).toMatchObject({
    id: 'one more',
    type: 'error',
    payload: [{ extensions: { code: 'OVERLOADED' } }],
  })
  expect(await send({ query: '{ team { id } }' }, quiet)).toMatchObject({ status: 200 })

  await lock.release()
  const all = await Promise.all(replies)
  for (const { type, payload } of all) {
    const expected =
      type === 'next'
        ? { data: { result: { __typename: 'Charge' } } }
        : [{ message: expect.any(String), extensions: { code: 'OVERLOADED' } }]
    expect(payload).toMatchObject(expected)
  }
  expect(await socket.next()).toMatchObject({ id: 'pill', type: 'next' })
  socket.terminate()

  const keys = [...refused.map(({ key }) => key), ...overHttp.map(({ key }) => key)]
  for (let first = 0; first < keys.length; first += few) {
    const again = keys.slice(first, first + few).map((key) => chargeBusy(key))
    for (const { status } of await Promise.all(again)) expect(status).toBe(200)
  }
  await expect.poll(underWay, patience).toBe(0)
  expect(Number((await balanceOf(gateway.url, 'busy')).available)).toBe(before - 100 * (operations + few))
  await expect.poll(limit, patience).toBe(restingOperations)
  for (const each of storm) each.terminate()
})
