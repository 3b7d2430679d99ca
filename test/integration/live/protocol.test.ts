import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { metric, untilMetric } from '../../setup/metrics.ts'
import { balanceOf, charge, makeTeam } from '../../setup/operator.ts'
import { frame, opcodes, RawLine, RawSocket } from '../../setup/raw-socket.ts'

// What is told here is told by the document: graphql-ws, PROTOCOL.md, and RFC 6455.

let gateway: Gateway
const open = new Set<RawSocket | RawLine>()

beforeAll(async () => {
  gateway = await startGateway()
  await makeTeam(gateway.url, 'protocol')
})

afterEach(() => {
  for (const socket of open) socket.terminate()
  open.clear()
})

afterAll(async () => {
  await untilMetric(gateway.url, 'credits_open_sockets', 0)
  await noStreams()
  await gateway?.close()
})

const token = async () => `Bearer ${await tokenFor({ team: 'protocol', role: 'VIEWER' })}`
const kept = <T extends RawSocket | RawLine>(socket: T): T => {
  open.add(socket)
  return socket
}
const socket = async () => kept(await RawSocket.open(gateway.url))
const admitted = async () => {
  const raw = await socket()
  await raw.init(await token())
  return raw
}
const line = async () => kept(await RawLine.open(gateway.url, await token()))
const balance = 'subscription { balance { available } }'
const watching = (id: string) => ({ id, type: 'subscribe', payload: { query: balance } })
const noStreams = () => untilMetric(gateway.url, 'credits_streams', 0)

describe('4400: what is no message, or none that a client sends', () => {
  const payload = { query: balance }
  test.each<[string, unknown]>([
    ['no JSON', 'hello'],
    ['nothing at all', ''],
    ['a list', []],
    ['a text', '"connection_init"'],
    ['null', 'null'],
    ['without a type', { id: '1' }],
    ['of a type that is no text', { type: 1 }],
    ['of an unknown type', { type: 'start', id: '1', payload }],
    ['of a type with a name that every object has', { type: 'toString' }],
    ['a connection_init whose payload is a text', { type: 'connection_init', payload: 'token' }],
    ['a connection_init whose payload is a list', { type: 'connection_init', payload: [] }],
    ['a ping whose payload is a number', { type: 'ping', payload: 1 }],
    ['a subscribe without an id', { type: 'subscribe', payload }],
    ['a subscribe with an empty id', { type: 'subscribe', id: '', payload }],
    ['a subscribe whose id is a number', { type: 'subscribe', id: 1, payload }],
    ['a subscribe without a payload', { type: 'subscribe', id: '1' }],
    ['a subscribe without a query', { type: 'subscribe', id: '1', payload: {} }],
    ['a subscribe whose query is no text', { type: 'subscribe', id: '1', payload: { query: { text: '{ x }' } } }],
    ['a subscribe whose variables are a list', { type: 'subscribe', id: '1', payload: { ...payload, variables: [] } }],
    [
      'a subscribe whose operationName is a number',
      { type: 'subscribe', id: '1', payload: { ...payload, operationName: 1 } },
    ],
    [
      'a subscribe whose extensions are a list',
      { type: 'subscribe', id: '1', payload: { ...payload, extensions: [] } },
    ],
    ['a complete without an id', { type: 'complete' }],
    ['what only servers send: connection_ack', { type: 'connection_ack' }],
    ['what only servers send: next', { type: 'next', id: '1', payload: { data: null } }],
    ['what only servers send: error', { type: 'error', id: '1', payload: [{ message: 'no' }] }],
  ])('%s', async (_, message) => {
    for (const raw of [await socket(), await admitted()]) {
      raw.send(message)
      const { code, reason } = await raw.closed
      expect(code).toBe(4400)
      expect(reason).not.toBe('')
    }
  })

  test('a message in a binary frame', async () => {
    const raw = await socket()
    raw.socket.send(Buffer.from(JSON.stringify({ type: 'connection_init' })))
    expect(await raw.closed).toEqual({ code: 4400, reason: expect.stringContaining('text') })
  })

  test('closes at once: what comes behind it is not looked at', async () => {
    const raw = await admitted()
    raw.send('hello')
    raw.subscribe('1', balance)
    expect((await raw.closed).code).toBe(4400)
    await noStreams()
  })
})

