import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { makeTeam } from '../setup/operator.ts'
import { RawSocket } from '../setup/raw-socket.ts'
import { functionCalls, inTurn } from './function-calls.ts'

let gateway: Gateway
let authorization: string
const open = new Set<RawSocket>()

beforeAll(async () => {
  gateway = await startGateway()
  await makeTeam(gateway.url, 'flooded')
  authorization = `Bearer ${await tokenFor({ team: 'flooded', role: 'MEMBER' })}`
})
afterEach(() => {
  for (const socket of open) socket.terminate()
  open.clear()
})
afterAll(() => gateway?.close())

type Told = { message: string; extensions: { code: string } }
type Asked = { query: string; variables?: unknown; operationName?: string }

async function post(asked: Asked, accept = 'application/json'): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization, accept }
  const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(asked) })
  return response.text()
}

async function overSocket(payload: Asked): Promise<string> {
  const socket = await RawSocket.open(gateway.url)
  open.add(socket)
  await socket.init(authorization)
  socket.send({ id: '1', type: 'subscribe', payload })
  return JSON.stringify((await socket.next()).payload)
}

const errorsIn = (text: string): readonly Told[] => {
  const json = JSON.parse(text.replace(/^[^[{]*/, '').replace(/\n[\s\S]*$/, ''))
  return Array.isArray(json) ? json : (json.errors ?? [])
}

const transports: [string, (asked: Asked) => Promise<string>][] = [
  ['POST', (asked) => post(asked)],
  ['an event stream', (asked) => post(asked, 'text/event-stream')],
  ['a WebSocket', overSocket],
]

const charge = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }'
const record = 'mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) { __typename } }'
const watch = 'subscription ($teamId: ID) { balance(teamId: $teamId) { held } }'
const canary = 'canary'.repeat(1_000)
const event = { usage: [{ rate: 'chat.light' }], idempotencyKey: 'k' }

const values: [string, Asked][] = [
  ['an unknown field', { query: charge, variables: { input: { ...event, [canary]: 1 } } }],
  ['an unknown field beside a value', { query: charge, variables: { input: { ...event, other: canary } } }],
  ['a missing field', { query: charge, variables: { input: { reference: canary } } }],
  ['a text for an object', { query: charge, variables: { input: canary } }],
  ['a text for an Int', { query: charge, variables: { input: { ...event, usage: [{ rate: 'x', count: canary }] } } }],
  [
    'a text for a Decimal',
    { query: charge, variables: { input: { ...event, usage: [{ rate: 'x', quantity: canary }] } } },
  ],
  ['an object for a text', { query: charge, variables: { input: { ...event, reference: { canary } } } }],
  ['an object for an ID', { query: watch, variables: { teamId: { canary } } }],
  ['a list for an ID', { query: watch, variables: { teamId: [canary] } }],
  [
    'an enum',
    {
      query: 'query ($t: [ActivityType!]) { team { activity(filter: { types: $t }) { nodes { id } } } }',
      variables: { t: [canary] },
    },
  ],
  ['a literal for an Int', { query: `{ team { holds(first: "${canary}") { nodes { id } } } }` }],
  ['a literal for an enum', { query: `{ team { activity(filter: { types: [${canary}] }) { nodes { id } } } }` }],
  ['a literal for a DateTime', { query: `{ rateCard(at: "${canary}") { version } }` }],
  ['a name of an operation', { query: 'query a { __typename } query b { __typename }', operationName: canary }],
]

describe.each(transports)('over %s', (_, send) => {
  test.each(values)('no error repeats the value: %s', async (_name, asked) => {
    const text = await send(asked)
    const errors = errorsIn(text)
    expect(errors.length).toBeGreaterThan(0)
    expect(text).not.toContain('canarycanary')
    for (const { message } of errors) expect(message.length).toBeLessThanOrEqual(500)
  })

  test('an answer has at most 10 errors of at most 500 characters', async () => {
    const fields = Array.from({ length: 400 }, (_, index) => `field${index}${'x'.repeat(40)}`)
    const events = Array.from({ length: 60 }, () => ({}))
    for (const asked of [
      { query: `{ ${fields.join(' ')} }` },
      { query: `{ ${'x'.repeat(60_000)} }` },
      { query: record, variables: { events } },
      { query: charge, variables: { input: Object.fromEntries(fields.map((name) => [name, 1])) } },
      {
        query: `{ ${Array.from({ length: 40 }, (_, index) => `a${index}: team(id: "") { id }`).join(' ')} }`,
      },
    ]) {
      const errors = errorsIn(await send(asked))
      expect(errors.length).toBeGreaterThan(0)
      expect(errors.length).toBeLessThanOrEqual(10)
      for (const { message } of errors) expect(message.length).toBeLessThanOrEqual(500)
    }
  })

  test('variables have at most 32 levels, also unused ones', async () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    for (const variables of [{ teamId: nested(33) }, { unused: nested(1_000) }]) {
      const [error, ...more] = errorsIn(await send({ query: watch, variables }))
      expect([error?.extensions.code, more]).toEqual(['BAD_USER_INPUT', []])
      expect(error?.message).toContain('32')
    }
  })

  test('a name has at most 1,024 characters, because an answer repeats it', async () => {
    for (const query of [`{ ${'x'.repeat(1_025)}: __typename }`, `{ team { grants { ${'x'.repeat(1_025)}: id } } }`]) {
      const [error] = errorsIn(await send({ query }))
      expect(error?.message).toContain('1024')
    }
    expect(await send({ query: `{ ${'x'.repeat(1_024)}: __typename }` })).toContain('"Query"')
  })
})

test('variables have at most 50,000 values, also unused ones', async () => {
  const many = (count: number) => ({ unused: Array.from({ length: count }, () => 0) })
  const [error] = errorsIn(await post({ query: '{ __typename }', variables: many(50_000) }))
  expect(error?.extensions.code).toBe('BAD_USER_INPUT')
  expect(error?.message).toContain('50000')
  expect(await post({ query: '{ __typename }', variables: many(49_998) })).toContain('"Query"')
})

test('unknown fields of a member cost no more than the same bytes in one text', async () => {
  const fields = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`field${index}`, index]))
  const size = JSON.stringify(fields).length
  const harmless = { query: charge, variables: { input: { ...event, reference: 'x'.repeat(size) } } }
  await inTurn(3, () => post(harmless))
  const usual = await functionCalls(() => inTurn(5, () => post(harmless)))
  let text = ''
  const attacked = await functionCalls(() =>
    inTurn(5, async () => {
      text = await post({ query: charge, variables: { input: fields } })
    }),
  )
  expect(text.length).toBeLessThan(10_000)
  expect(attacked / usual).toBeLessThan(2)
})
