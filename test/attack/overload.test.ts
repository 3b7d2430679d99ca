import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { restingOperations } from '../../src/server/operation-limit.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { lockAccounts } from '../setup/locked-accounts.ts'
import { metric } from '../setup/metrics.ts'
import { balanceOf, charge, grant, hundred, makeTeam } from '../setup/operator.ts'
import { RawSocket } from '../setup/raw-socket.ts'

const requests = 2 * restingOperations
/** So few are accepted whatever the limit is. */
const few = 25
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
const underWay = () => metric(gateway.url, 'credits_operations_under_way')

test('beyond the limit requests are refused at once; what was accepted is finished, and the rest accepted later', async () => {
  const socket = await RawSocket.open(gateway.url)
  await socket.init(`Bearer ${busy}`)
  socket.subscribe('pill', 'subscription { balance { revision } }')
  expect((await socket.next()).type).toBe('next')

  const before = Number((await balanceOf(gateway.url, 'busy')).available)

  const lock = await lockAccounts(gateway.databaseUrl)
  const refused: Answered[] = []
  const keys = Array.from({ length: requests }, () => randomUUID())
  const answers = keys.map((key) =>
    chargeBusy(key).then((answer) => {
      if (answer.status === 503) refused.push(answer)
      return answer
    }),
  )
  await expect.poll(async () => refused.length + (await underWay()), patience).toBe(requests)
  expect(refused.length).toBeGreaterThan(0)
  for (const { retryAfter, body } of refused) {
    expect(retryAfter).toBe('1')
    expect(JSON.parse(body)).toEqual({
      errors: [{ message: expect.stringContaining('again'), extensions: { code: 'OVERLOADED' } }],
    })
  }
  expect(await metric(gateway.url, 'credits_operations_refused_total')).toBe(refused.length)
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)

  socket.subscribe('one more', 'query { __typename }')
  expect(await socket.next()).toMatchObject({
    id: 'one more',
    type: 'error',
    payload: [{ extensions: { code: 'OVERLOADED' } }],
  })
  expect(await send({ query: '{ team { id } }' }, quiet)).toMatchObject({ status: 200 })

  await lock.release()
  const all = await Promise.all(answers)
  const accepted = all.filter(({ status }) => status !== 503)
  for (const { status, body } of accepted) {
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({ data: { result: { __typename: 'Charge' } } })
  }
  expect(await socket.next()).toMatchObject({ id: 'pill', type: 'next' })
  socket.terminate()

  for (let first = 0; first < refused.length; first += few) {
    const again = refused.slice(first, first + few).map(({ key }) => chargeBusy(key))
    for (const { status } of await Promise.all(again)) expect(status).toBe(200)
  }
  await expect.poll(underWay, patience).toBe(0)
  expect(Number((await balanceOf(gateway.url, 'busy')).available)).toBe(before - 100 * requests)
  await expect.poll(() => metric(gateway.url, 'credits_operations_limit'), patience).toBe(restingOperations)
})
