import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { type SpawnedGateway, spawnGateway, stopped, tokenFor } from '../setup/gateway.ts'
import { RawLine } from '../setup/raw-socket.ts'

let home: TestDatabase
/** A process of its own: in one process, the client and the gateway take turns, and no answer is lost. */
let gateway: SpawnedGateway
let authorization: string
const open = new Set<RawLine>()

beforeAll(async () => {
  home = await createTestDatabase()
  gateway = await spawnGateway({ DATABASE_URL: home.url })
  authorization = `Bearer ${await tokenFor({ team: 'large', role: 'VIEWER' })}`
})
afterAll(async () => {
  for (const line of open) line.terminate()
  gateway?.child.kill()
  if (gateway) await stopped(gateway.child)
  await home?.drop()
})

const frame = (bytes: number) => `{"query":"{ __typename }","variables":{"x":"${'x'.repeat(bytes)}"}}`
const pieces = (bytes: number) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      if (bytes <= 0) return controller.close()
      controller.enqueue(Buffer.alloc(Math.min(bytes, 65_536), ' '))
      bytes -= 65_536
    },
  })
const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    duplex: 'half',
  } as RequestInit)

async function twentyTimes(send: () => Promise<Response>): Promise<unknown[]> {
  const answers: unknown[] = []
  for (let sent = 0; sent < 20; sent += 1) {
    const answer = send().then(async (response) => `${response.status} ${(await response.text()).includes('"errors"')}`)
    answers.push(await answer.catch((error) => error.cause?.code ?? `${error}`))
  }
  return answers
}

describe('a client that sends a body that is too large reads the answer, 20 times of 20', () => {
  const tooLarge = Array.from({ length: 20 }, () => '413 true')

  test('of nobody', async () => {
    expect(await twentyTimes(() => post(frame(4_000_000)))).toEqual(tooLarge)
  })

  test('of a caller', async () => {
    expect(await twentyTimes(() => post(frame(8_000_000), { authorization }))).toEqual(tooLarge)
  })

  test('of a length that is not announced', async () => {
    expect(await twentyTimes(() => post(pieces(8_000_000), { authorization }))).toEqual(tooLarge)
  })

  test('with a token that is refused', async () => {
    const refused = Array.from({ length: 20 }, () => '401 true')
    expect(await twentyTimes(() => post(frame(3_900_000), { authorization: 'Bearer forged' }))).toEqual(refused)
  })
})

test('a client that goes on sending after the answer is cut off', async () => {
  const line = await RawLine.connect(gateway.url)
  open.add(line)
  const head = [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 100000000',
  ]
  line.write([...head, '', ''].join('\r\n'))
  expect(await line.answered()).toBe(413)
  const piece = Buffer.alloc(65_536, 'x')
  const send = () => {
    while (!line.stream.destroyed && line.stream.write(piece));
  }
  line.stream.on('drain', send)
  send()
  await line.closed
  expect(line.stream.bytesWritten).toBeLessThan(30_000_000)
})

test('a client that sends nothing more after the answer is cut off', async () => {
  const line = await RawLine.connect(gateway.url)
  open.add(line)
  const head = [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 100000000',
  ]
  line.write([...head, '', ''].join('\r\n'))
  expect(await line.answered()).toBe(413)
  await line.closed
})