test('4401: an operation before the connection is acknowledged', async () => {
  const raw = await socket()
  raw.subscribe('1', balance)
  expect((await raw.closed).code).toBe(4401)
})

describe('4406: a subprotocol that is not served', () => {
  test.each([
    ['none', null],
    ['the one of an older library', 'graphql-ws'],
    ['others', 'mqtt, wamp'],
  ])('%s', async (_, protocol) => {
    const { line, status } = await RawLine.upgrade(gateway.url, '/graphql', { protocol })
    kept(line)
    expect(status).toBe(101)
    expect((await line.closed)?.code).toBe(4406)
  })

  test('one among others is taken', async () => {
    const { line } = await RawLine.upgrade(gateway.url, '/graphql', { protocol: 'graphql-ws, graphql-transport-ws' })
    kept(line).send({ type: 'connection_init' })
    expect(await line.next()).toEqual({ type: 'connection_ack' })
  })
})

describe('4408: nobody says who is there', () => {
  afterEach(() => vi.useRealTimers())

  test('within 10 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const [silent, prompt] = [await socket(), await socket()]
    vi.advanceTimersByTime(9_900)
    await prompt.init(await token())
    expect(await silent.heard()).toEqual([])
    vi.advanceTimersByTime(200)
    expect((await silent.closed).code).toBe(4408)
    prompt.subscribe('1', balance)
    expect((await prompt.next()).type).toBe('next')
  })
})

describe('4409: an id that is in use', () => {
  test('by a subscription', async () => {
    const raw = await admitted()
    raw.subscribe('same', balance)
    expect((await raw.next()).type).toBe('next')
    raw.subscribe('same', 'subscription { lowBalance { state } }')
    expect(await raw.closed).toEqual({ code: 4409, reason: 'Subscriber for same already exists' })
    await noStreams()
  })

  test('by a query that is under way', async () => {
    const raw = await line()
    const query = { id: 'q', type: 'subscribe', payload: { query: '{ team { balance { held } } }' } }
    const bytes = frame(opcodes.text, JSON.stringify(query))
    raw.write(Buffer.concat([bytes, bytes]))
    expect(await raw.closed).toMatchObject({ code: 4409 })
  })

  test('whose name does not fit into a reason, in any alphabet', async () => {
    for (const id of ['🪙'.repeat(2_000), `x${'🪙'.repeat(40)}`, 'ü'.repeat(100), '\u{d800}'.repeat(60)]) {
      const raw = await admitted()
      raw.subscribe(id, balance)
      await raw.next()
      raw.subscribe(id, balance)
      const { code, reason } = await raw.closed
      expect(code).toBe(4409)
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123)
      expect(reason).toContain('Subscriber for ')
    }
  })
})

describe('4429: whoever is admitted asks to be admitted', () => {
  test('again', async () => {
    const raw = await admitted()
    raw.send({ type: 'connection_init' })
    expect((await raw.closed).code).toBe(4429)
  })

  test('twice at once', async () => {
    const raw = await socket()
    const init = { type: 'connection_init', payload: { authorization: await token() } }
    raw.send(init)
    raw.send(init)
    expect((await raw.closed).code).toBe(4429)
  })
})

