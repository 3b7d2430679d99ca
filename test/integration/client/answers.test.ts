import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import {
  type AccountEvent,
  type Alert,
  type Balance,
  type CreditsClient,
  type CreditsClientError,
  createCreditsClient,
} from '../../../web/client/index.ts'
import { hurriedClient } from './hurried.ts'
import { Arrivals, statesOf, untilState } from './watching.ts'

type Asked = { readonly socket: WebSocket; readonly id: string; readonly query: string; readonly after?: string | null }

/** Answers as the test says, which a gateway could not be brought to: what it would do wrong, and each close code. */
class Scripted {
  readonly asked = new Arrivals<Asked>()
  readonly pings = new Arrivals<WebSocket>()
  readonly #server: WebSocketServer

  private constructor(server: WebSocketServer) {
    this.#server = server
    server.on('connection', (socket) => {
      socket.on('message', (text) => {
        const { type, id, payload } = JSON.parse(String(text))
        if (type === 'connection_init') socket.send('{"type":"connection_ack"}')
        if (type === 'ping') {
          this.pings.take(socket)
          socket.send('{"type":"pong"}')
        }
        if (type === 'subscribe') {
          this.asked.take({ socket, id, query: payload.query, after: payload.variables.after })
        }
      })
    })
  }

  static async start(): Promise<Scripted> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' })
    await once(server, 'listening')
    return new Scripted(server)
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/graphql`
  }

  next({ socket, id }: Asked, data: object): void {
    socket.send(JSON.stringify({ id, type: 'next', payload: { data } }))
  }

  fail({ socket, id }: Asked, code: string): void {
    socket.send(
      JSON.stringify({ id, type: 'error', payload: [{ message: `As scripted: ${code}`, extensions: { code } }] }),
    )
  }

  complete({ socket, id }: Asked): void {
    socket.send(JSON.stringify({ id, type: 'complete' }))
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate()
    this.#server.close()
  }
}

let server: Scripted
let client: CreditsClient

afterEach(() => {
  client.close()
  server.close()
})

async function start(token: string | (() => string) = () => 'any', make = hurriedClient): Promise<void> {
  server = await Scripted.start()
  client = make({ url: server.url, token })
}

const balance = (revision: number, available: string) => ({ balance: { revision, available, asOf: `${revision}` } })
const alert = (state: string) => ({ lowBalance: { state, balance: { runwaySeconds: null } } })
const event = (revision: number, id: string) => ({ accountEvents: { revision, id } })

function balances() {
  const arrivals = new Arrivals<Balance>()
  const errors = new Arrivals<CreditsClientError>()
  client.balance.subscribe(arrivals.take, { onError: errors.take })
  return Object.assign(arrivals, { errors })
}

describe('a balance', () => {
  test('of an older revision is dropped, of the same with other content taken, and told once where it is the same', async () => {
    await start()
    const told = balances()
    const asked = await server.asked.next()
    for (const [revision, available] of [
      [5, '50'],
      [4, '40'],
      [5, '50'],
      [5, '49'],
      [6, '60'],
    ] as const) {
      server.next(asked, balance(revision, available))
    }
    await told.until(({ revision }) => revision === 6)
    expect(told.seen.map(({ available }) => available)).toEqual(['50', '49', '60'])
  })

  test('that a reconnect confirms is live again without being told again; an older one never is', async () => {
    await start()
    const states = statesOf(client)
    const told = balances()
    const first = await server.asked.next()
    server.next(first, balance(5, '50'))
    await states.until((state) => state === 'live')
    first.socket.terminate()
    await states.until((state) => state === 'reconnecting')
    const second = await server.asked.next()
    server.next(second, balance(4, '40'))
    server.next(second, balance(5, '50'))
    await states.until((state) => state === 'live')
    server.next(second, balance(6, '60'))
    await told.until(({ revision }) => revision === 6)
    expect(told.seen.map(({ available }) => available)).toEqual(['50', '60'])
  })

  test('whose stream ends for no reason, or because the ledger is away, is asked for again', async () => {
    await start()
    const states = statesOf(client)
    const told = balances()
    const first = await server.asked.next()
    server.next(first, balance(1, '10'))
    server.complete(first)
    server.fail(await server.asked.next(), 'LEDGER_UNAVAILABLE')
    server.next(await server.asked.next(), balance(2, '20'))
    await told.until(({ revision }) => revision === 2)
    await untilState(client, 'live')
    expect(states.seen).toEqual(['idle', 'connecting', 'live', 'reconnecting', 'live'])
  })
})

test('an alert that is told again after a reconnect is not told twice', async () => {
  await start()
  const told = new Arrivals<Alert>()
  client.alerts.subscribe(told.take)
  const first = await server.asked.next()
  server.next(first, alert('LOW'))
  await told.next()
  first.socket.terminate()
  const second = await server.asked.next()
  server.next(second, alert('LOW'))
  server.next(second, alert('EXHAUSTED'))
  await told.next()
  expect(told.seen.map(({ state }) => state)).toEqual(['LOW', 'EXHAUSTED'])
})

describe('events', () => {
  test('that come twice or late are told once and in order', async () => {
    await start()
    const told = new Arrivals<AccountEvent>()
    client.events.subscribe(told.take, { after: 'a' })
    const first = await server.asked.next()
    expect(first.after).toBe('a')
    for (const [revision, id] of [
      [1, 'b'],
      [2, 'c'],
      [2, 'd'],
      [2, 'c'],
      [1, 'b'],
    ] as const) {
      server.next(first, event(revision, id))
    }
    await told.until(({ id }) => id === 'd')
    first.socket.close(1001)
    const second = await server.asked.next()
    expect(second.after).toBe('d')
    for (const [revision, id] of [
      [2, 'd'],
      [3, 'e'],
    ] as const)
      server.next(second, event(revision, id))
    await told.until(({ id }) => id === 'e')
    expect(told.seen.map(({ id }) => id)).toEqual(['b', 'c', 'd', 'e'])
    expect(client.events.lastEventId).toBe('e')
  })

  test('from now on begin behind the newest there is, also where the line breaks before the first one came', async () => {
    await start()
    const gaps = new Arrivals<string>()
    client.events.subscribe(() => undefined, { onGap: gaps.take })
    server.next(await server.asked.next(), { team: { lastEventId: 'newest' } })
    const first = await server.asked.next()
    expect(first.after).toBe('newest')
    first.socket.terminate()
    expect((await server.asked.next()).after).toBe('newest')
    expect(gaps.seen).toEqual([])
  })
})

test('events that a gateway does not find twice are not asked for again and again', async () => {
  await start()
  const [gaps, errors] = [new Arrivals<string>(), new Arrivals<CreditsClientError>()]
  client.events.subscribe(() => undefined, { after: 'a', onGap: gaps.take, onError: errors.take })
  server.fail(await server.asked.next(), 'NOT_FOUND')
  server.next(await server.asked.next(), { team: { lastEventId: 'b' } })
  server.fail(await server.asked.next(), 'NOT_FOUND')
  expect((await errors.next()).code).toBe('NOT_FOUND')
  expect(gaps.seen).toEqual(['a'])
})

describe('in a page', () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  afterEach(() => vi.unstubAllGlobals())

  test('that is online again, the next attempt is not waited for', async () => {
    vi.stubGlobal('window', page)
    let asked = 0
    await start(() => {
      asked += 1
      throw new Error('The backend is away')
    })
    balances()
    for (let time = 1; time <= 12; time++) {
      await expect.poll(() => asked, { timeout: 5_000 }).toBeGreaterThanOrEqual(time)
      page.dispatchEvent(new Event('online'))
    }
  })

  test('that is looked at again, the gateway is asked whether it is still there', async () => {
    vi.stubGlobal('document', page)
    await start()
    balances()
    server.next(await server.asked.next(), balance(1, '10'))
    await untilState(client, 'live')
    page.dispatchEvent(new Event('visibilitychange'))
    await server.pings.next()
    expect(client.state).toBe('live')
  })
})

describe('a line that is closed', () => {
  test.each([
    [1008, 'LIMIT_BROKEN', 'fewer clients'],
    [1009, 'LIMIT_BROKEN', 'ask for less'],
    [4400, 'PROTOCOL', 'update this client'],
    [4401, 'UNAUTHENTICATED', '`token`'],
    [4406, 'PROTOCOL', '`url`'],
    [4409, 'PROTOCOL', 'update this client'],
    [4429, 'PROTOCOL', 'update this client'],
  ])('with %i is not made again; %s says what to do', async (closeCode, code, advice) => {
    await start()
    const { errors } = balances()
    ;(await server.asked.next()).socket.close(closeCode, 'as scripted')
    const error = await errors.next()
    expect(error).toMatchObject({ code, message: expect.stringContaining(advice) })
    expect(error.message).toContain('(as scripted)')
    expect(client.state).toBe('closed')
  })

  test.each([1000, 1001, 1002, 1011, 1012, 4403, 4408, 4500])('with %i is made again', async (code) => {
    await start()
    balances()
    ;(await server.asked.next()).socket.close(code)
    server.next(await server.asked.next(), balance(1, '10'))
    await untilState(client, 'live')
  })

  test('with 1013 is made again, but not at once', async () => {
    await start('any', createCreditsClient)
    balances()
    const closedAt = Date.now()
    ;(await server.asked.next()).socket.close(1013)
    await server.asked.next()
    expect(Date.now() - closedAt).toBeGreaterThanOrEqual(2_900)
  })

  test('each time it was taken is not made again in a hurry', async () => {
    await start('any', createCreditsClient)
    balances()
    const closing = setInterval(() => server.asked.seen.at(-1)?.socket.close(1000), 1)
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    clearInterval(closing)
    expect(server.asked.seen.length).toBeLessThan(20)
  })
})