describe('pings', () => {
  test.each([
    ['before the connection is acknowledged', socket],
    ['after it', admitted],
  ])('are answered with their payload, %s', async (_, opened) => {
    const raw = await opened()
    raw.send({ type: 'ping' })
    expect(await raw.next()).toEqual({ type: 'pong' })
    raw.send({ type: 'ping', payload: null })
    expect(await raw.next()).toEqual({ type: 'pong' })
    raw.send({ type: 'ping', payload: { sent: 'now', deep: [{ a: null }] } })
    expect(await raw.next()).toEqual({ type: 'pong', payload: { sent: 'now', deep: [{ a: null }] } })
  })

  test('a pong that nobody asked for is heard and not answered', async () => {
    const raw = await admitted()
    raw.send({ type: 'pong' })
    raw.send({ type: 'pong', payload: { beat: 1 } })
    expect(await raw.heard()).toEqual([])
  })

  test('as frames are answered as frames', async () => {
    const raw = await line()
    raw.write(frame(opcodes.ping, 'are you there'))
    expect(await raw.nextFrame()).toEqual({ opcode: opcodes.pong, payload: Buffer.from('are you there') })
  })
})

describe('an operation', () => {
  test('that is completed before its first value says nothing and leaves nothing behind', async () => {
    const raw = await line()
    const messages = [watching('1'), { id: '1', type: 'complete' }]
    raw.write(Buffer.concat(messages.map((message) => frame(opcodes.text, JSON.stringify(message)))))
    await noStreams()
    await charge(gateway.url, 'protocol')
    raw.send({ type: 'ping' })
    expect(await raw.next()).toEqual({ type: 'pong' })
  })

  test('that nobody has begun may be completed', async () => {
    const raw = await admitted()
    raw.complete('unknown')
    raw.complete('__proto__')
    expect(await raw.heard()).toEqual([])
  })

  test('that is completed is told nothing more, and its id may be used again', async () => {
    const raw = await admitted()
    raw.subscribe('1', balance)
    expect((await raw.next()).type).toBe('next')
    raw.complete('1')
    await raw.heard()
    await charge(gateway.url, 'protocol')
    expect(await raw.heard()).toEqual([])
    raw.subscribe('1', 'subscription { balance { held } }')
    expect(await raw.next()).toEqual({ id: '1', type: 'next', payload: { data: { balance: { held: '0' } } } })
  })

  test.each([
    ['before it began', 0],
    ['while it runs', 1],
  ])('whose id is used again at once, completed %s, makes room for the next', async (_, told) => {
    const raw = await line()
    raw.send(watching('1'))
    for (let count = 0; count < told; count += 1) await raw.next()
    const again = { id: '1', type: 'subscribe', payload: { query: 'subscription { balance { held } }' } }
    const complete = { id: '1', type: 'complete' }
    const messages = Array.from({ length: 20 }, () => [complete, watching('1')]).flat()
    const all = [...messages, complete, again]
    raw.write(Buffer.concat(all.map((message) => frame(opcodes.text, JSON.stringify(message)))))
    const heard: string[] = []
    for (let text = ''; !text.includes('"held"'); ) {
      text = JSON.stringify(await raw.next())
      heard.push(text)
    }
    expect(heard.filter((text) => text.includes('complete'))).toEqual([])
    expect(await metric(gateway.url, 'credits_streams')).toBe(1)
    raw.terminate()
    await noStreams()
    expect(await metric(gateway.url, 'credits_subscriptions')).toBe(0)
  })

  test('whose id waits for its turn can be completed and asked for anew, but not twice', async () => {
    const raw = await line()
    const complete = { id: '1', type: 'complete' }
    const all = [watching('1'), complete, watching('1'), watching('1')]
    raw.write(Buffer.concat(all.map((message) => frame(opcodes.text, JSON.stringify(message)))))
    expect(await raw.closed).toMatchObject({ code: 4409 })
    raw.terminate()
    await untilMetric(gateway.url, 'credits_open_sockets', 0)
    await noStreams()
  })

  test.each([
    ['quotes', '"},"type":"complete","id":"\\'],
    ['emoji and line ends', '🪙\r\n\u2028\u0000'],
    ['sixty thousand characters', 'x'.repeat(60_000)],
    ['a name that every object has', '__proto__'],
    ['another one', 'constructor'],
  ])('may have an id of %s', async (_, id) => {
    const raw = await admitted()
    raw.subscribe(id, balance)
    expect(await raw.next()).toMatchObject({ id, type: 'next', payload: { data: { balance: {} } } })
    raw.complete(id)
    expect(await raw.heard()).toEqual([])
    raw.subscribe(id, '{ nothing }')
    expect(await raw.next()).toMatchObject({ id, type: 'error' })
    raw.subscribe(id, '{ __typename }')
    expect(await raw.next()).toMatchObject({ id, type: 'next', payload: { data: { __typename: 'Query' } } })
    expect(await raw.next()).toEqual({ id, type: 'complete' })
  })

  test('that may not start is told why, and is over', async () => {
    const raw = await admitted()
    for (const query of [
      'subscription { accountEvents(after: "nonsense") { id } }',
      'subscription { balance(teamId: "others") { available } }',
    ]) {
      raw.subscribe('1', query)
      const told = await raw.heard().then(async (early) => early[0] ?? (await raw.next()))
      expect(told.id).toBe('1')
      expect(JSON.stringify(told.payload)).toMatch(/NOT_FOUND|FORBIDDEN/)
      if (told.type === 'next') expect(await raw.next()).toEqual({ id: '1', type: 'complete' })
    }
    raw.subscribe('1', balance)
    expect(await raw.next()).toMatchObject({ id: '1', type: 'next', payload: { data: { balance: {} } } })
  })

  test('is chosen by operationName', async () => {
    const raw = await admitted()
    const query = 'query a { __typename } query b { team { balance { held } } }'
    raw.send({ id: '1', type: 'subscribe', payload: { query, operationName: 'b' } })
    expect(await raw.next()).toMatchObject({ payload: { data: { team: { balance: { held: '0' } } } } })
    expect((await raw.next()).type).toBe('complete')
    for (const operationName of ['c', null, undefined, '']) {
      raw.send({ id: '2', type: 'subscribe', payload: { query, operationName } })
      expect(await raw.next()).toMatchObject({
        id: '2',
        type: 'error',
        payload: [{ extensions: { code: 'BAD_USER_INPUT' } }],
      })
    }
  })

  test('may come with variables, with null and without', async () => {
    const raw = await admitted()
    const query = 'subscription ($team: ID) { balance(teamId: $team) { held } }'
    const told = { type: 'next', payload: { data: { balance: { held: '0' } } } }
    for (const [id, variables] of Object.entries({
      a: { team: 'protocol' },
      b: { team: null },
      c: {},
      d: null,
      e: undefined,
    })) {
      raw.send({ id, type: 'subscribe', payload: { query, variables } })
      expect(await raw.next()).toEqual({ id, ...told })
    }
    raw.send({ id: 'f', type: 'subscribe', payload: { query: query.replace('ID', 'ID!') } })
    const refused = await raw.next()
    expect(refused).toMatchObject({ id: 'f' })
    expect(JSON.stringify(refused.payload)).toContain('BAD_USER_INPUT')
  })

  test('can be a mutation, which is answered once', async () => {
    const raw = await socket()
    await raw.init(`Bearer ${await tokenFor()}`)
    const before = Number((await balanceOf(gateway.url, 'protocol')).available)
    raw.subscribe(
      'm',
      'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename ... on Charge { amount } } }',
      { input: { teamId: 'protocol', usage: [{ rate: 'image.gpt-image-1-5' }], idempotencyKey: 'over-a-socket' } },
    )
    expect(await raw.next()).toMatchObject({
      id: 'm',
      type: 'next',
      payload: { data: { chargeUsage: { amount: '40' } } },
    })
    expect(await raw.next()).toEqual({ id: 'm', type: 'complete' })
    expect(Number((await balanceOf(gateway.url, 'protocol')).available)).toBe(before - 40)
  })
})

describe('frames', () => {
  test('a message may come in pieces, and each piece in pieces', async () => {
    const raw = await line()
    const text = JSON.stringify({ type: 'ping', payload: { coin: '🪙' } })
    const cut = Buffer.from(text).indexOf(Buffer.from('🪙')) + 2
    const bytes = Buffer.concat([
      frame(opcodes.text, Buffer.from(text).subarray(0, cut), { final: false }),
      frame(opcodes.ping, 'between'),
      frame(opcodes.continuation, Buffer.from(text).subarray(cut)),
    ])
    raw.write(bytes.subarray(0, 7))
    raw.write(bytes.subarray(7, 21))
    raw.write(bytes.subarray(21))
    expect((await raw.nextFrame()).opcode).toBe(opcodes.pong)
    expect(await raw.next()).toEqual({ type: 'pong', payload: { coin: '🪙' } })
  })

  test.each<[number, string, Buffer]>([
    [1002, 'a reserved bit', frame(opcodes.text, '{"type":"ping"}', { reserved: 4 })],
    [1002, 'a frame that is not masked', frame(opcodes.text, '{"type":"ping"}', { masked: false })],
    [1002, 'an opcode that does not exist', frame(3, 'x')],
    [1002, 'a ping in pieces', frame(opcodes.ping, 'x', { final: false })],
    [1002, 'a ping with a payload beyond 125 bytes', frame(opcodes.ping, 'x'.repeat(126))],
    [1002, 'a piece of nothing', frame(opcodes.continuation, 'x')],
    [1002, 'a close with one byte', frame(opcodes.close, 'x')],
    [1007, 'a text that is not UTF-8', frame(opcodes.text, Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
    [1009, 'a message beyond 64 KB', frame(opcodes.text, `"${'x'.repeat(64 * 1024)}"`)],
    [
      1008,
      'a message in more than 64 pieces',
      Buffer.concat([
        frame(opcodes.text, '"', { final: false }),
        ...Array.from({ length: 70 }, () => frame(opcodes.continuation, 'x', { final: false })),
      ]),
    ],
  ])('%i: %s', async (code, _, bytes) => {
    const raw = await line()
    raw.write(bytes)
    expect((await raw.closed)?.code).toBe(code)
  })

  test('1009: pieces that are too much together, and a length that is only announced', async () => {
    const pieces = await line()
    const half = 'x'.repeat(40 * 1024)
    pieces.write(frame(opcodes.text, half, { final: false }))
    pieces.write(frame(opcodes.continuation, half))
    expect((await pieces.closed)?.code).toBe(1009)
    const announced = await line()
    announced.write(Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0]))
    expect((await announced.closed)?.code).toBe(1009)
  })

  test('a client that leaves half a frame behind leaves nothing else behind', async () => {
    const raw = await line()
    raw.subscribe('1', balance)
    await raw.next()
    raw.write(frame(opcodes.text, JSON.stringify(watching('2'))).subarray(0, 20))
    raw.terminate()
    await noStreams()
    await untilMetric(gateway.url, 'credits_open_sockets', 0)
  })
})

describe('an upgrade', () => {
  test.each([
    ['elsewhere', '/other', {}, 404],
    ['at a path below', '/graphql/x', {}, 404],
    ['from a page of somebody else', '/graphql', { Origin: 'https://evil.example.com' }, 403],
    ['of another version', '/graphql', { 'Sec-WebSocket-Version': '7' }, 400],
    ['without a key', '/graphql', { 'Sec-WebSocket-Key': 'short' }, 400],
    ['with a query', '/graphql?x=1', {}, 101],
  ])('%s', async (_, path, headers, status) => {
    const upgraded = await RawLine.upgrade(gateway.url, path, { headers })
    kept(upgraded.line)
    expect(upgraded.status).toBe(status)
  })
})
